from typing import NamedTuple

from psycopg2 import IntegrityError

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..tools.sale_sheet import MAX_BYTES, MAX_ROWS
from .portal_dealer import DealerPortal

URL = "/my/<any(registrations,claims):kind>/import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
# Files of one kind that one dealer sends in an hour.
FILES, SECONDS = 60, 3600


class Kind(NamedTuple):
    """What dealers send as a spreadsheet: its model, and how pages and templates are named."""

    model: str
    stem: str


KINDS = {
    "registrations": Kind("aftersales.registration.import", "registration"),
    "claims": Kind("aftersales.claim.sheet", "claim"),
}


class PortalSheet(DealerPortal):
    """Many sales, or many claims, in one spreadsheet: template, preview, what is good, rows to
    correct (D02, D07). What is particular to each is in its model.
    """

    def _get_sheets(self, kind):
        """Return the model in superuser mode: dealers have no rights on it; each page looks for
        their own records only.
        """
        # sudo: one sheet is found by the user's dealer only, see ``_get_own_sheet``.
        return request.env[KINDS[kind].model].sudo()

    def _get_own_sheet(self, kind, sheet_id):
        """Return what the dealer itself sent, else nothing."""
        dealer, sheets = self._get_dealer(), self._get_sheets(kind)
        if not dealer:
            return sheets
        return sheets.search([("id", "=", sheet_id), ("dealer_id", "=", dealer.id)])

    def _redirect(self, kind, sheet=None):
        """Return the way to the page of ``sheet``, without one to where files are chosen."""
        url = f"/my/{kind}/import"
        return request.redirect(f"{url}/{sheet.id}" if sheet else url)

    def _render_sheets(self, kind, page, values):
        """Show the page ``page`` of the kind of spreadsheet."""
        stem = KINDS[kind].stem
        return request.render(
            f"aftersales_dealer.portal_{stem}_{page}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": f"dealer_{stem}_import",
                **values,
            },
        )

    @http.route(
        URL,
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_BYTES + 1024 * 1024,
    )
    def portal_sheet_import(self, kind, **post):
        """Show where to send the spreadsheet; on POST read it and show what is in it."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    sheet = self._read_posted_sheet(kind, dealer)
                return self._redirect(kind, sheet)
            except UserError as refusal:
                error = str(refusal)
        sheets = self._get_sheets(kind)
        values = {
            "error": error,
            "columns": sheets._get_columns(),
            "max_rows": MAX_ROWS,
            "max_megabytes": MAX_BYTES // 1024 // 1024,
            **sheets._prepare_start_values(dealer),
        }
        return self._render_sheets(kind, "import", values)

    def _read_posted_sheet(self, kind, dealer):
        """Return the record of the posted file.

        :raise UserError: when there is none, or it cannot be read
        """
        env, scope = request.env, f"{KINDS[kind].stem}-sheet"
        if not env["aftersales.throttle"]._allow(scope, str(dealer.id), FILES, SECONDS):
            raise UserError(env._("That was a lot at once. Please wait an hour."))
        file = request.httprequest.files.get("sheet")
        content = file.read(MAX_BYTES + 1) if file else b""
        if not content:
            raise UserError(env._("Choose the spreadsheet to send."))
        return self._get_sheets(kind)._read_file(dealer, file.filename, content)

    @http.route(f"{URL}/template", type="http", auth="user", website=True)
    def portal_sheet_template(self, kind, **kwargs):
        """The spreadsheet to fill."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        self._count_print()
        sheets = self._get_sheets(kind)
        return self._send_file(sheets._get_template(dealer), sheets._get_file_names()["template"])

    def _send_file(self, content, name):
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)

    @http.route(f"{URL}/<int:sheet_id>", type="http", auth="user", website=True, readonly=True)
    def portal_sheet(self, kind, sheet_id, **kwargs):
        """Show what was sent: what is good, and what is wrong."""
        sheet = self._get_own_sheet(kind, sheet_id)
        return self._render_sheet(kind, sheet) if sheet else self._redirect(kind)

    def _render_sheet(self, kind, sheet, error=""):
        rows = sheet._get_shown_rows()
        values = {
            "sheet": sheet,
            "rows": rows[:SHOWN],
            "more": max(len(rows) - SHOWN, 0),
            "error": error,
        }
        return self._render_sheets(kind, "sheet", values)

    @http.route(
        f"{URL}/<int:sheet_id>/<any(register,make):deed>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_sheet_take_over(self, kind, sheet_id, deed, **post):
        """Register the good sales, or make drafts of the good claims."""
        sheet = self._get_own_sheet(kind, sheet_id)
        if not sheet:
            return self._redirect(kind)
        try:
            with request.env.cr.savepoint():
                sheet._take_over()
        except (UserError, IntegrityError) as refusal:
            sheet.invalidate_recordset()
            known = isinstance(refusal, UserError)
            return self._render_sheet(
                kind, sheet, str(refusal) if known else sheet._get_taken_text()
            )
        return self._redirect(kind, sheet)

    @http.route(f"{URL}/<int:sheet_id>/errors", type="http", auth="user", website=True)
    def portal_sheet_errors(self, kind, sheet_id, **kwargs):
        """The refused rows as a file: corrected, it can be sent again."""
        sheet = self._get_own_sheet(kind, sheet_id)
        if not sheet:
            return self._redirect(kind)
        self._count_print()
        return self._send_file(sheet._get_error_file(), sheet._get_file_names()["errors"])
