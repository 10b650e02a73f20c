from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.aftersales_service.tools.snapshot import touch

from .portal_dealer import reads_only
from .portal_stocking import PortalStocking

URL = "/my/dealer/paid-repairs"
TARIFF_URL = "/my/dealer/tariff"
ROWS, MAX_ROWS = 6, 40
LINE_FIELDS = ("kind", "what", "quantity", "price_unit")


class PortalTariff(PortalStocking):
    """The published tariff, and what the dealer charged for paid repairs, on the portal (D05)."""

    def _get_today_tariff(self, dealer):
        """Return the tariff (sudo) that holds for the dealer today, empty when there is none."""
        key = (request.env.company, dealer.country_id, fields.Date.context_today(dealer))
        return request.env["aftersales.service.tariff"]._get_for([key])[key]

    @http.route(TARIFF_URL, type="http", auth="user", website=True, readonly=reads_only)
    def portal_tariff(self, report_type=None, **kwargs):
        """Show the tariff that holds today, or print it with ``?report_type=pdf``."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        tariff = self._get_today_tariff(dealer)
        if tariff and report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=tariff,
                report_type=report_type,
                report_ref="aftersales_dealer.action_report_service_tariff",
                download=True,
            )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_tariff",
            "tariff": tariff,
        }
        return request.render("aftersales_dealer.portal_tariff", values)

    @http.route(
        [URL, f"{URL}/page/<int:page>"], type="http", auth="user", website=True, readonly=True
    )
    def portal_paid_repairs(self, page=1, **asked):
        """List what the dealer reported."""
        if not self._get_dealer():
            return request.redirect("/my")
        env = request.env
        values = self._prepare_dealer_list(
            "aftersales.paid.repair",
            URL,
            dict(asked, page=page),
            filters={
                "all": {"label": env._("All"), "domain": Domain.TRUE},
                "over": {
                    "label": env._("Overcharged"),
                    "domain": Domain("is_overcharged", "=", True),
                },
            },
            sortings={"date": {"label": env._("Date"), "order": "date desc, id desc"}},
            search_fields=("name", "customer_name"),
        )
        return request.render(
            "aftersales_dealer.portal_paid_repairs", dict(values, page_name="dealer_paid_repair")
        )

    @http.route(f"{URL}/<int:repair_id>", type="http", auth="user", website=True, readonly=True)
    def portal_paid_repair(self, repair_id, **kwargs):
        """Show one report beside the tariff."""
        repair = self._get_own_document("aftersales.paid.repair", repair_id)
        if not repair:
            return request.redirect(URL)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_paid_repair",
            "repair": repair,
            "dispatch": repair._get_dispatch(),
        }
        return request.render("aftersales_dealer.portal_paid_repair", values)

    @http.route(f"{URL}/new", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_paid_repair_new(self, **post):
        """Show the empty report; on POST hand it in, or show it again with what is wrong."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        rows, error = self._read_charge_rows(), ""
        dispatch = self._get_charged_dispatch(post)
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    repair = self._save_paid_repair(dealer, post, rows, dispatch)
                return request.redirect(repair.access_url)
            except UserError as refusal:
                error = str(refusal)
        tariff = self._get_today_tariff(dealer)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_paid_repair_new",
            "tariff": tariff,
            "currency": tariff.currency_id or request.env.company.currency_id,
            "kinds": self._get_labels("aftersales.paid.repair.line", "kind"),
            "operations": tariff.line_ids.operation_id,
            "rows": [*rows, *[{}] * (ROWS - len(rows))] if len(rows) < ROWS else rows,
            "post": post if request.httprequest.method == "POST" else self._prefill(dispatch),
            "dispatch": dispatch,
            "error": error,
            "today": fields.Date.context_today(dealer),
        }
        return request.render("aftersales_dealer.portal_paid_repair_new", values)

    def _get_charged_dispatch(self, post):
        """Return the dealer's own ticket (sudo) for which it charged, empty without one."""
        dispatch = self._get_own_dispatch(self._parse_int(post.get("dispatch")) or 0)
        return dispatch if dispatch.state == "done" else dispatch.browse()

    def _prefill(self, dispatch):
        """Return what the ticket says already of the report."""
        ticket = dispatch.ticket_id
        return {
            "customer_name": ticket.partner_id.name or "",
            "serial": ticket.asset_id.serial or ticket.asset_id.name or "",
            "date": str(dispatch.date_repair or ""),
            "description": dispatch.work_done or "",
        }

    def _render_dispatch(self, dispatch, *args, **kwargs):
        response = super()._render_dispatch(dispatch, *args, **kwargs)
        response.qcontext["paid_repair"] = dispatch._get_paid_repair()
        return response

    def _read_charge_rows(self):
        """Return the posted rows in which something was typed."""
        form = request.httprequest.form
        columns = [form.getlist(f"line_{name}")[:MAX_ROWS] for name in LINE_FIELDS]
        rows = [dict(zip(LINE_FIELDS, row, strict=True)) for row in zip(*columns, strict=False)]
        return [row for row in rows if row["what"].strip() or row["price_unit"].strip()]

    def _save_paid_repair(self, dealer, post, rows, dispatch):
        """Create and hand in the dealer's report; returns it (sudo).

        :param dispatch: the dealer's own ticket that it is about, may be empty
        """
        env = request.env
        if dispatch:
            touch(dispatch)  # a second click waits here, and finds the report of the first
            known = dispatch._get_paid_repair()
            if known:
                return known
        serial, asset = (post.get("serial") or "").strip(), env["aftersales.asset"]
        if serial:
            asset = self._find_asset(dealer, serial)
        date = self._parse_date(post.get("date"), env._("Repaired on"))
        if not date:
            raise UserError(env._("“Repaired on”: enter the day."))
        # The dealer was checked; nothing but the parsed values gets in.
        repairs = env["aftersales.paid.repair"].sudo()
        repair = repairs.create(
            {
                "dealer_id": dealer.id,
                "company_id": (dispatch or asset).company_id.id or env.company.id,
                "asset_id": asset.id,
                "ticket_id": dispatch.ticket_id.id,
                "date": date,
                "customer_name": (post.get("customer_name") or "").strip()[:128],
                "description": (post.get("description") or "").strip()[:10000],
                "line_ids": [(0, 0, self._parse_charge(row)) for row in rows],
            }
        )
        repair.action_report()
        return repair

    def _parse_charge(self, row):
        """Return the values of one charge.

        :raise UserError: naming what cannot be read
        """
        env = request.env
        kind = (
            row["kind"]
            if row["kind"] in self._get_labels("aftersales.paid.repair.line", "kind")
            else "other"
        )
        what = row["what"].strip()[:256]
        values = {
            "kind": kind,
            "name": what,
            "quantity": self._parse_number(row["quantity"] or "1", env._("Quantity")),
            "price_unit": self._parse_number(row["price_unit"] or "0", env._("Charged for one")),
        }
        if values["quantity"] <= 0:
            raise UserError(env._("“%s”: the quantity must be above zero.", what or kind))
        if kind == "operation":
            operation = env["aftersales.labour.operation"].sudo()  # published with the tariff
            code = what.split(" ")[0]
            values["operation_id"] = operation.search([("code", "=", code)], limit=1).id
        if kind == "part":
            values["product_id"] = self._find_part(what).id
        return values

    def _find_part(self, what):
        """Return the part with that number or name."""
        products = request.env["product.product"].sudo()  # as in ``portal_claim_items``
        part = products.search(
            self._get_item_domain("", "part")
            & (Domain("default_code", "=", what) | Domain("name", "=", what)),
            limit=1,
        )
        if not part:
            raise UserError(
                request.env._("“%s”: there is no such part. Enter its number or name.", what)
            )
        return part
