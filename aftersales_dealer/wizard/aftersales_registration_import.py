from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.tools.snapshot import touch

from ..tools import sale_sheet


class AftersalesRegistrationImport(models.TransientModel):
    """A spreadsheet of sales that a dealer sent: looked through before anything is registered,
    then the good rows go in, and the others come back as a file to correct (D02).

    Used by the dealer's portal in superuser mode, after its checks.
    """

    _name = "aftersales.registration.import"
    _description = "Sales Sent by a Dealer"
    _transient_max_hours = 24

    dealer_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    file_name = fields.Char(readonly=True)
    header = fields.Json(readonly=True, help="Titles of the columns as they were sent.")
    sales = fields.Json(readonly=True, help="Each row: the sale, its cells as sent, what is wrong.")
    good_count = fields.Integer(readonly=True)
    late_count = fields.Integer(readonly=True)
    error_count = fields.Integer(readonly=True)
    card_count = fields.Integer(readonly=True, help="How many were registered.")
    state = fields.Selection(
        [("checked", "Checked"), ("done", "Registered")], default="checked", readonly=True
    )

    @api.model
    def _get_columns(self):
        """Return {field: (title in the reader's language, whether it is needed)}."""
        env = self.env
        return {
            "serial": (env._("Serial number"), True),
            "date_sale": (env._("Sold on"), True),
            "end_user_name": (env._("End user"), True),
            "end_user_phone": (env._("Phone"), False),
            "end_user_email": (env._("E-mail"), False),
            "end_user_street": (env._("Street"), False),
            "end_user_zip": (env._("ZIP"), False),
            "end_user_city": (env._("City"), False),
            "province": (env._("Province"), False),
            "country": (env._("Country"), False),
            "meter": (env._("Meter"), False),
            "promise": (env._("Promised beyond the warranty"), False),
        }

    @api.model
    def _get_column_names(self):
        """Return {field: titles by which its column is known}: translated, English, technical."""
        english = self.with_context(lang="en_US")._get_columns()
        return {
            name: (name, title, english[name][0])
            for name, (title, _needed) in self._get_columns().items()
        }

    @api.model
    def _get_template(self, dealer):
        """Return the .xlsx file (bytes) to fill: a row for each machine that waits (at most
        5,000).
        """
        columns = self._get_columns()
        assets = self.env["aftersales.asset"]
        waiting = assets.search(
            assets._get_to_register_domain(dealer),
            order="date_delivery, id",
            limit=sale_sheet.MAX_ROWS,
        )
        rows = [[asset.serial or asset.name] for asset in waiting]
        titles = [f"{title} *" if needed else title for title, needed in columns.values()]
        return sale_sheet.write_sheet(titles, rows)

    @api.model
    def _read_file(self, dealer, name, content):
        """Return the record of a spreadsheet that was sent, each row judged.

        :param str name: name of the file
        :param bytes content: .xlsx or .csv
        :raise UserError: when it cannot be read, is too big, or lacks a needed column
        """
        try:
            header, *rows = sale_sheet.read_sheet(content)
        except sale_sheet.SheetRefused as refusal:
            raise UserError(self._get_refusal(refusal.reason)) from refusal
        positions = sale_sheet.match_columns(header, self._get_column_names())
        missing = [
            title
            for field, (title, needed) in self._get_columns().items()
            if needed and field not in positions
        ]
        if missing:
            raise UserError(
                self.env._(
                    "The first row has no column “%s”. Use the titles of the template.",
                    "”, “".join(missing),
                )
            )
        day_format = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").date_format
        sales = [
            {
                "sale": self._read_row(row, positions, day_format or "%m/%d/%Y"),
                "cells": [str(cell) for cell in row],
            }
            for row in rows
            if any(cell for place, cell in enumerate(row) if place != positions["serial"])
        ]
        if not sales:
            raise UserError(self._get_refusal("empty"))
        sheet = self.create(
            {
                "dealer_id": dealer.id,
                "file_name": (name or "")[:128],
                "header": [str(cell) for cell in header],
                "sales": sales,
            }
        )
        sheet._judge()
        return sheet

    @api.model
    def _read_row(self, row, positions, day_format):
        """Return the sale (texts) that a row tells."""
        sale = {
            field: str(row[position]) if position < len(row) else ""
            for field, position in positions.items()
        }
        cell = row[positions["date_sale"]] if positions["date_sale"] < len(row) else ""
        day = sale_sheet.parse_day(cell, day_format)
        return {**sale, "date_sale": str(day) if day else ""}

    @api.model
    def _get_refusal(self, reason):
        """Return why a file is not taken, and what to send."""
        texts = {
            "size": self.env._(
                "The file is too big: send %s MB at most.", sale_sheet.MAX_BYTES // 1024 // 1024
            ),
            "rows": self.env._(
                "The file has too many rows: send %s sales at a time.", sale_sheet.MAX_ROWS
            ),
            "empty": self.env._(
                "There is no sale in the file: the first row has the titles, each further row a "
                "sale."
            ),
        }
        return texts.get(reason) or self.env._(
            "The file cannot be read. Send an Excel workbook (.xlsx) or a CSV file."
        )

    def _judge(self):
        """Look through the rows again: what is good now, and why the others are not.

        :return: what ``aftersales.registration._judge_sales`` says
        """
        self.ensure_one()
        sales = self.sales
        cards = self.env["aftersales.registration"]
        judged = cards._judge_sales([row["sale"] for row in sales], self.dealer_id)
        for row, (_vals, error, late) in zip(sales, judged, strict=True):
            row.update(error=error, late=late)
        errors = sum(bool(error) for _vals, error, _late in judged)
        self.write(
            {
                "sales": sales,
                "error_count": errors,
                "good_count": len(sales) - errors,
                "late_count": sum(bool(late) for _vals, _error, late in judged),
            }
        )
        return judged

    def _register_good(self):
        """Register the good rows, once; the others stay to be corrected.

        :raise UserError: when it was done already, or no row is good
        """
        self.ensure_one()
        touch(self)
        if self.state == "done":
            raise UserError(self.env._("These sales were registered already."))
        judged = self._judge()
        cards = self.env["aftersales.registration"]._register_judged(judged, channel="portal")
        if not cards:
            raise UserError(
                self.env._("No row can be registered. Correct them and send them again.")
            )
        self.write({"state": "done", "card_count": len(cards)})

    def _get_rows_to_correct(self):
        """Return the .xlsx file (bytes) of the rows that were refused, each with why."""
        self.ensure_one()
        wrong = [[*row["cells"], row["error"]] for row in self.sales if row["error"]]
        header = [*self.header, self.env._("What is wrong")]
        # Rows of a text file may be shorter than the header.
        rows = [
            [*row[:-1][: len(self.header)], *[""] * (len(self.header) - len(row) + 1), row[-1]]
            for row in wrong
        ]
        return sale_sheet.write_sheet(header, rows, widths={len(header) - 1: 70})
