from psycopg2 import IntegrityError

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools.sale_sheet import MAX_BYTES, MAX_ROWS
from .dealer_sheet import read_posted_sheet, send_sheet
from .portal_claim import PortalClaim

URL = "/my/claims/import"
SHOWN = 100


class PortalClaimSheet(PortalClaim):
    """Many claims in one spreadsheet: template, preview, drafts, rows to correct (D07)."""

    def _get_claim_sheets(self):
        """Return the model in superuser mode: dealers have no rights on it; each page looks for
        their own only.
        """
        # sudo: one sheet is found by the user's dealer only, see ``_get_own_claim_sheet``.
        return request.env["aftersales.claim.sheet"].sudo()

    def _get_own_claim_sheet(self, sheet_id):
        dealer, sheets = self._get_dealer(), self._get_claim_sheets()
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
    def portal_claim_import(self, **post):
        """Show where to send the spreadsheet; on POST read it and show what is in it."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    sheet = read_posted_sheet(self._get_claim_sheets(), dealer, "claim-sheet")
                return request.redirect(f"{URL}/{sheet.id}")
            except UserError as refusal:
                error = str(refusal)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_claim_import",
            "error": error,
            "columns": self._get_claim_sheets()._get_columns(),
            "kinds": self._get_labels("aftersales.claim.line", "kind"),
            "max_rows": MAX_ROWS,
        }
        return request.render("aftersales_dealer.portal_claim_import", values)

    @http.route(f"{URL}/template", type="http", auth="user", website=True, readonly=True)
    def portal_claim_template(self, **kwargs):
        """The spreadsheet to fill."""
        if not self._get_dealer():
            return request.redirect("/my")
        content = self._get_claim_sheets()._get_template()
        return send_sheet(content, request.env._("Claims.xlsx"))

    @http.route(f"{URL}/<int:sheet_id>", type="http", auth="user", website=True, readonly=True)
    def portal_claim_sheet(self, sheet_id, **kwargs):
        """Show what was sent: what is good, known already, and what is wrong."""
        sheet = self._get_own_claim_sheet(sheet_id)
        return self._render_claim_sheet(sheet) if sheet else request.redirect(URL)

    def _render_claim_sheet(self, sheet, error=""):
        rows = [
            {**cells, **result} for cells, result in zip(sheet.rows, sheet.results, strict=True)
        ]
        rows.sort(key=lambda row: not row["error"])
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_claim_import",
            "sheet": sheet,
            "rows": rows[:SHOWN],
            "more": max(len(rows) - SHOWN, 0),
            "error": error,
        }
        return request.render("aftersales_dealer.portal_claim_sheet", values)

    @http.route(
        f"{URL}/<int:sheet_id>/make", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_claim_sheet_make(self, sheet_id, **post):
        """Make drafts of the good claims."""
        sheet = self._get_own_claim_sheet(sheet_id)
        if not sheet:
            return request.redirect(URL)
        try:
            with request.env.cr.savepoint():
                sheet._make_drafts()
        except (UserError, IntegrityError) as refusal:
            sheet.invalidate_recordset()
            taken = request.env._("Another file with the same references was sent just now.")
            text = str(refusal) if isinstance(refusal, UserError) else taken
            return self._render_claim_sheet(sheet, text)
        return request.redirect(f"{URL}/{sheet.id}")

    @http.route(
        f"{URL}/<int:sheet_id>/errors", type="http", auth="user", website=True, readonly=True
    )
    def portal_claim_sheet_errors(self, sheet_id, **kwargs):
        """The rows to correct and send again, each with what is wrong."""
        sheet = self._get_own_claim_sheet(sheet_id)
        if not sheet:
            return request.redirect(URL)
        name = request.env._("Claims to correct.xlsx")
        return send_sheet(sheet._get_error_file(), name)
