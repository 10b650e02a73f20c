from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More is no register but a book: asked for month by month.
MOST_ROWS = 5000


class AftersalesCallRegister(models.TransientModel):
    """Prints the call register (叫修登记簿) of a period (T03, H03)."""

    _name = "aftersales.call.register"
    _description = "Print the Call Register"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._get_today().replace(day=1)
    )
    date_to = fields.Date(string="To", required=True, default=lambda self: self._get_today())
    team_ids = fields.Many2many("aftersales.team", string="Teams", help="Empty: all teams.")
    count = fields.Integer(string="Calls", compute="_compute_count")

    @api.model
    def _get_today(self):
        return self.env.company._get_aftersales_today()

    @api.depends("company_id", "date_from", "date_to", "team_ids")
    def _compute_count(self):
        for register in self:
            complete = register.company_id and register.date_from and register.date_to
            register.count = complete and self.env["aftersales.ticket"].search_count(
                register._get_domain()
            )

    def action_print(self):
        """Print the register of the period as PDF.

        :raise UserError: when the period ends before it begins, is empty or too long
        """
        self.ensure_one()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The period ends before it begins: correct “To”."))
        if not self.count:
            raise UserError(self.env._("No call was recorded in this period."))
        if self.count > MOST_ROWS:
            raise UserError(
                self.env._(
                    "%(count)s calls are too many for one print-out (at most %(most)s): choose a "
                    "shorter period or a team.",
                    count=self.count,
                    most=MOST_ROWS,
                )
            )
        return self.env.ref("aftersales_service.aftersales_call_register_report").report_action(
            self, config=False
        )

    def _get_tickets(self):
        """Return the calls of the period in the order they came."""
        return self.env["aftersales.ticket"].search(self._get_domain(), order="date_open, id")

    def _get_domain(self):
        """Domain of the calls of the period, in the days of the company."""
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("date_open", ">=", self._to_utc(self.date_from)),
                ("date_open", "<", self._to_utc(self.date_to + timedelta(days=1))),
            ]
        )
        return domain & Domain("team_id", "in", self.team_ids.ids) if self.team_ids else domain

    def _to_utc(self, day):
        """Return when ``day`` begins in the company, in naive UTC."""
        tz = pytz.timezone(self.company_id._get_aftersales_tz())
        start = tz.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)
