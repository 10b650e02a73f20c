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
    _inherit = "aftersales.dealer.sheet"
    _description = "Sales Sent by a Dealer"
    _transient_max_hours = 24

    header = fields.Json(readonly=True, help="Titles of the columns as they were sent.")
    sales = fields.Json(readonly=True, help="Each row: the sale, its cells as sent, what is wrong.")
    good_count = fields.Integer(readonly=True)
    late_count = fields.Integer(readonly=True)
    error_count = fields.Integer(readonly=True)
    card_count = fields.Integer(readonly=True, help="How many were registered.")

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
    def _get_template_rows(self, dealer):
        """A row for each machine that waits, at most 5,000."""
        assets = self.env["aftersales.asset"]
        waiting = assets.search(
            assets._get_to_register_domain(dealer),
            order="date_delivery, id",
            limit=sale_sheet.MAX_ROWS,
        )
        return [[asset.serial or asset.name] for asset in waiting]

    @api.model
    def _get_file_names(self):
        return {
            "template": self.env._("Sales to register.xlsx"),
            "errors": self.env._("Sales to correct.xlsx"),
        }

    @api.model
    def _prepare_start_values(self, dealer):
        assets = self.env["aftersales.asset"]
        domain = assets._get_to_register_domain(dealer)
        return {"to_register_count": assets.search_count(domain)}

    @api.model
    def _prepare_sheet_vals(self, header, rows, positions):
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
            raise UserError(self._get_refusals()["empty"])
        return {"header": [str(cell) for cell in header], "sales": sales}

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
    def _get_refusals(self):
        empty = self.env._(
            "There is no sale in the file: the first row has the titles, each further row a sale."
        )
        return {**super()._get_refusals(), "empty": empty}

    def _get_shown_rows(self):
        return sorted(self.sales, key=lambda row: (not row["error"], -row["late"]))

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

    def _take_over(self):
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

    def _get_taken_text(self):
        return self.env._("One of these machines was registered a moment ago. Try again, please.")

    def _get_wrong_rows(self):
        width = len(self.header)
        # Rows of a text file may be shorter than the header.
        rows = [
            [*row["cells"][:width], *[""] * (width - len(row["cells"])), row["error"]]
            for row in self.sales
            if row["error"]
        ]
        return self.header, rows
