from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .portal_claim_form import PortalClaimForm
from .portal_claim_line import MAX_PROPOSED

OPERATION = "o"  # before the id of a labour operation where a form else posts a product's


class PortalClaimItems(PortalClaimForm):
    """Labour is claimed by operations, whose standard time depends on the machine (D07)."""

    @http.route()
    def portal_claim_items(self, term="", kind="part", serial=""):
        """Propose labour operations with their time on the machine ``serial`` before services."""
        found = super().portal_claim_items(term=term, kind=kind)
        dealer = self._get_dealer()
        if not dealer or kind != "labour":
            return found
        operations = self._search_operations(
            Domain.OR(Domain(name, "ilike", str(term)[:64]) for name in ("code", "name"))
        )
        # Only the product of an own machine is read.
        machine = (
            request.env["aftersales.asset"]
            .sudo()
            .search(
                Domain("serial", "=", str(serial)[:128]) & Domain("dealer_id", "=", dealer.id),
                limit=1,
            )
        )
        hours = operations._get_hours_for(
            (operation, machine.product_id) for operation in operations
        )
        rate = self._get_current_agreement(dealer).labour_rate_today
        proposals = [
            {
                "id": f"{OPERATION}{operation.id}",
                "name": operation.display_name,
                "price": rate,
                "hours": hours[operation, machine.product_id] or 0.0,
                "serial": False,
            }
            for operation in operations
        ]
        return (proposals + found)[:MAX_PROPOSED]

    def _search_operations(self, domain):
        """Return operations of the company's catalogue in superuser mode: dealers see code, name
        and time only.
        """
        # sudo: dealers have no rights on the catalogue; the domain keeps to the company's.
        operations = request.env["aftersales.labour.operation"].sudo()
        companies = Domain("company_id", "in", [False, request.env.company.id])
        return operations.search(domain & companies, limit=MAX_PROPOSED)

    def _find_operation(self, row, kind):
        """Return the operation that a posted line names, if any."""
        text = str(row.get("product_id") or "")
        if kind != "labour" or not text.startswith(OPERATION):
            return request.env["aftersales.labour.operation"]
        return self._search_operations(Domain("id", "=", self._parse_int(text[1:])))

    def _find_item_values(self, row, kind):
        """Return operation, product and name of a posted line."""
        operation = self._find_operation(row, kind)
        product = operation.product_id or self._find_item(row, kind)
        return {
            "operation_id": operation.id,
            "product_id": product.id,
            "name": (operation or product).display_name or "",
        }

    def _parse_line(self, row):
        kinds = request.env["aftersales.claim.line"]._fields["kind"].get_values(request.env)
        kind = row["kind"] if row["kind"] in kinds else "other"
        operation = self._find_operation(row, kind)
        values = super()._parse_line(row)
        if operation:
            values.update(name=operation.display_name, product_id=operation.product_id.id)
        return {**values, "operation_id": operation.id}

    def _parse_claim(self, post, asset):
        values = super()._parse_claim(post, asset)
        if "trips" in post:
            values["trips"] = self._parse_int(post["trips"])
        return values
