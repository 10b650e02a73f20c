from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_warranty_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        string="Default Warranty Policy",
        help="Used by products that become assets and have no policy of their own or of their "
        "category.",
    )
    aftersales_return_days = fields.Integer(
        string="Return Visit after (working days)",
        default=3,
        help="From a finished repair to the question whether the customer is satisfied.",
    )
    aftersales_callback_hours = fields.Float(
        string="Call-back after (hours)",
        default=2.0,
        help="Working hours from phone advice, or from a call nobody answered, to the next call.",
    )

    _aftersales_return_positive = models.Constraint(
        "CHECK(aftersales_return_days >= 0 AND aftersales_callback_hours >= 0)",
        "The times to a return visit cannot be negative.",
    )

    def _get_return_visit_date(self, date):
        """Return when the customer of a repair finished at ``date`` (UTC) is asked, in working
        days (R03).
        """
        self.ensure_one()
        days = self.aftersales_return_days
        # plan_days counts the day it starts on: the day of the repair.
        planned = self.resource_calendar_id.plan_days(days + 1, date, compute_leaves=True)
        return planned or date + relativedelta(days=days)

    def _get_callback_date(self, date):
        """Return when the customer advised by phone at ``date`` (UTC) is called back (T05, R03)."""
        self.ensure_one()
        hours = self.aftersales_callback_hours
        planned = self.resource_calendar_id.plan_hours(hours, date, compute_leaves=True)
        return planned or date + relativedelta(minutes=round(hours * 60))
