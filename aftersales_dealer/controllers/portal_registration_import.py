from psycopg2 import IntegrityError

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools.sale_sheet import MAX_BYTES, MAX_ROWS
from .dealer_sheet import read_posted_sheet, send_sheet
from .portal_registration import PortalRegistration

URL = "/my/registrations/import"
SHOWN = 100


class PortalRegistrationImport(PortalRegistration):
    """Many sales in one spreadsheet: template, preview, register, rows to correct (D02)."""

    def _get_sheets(self):
        """Return the model in superuser mode: dealers have no rights on it; each page looks for
        their own records only.
        """
        # sudo: one sheet is found by the user's dealer only, see ``_get_own_sheet``.
        return request.env["aftersales.registration.import"].sudo()

    def _get_own_sheet(self, sheet_id):
        """Return what the dealer itself sent, else nothing."""
        dealer = self._get_dealer()
        sheets = self._get_sheets()
        if not dealer:
            return sheets
        return sheets.search([("id", "=", sheet_id), ("dealer_id", "=", dealer.id)])

    @http.route(
        URL,
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_BYTES + 1024 * 1024,
    )
    def portal_registration_import(self, **post):
        """Show where to send the spreadsheet; on POST read it and show what is in it."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    sheet = read_posted_sheet(self._get_sheets(), dealer, "sale-sheet")
                return request.redirect(f"{URL}/{sheet.id}")
            except UserError as refusal:
                error = str(refusal)
        assets = request.env["aftersales.asset"]
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_registration_import",
            "error": error,
            "to_register_count": assets.search_count(assets._get_to_register_domain(dealer)),
            "columns": self._get_sheets()._get_columns(),
            "max_rows": MAX_ROWS,
            "max_megabytes": MAX_BYTES // 1024 // 1024,
        }
        return request.render("aftersales_dealer.portal_registration_import", values)

    @http.route(f"{URL}/template", type="http", auth="user", website=True, readonly=True)
    def portal_registration_template(self, **kwargs):
        """The spreadsheet to fill, with the serials that wait."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        content = self._get_sheets()._get_template(dealer)
        return send_sheet(content, request.env._("Sales to register.xlsx"))

    @http.route(f"{URL}/<int:sheet_id>", type="http", auth="user", website=True, readonly=True)
    def portal_registration_sheet(self, sheet_id, **kwargs):
        """Show what was sent: what is good, what comes late, and what is wrong."""
        sheet = self._get_own_sheet(sheet_id)
        return self._render_sheet(sheet) if sheet else request.redirect(URL)

    def _render_sheet(self, sheet, error=""):
        rows = sorted(sheet.sales, key=lambda row: (not row["error"], -row["late"]))
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_registration_import",
            "sheet": sheet,
            "rows": rows[:SHOWN],
            "more": max(len(rows) - SHOWN, 0),
            "error": error,
        }
        return request.render("aftersales_dealer.portal_registration_sheet", values)

    @http.route(
        f"{URL}/<int:sheet_id>/register", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_registration_sheet_register(self, sheet_id, **post):
        """Register the good rows."""
        sheet = self._get_own_sheet(sheet_id)
        if not sheet:
            return request.redirect(URL)
        try:
            with request.env.cr.savepoint():
                sheet._register_good()
        except UserError as refusal:
            sheet.invalidate_recordset()
            return self._render_sheet(sheet, str(refusal))
        except IntegrityError:
            sheet.invalidate_recordset()
            return self._render_sheet(
                sheet,
                request.env._(
                    "One of these machines was registered a moment ago. Try again, please."
                ),
            )
        return request.redirect(f"{URL}/{sheet.id}")

    @http.route(
        f"{URL}/<int:sheet_id>/errors", type="http", auth="user", website=True, readonly=True
    )
    def portal_registration_sheet_errors(self, sheet_id, **kwargs):
        """The refused rows as a file: corrected, it can be sent again."""
        sheet = self._get_own_sheet(sheet_id)
        if not sheet:
            return request.redirect(URL)
        return send_sheet(sheet._get_rows_to_correct(), request.env._("Sales to correct.xlsx"))
