from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import sale_sheet


class AftersalesDealerSheet(models.AbstractModel):
    """A spreadsheet that a dealer sends on the portal: looked through before anything is made, then
    what is good goes in, and the other rows come back as a file to correct (D02, D07).

    Who inherits says which columns there are, what is wrong with the rows, and what is made of
    them. For use in superuser mode by ``controllers/portal_sheet.py``, which looks for the dealer's
    own only.
    """

    _name = "aftersales.dealer.sheet"
    _description = "Spreadsheet a Dealer Sends"

    dealer_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    file_name = fields.Char(readonly=True)
    state = fields.Selection(
        [("checked", "Looked through"), ("done", "Done")], default="checked", readonly=True
    )

    # -- what each kind of spreadsheet says -------------------------------------------------------

    @api.model
    def _get_columns(self):
        """Return {field: (title in the reader's language, whether it is needed)}, in the order of
        the template.
        """
        raise NotImplementedError

    @api.model
    def _get_template_rows(self, dealer):
        """Return the rows below the titles of the template for ``dealer``."""
        raise NotImplementedError

    @api.model
    def _get_file_names(self):
        """Return {"template": name, "errors": name} of the files to download."""
        raise NotImplementedError

    @api.model
    def _prepare_sheet_vals(self, header, rows, positions):
        """Return the values that keep what was sent.

        :param list header: titles as they were sent
        :param list rows: cells of the other rows, as text or ``date``
        :param dict positions: {field: place of its column}
        :raise UserError: when nothing is in it
        """
        raise NotImplementedError

    def _judge(self):
        """Look through the rows (again): what is good now, and what is wrong with the others."""
        raise NotImplementedError

    def _take_over(self):
        """Make what is good, once.

        :raise UserError: when nothing is
        """
        raise NotImplementedError

    def _get_taken_text(self):
        """Return what is said when somebody else made the same a moment ago."""
        raise NotImplementedError

    def _get_shown_rows(self):
        """Return the rows for the page, as dicts with ``error``, the wrong ones first."""
        raise NotImplementedError

    def _get_wrong_rows(self):
        """Return (header, rows) to be corrected; the last cell of a row says what is wrong."""
        raise NotImplementedError

    @api.model
    def _prepare_start_values(self, dealer):
        """Return what else the page needs on which the file is chosen."""
        return {}

    # -- the same for all -------------------------------------------------------------------------

    @api.model
    def _get_titles(self):
        """Return the first row of the template: needed columns have a star."""
        columns = self._get_columns().values()
        return [f"{title} *" if needed else title for title, needed in columns]

    @api.model
    def _get_template(self, dealer):
        """Return the .xlsx file (bytes) to fill."""
        return sale_sheet.write_sheet(self._get_titles(), self._get_template_rows(dealer))

    @api.model
    def _get_column_names(self):
        """Return {field: titles by which its column is known}: technical, translated, English."""
        english = self.with_context(lang="en_US")._get_columns()
        return {
            name: (name, title, english[name][0])
            for name, (title, _needed) in self._get_columns().items()
        }

    @api.model
    def _read_file(self, dealer, name, content):
        """Return the record of the file that ``dealer`` sent, each row judged.

        :param str name: name of the file
        :param bytes content: .xlsx or .csv
        :raise UserError: when it cannot be read, is too big, empty, or lacks a needed column
        """
        try:
            header, *rows = sale_sheet.read_sheet(content)
        except sale_sheet.SheetRefused as refusal:
            raise UserError(self._get_refusals()[refusal.reason]) from refusal
        positions = sale_sheet.match_columns(header, self._get_column_names())
        self._check_columns(positions)
        vals = self._prepare_sheet_vals(header, rows, positions)
        sheet = self.create({**vals, "dealer_id": dealer.id, "file_name": (name or "")[:128]})
        sheet._judge()
        return sheet

    @api.model
    def _check_columns(self, positions):
        missing = [
            title
            for field, (title, needed) in self._get_columns().items()
            if needed and field not in positions
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Needed columns are missing: there is no column “%s” in the first row. Use the "
                    "titles of the template.",
                    "”, “".join(missing),
                )
            )

    @api.model
    def _get_refusals(self):
        """Return {reason: why a file is not taken, and what to send}."""
        return {
            "empty": self.env._("The file has no rows. Fill in the template."),
            "size": self.env._(
                "The file is too big: send %s MB at most.", sale_sheet.MAX_BYTES // 1024 // 1024
            ),
            "rows": self.env._(
                "The file has too many rows: send %s at a time.", sale_sheet.MAX_ROWS
            ),
            "type": self.env._(
                "The file cannot be read, it is no spreadsheet. Send an Excel workbook (.xlsx) or "
                "a CSV file."
            ),
        }

    def _get_error_file(self):
        """Return the .xlsx file (bytes) of the rows to correct, with what is wrong in the last
        column; corrected, it can be sent again.
        """
        self.ensure_one()
        header, rows = self._get_wrong_rows()
        titles = [*header, self.env._("What is wrong")]
        return sale_sheet.write_sheet(titles, rows, widths={len(header): 70})
