from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.http import request
from odoo.tools import float_round

from .portal_claim import PortalClaim

MAX_LINES = 100
MAX_PROPOSED = 20
LINE_FIELDS = (
    "id",
    "kind",
    "product_id",
    "name",
    "quantity",
    "price_unit",
    "serial_new",
    "serial_old",
)


class PortalClaimLine(PortalClaim):
    """The lines of the dealer's claim form: what is proposed, and how they are read (D07)."""

    @http.route("/my/claims/items", type="jsonrpc", auth="user", readonly=True)
    def portal_claim_items(self, term="", kind="part"):
        """Return up to twenty parts or labour operations that match ``term``, with the agreed
        price.

        :param str term: part of name or reference
        :param str kind: ``part`` or ``labour``
        """
        dealer = self._get_dealer()
        if not dealer or kind not in ("part", "labour"):
            return []
        # Dealers see names and their own agreed prices of parts, not the products themselves.
        products = request.env["product.product"].sudo()
        found = products.search(self._get_item_domain(str(term)[:64], kind), limit=MAX_PROPOSED)
        agreement = self._get_current_agreement(dealer)
        prices = {}
        if agreement and kind == "part":
            prices = agreement._get_part_prices(found, fields.Date.context_today(agreement))
        by_id = {product.id: price for product, price in prices.items()}
        return [
            {
                "id": product.id,
                "name": product.display_name,
                "price": agreement.labour_rate_today
                if kind == "labour"
                else by_id.get(product.id, 0.0),
                "hours": product.standard_hours,
                "serial": product.tracking == "serial",
            }
            for product in found
        ]

    def _get_item_domain(self, term, kind):
        by_name = Domain("name", "ilike", term) | Domain("default_code", "ilike", term)
        companies = Domain("company_id", "in", [False, request.env.company.id])
        if kind == "labour":
            return (
                by_name
                & companies
                & Domain("type", "=", "service")
                & Domain("standard_hours", ">", 0)
            )
        return (
            by_name
            & companies
            & Domain([("type", "=", "consu"), ("is_asset", "=", False), ("sale_ok", "=", True)])
        )

    def _get_current_agreement(self, dealer):
        """Return the dealer's agreement of today in superuser mode, empty when there is none."""
        key = (dealer, request.env.company, fields.Date.context_today(dealer))
        return request.env["aftersales.dealer.agreement"]._get_for([key])[key]

    def _read_rows(self):
        """Return the posted lines as dicts of strings: the n-th value of each field is of the
        n-th line.
        """
        form = request.httprequest.form
        columns = [form.getlist(f"line_{name}")[:MAX_LINES] for name in LINE_FIELDS]
        return [dict(zip(LINE_FIELDS, row, strict=True)) for row in zip(*columns, strict=False)]

    def _parse_lines(self, claim, rows):
        """Return the commands that make the claim's lines those posted; a line keeps its record
        by its id.
        """
        known = {line.id: line for line in claim.line_ids}
        commands, kept = [], set()
        for row in rows:
            values = self._parse_line(row)
            line_id = self._parse_int(row["id"])
            if line_id in known and line_id not in kept:
                kept.add(line_id)
                commands.append(Command.update(line_id, values))
            else:
                commands.append(Command.create(values))
        return [Command.delete(line_id) for line_id in known.keys() - kept] + commands

    def _parse_line(self, row):
        kinds = request.env["aftersales.claim.line"]._fields["kind"].get_values(request.env)
        kind = row["kind"] if row["kind"] in kinds else "other"
        product = self._find_item(row, kind)
        name = product.display_name or row["name"].strip()[:256]
        if not name:
            raise UserError(
                request.env._(
                    "Each line needs a part, an operation or a description. Fill it in or remove "
                    "the line."
                )
            )
        values = {
            "kind": kind,
            "product_id": product.id,
            "name": name,
            "quantity": self._parse_number(row["quantity"], request.env._("Quantity")),
            "price_unit": self._parse_number(row["price_unit"] or "0", request.env._("Unit price")),
            "lot_id": self._find_lot(product, row["serial_new"]),
            "removed_lot_id": self._find_lot(product, row["serial_old"]),
        }
        if float_round(values["quantity"], precision_digits=self._get_quantity_digits()) <= 0:
            raise UserError(
                request.env._("“%(line)s”: the quantity must be above zero.", line=name)
            )
        return values

    def _get_quantity_digits(self):
        """Return how many decimals of a quantity are kept."""
        return request.env["decimal.precision"].precision_get("Product Unit")

    def _find_item(self, row, kind):
        products = request.env["product.product"].sudo()  # as in ``portal_claim_items``
        if kind not in ("part", "labour") or not self._parse_int(row["product_id"]):
            return products
        return products.search(
            self._get_item_domain("", kind) & Domain("id", "=", self._parse_int(row["product_id"])),
            limit=1,
        )

    def _find_lot(self, product, serial):
        serial = (serial or "").strip()
        if not product or not serial:
            return False
        lot = (
            # Dealers have no rights on serials; product and whole serial must be known to match.
            request.env["stock.lot"]
            .sudo()
            .search(
                [
                    ("product_id", "=", product.id),
                    ("name", "=", serial),
                    ("company_id", "in", [False, request.env.company.id]),
                ],
                limit=1,
            )
        )
        if not lot:
            raise UserError(
                request.env._(
                    "%(part)s: the serial “%(serial)s” is not known. Check it.",
                    part=product.display_name,
                    serial=serial,
                )
            )
        return lot.id
