from odoo import fields, models

from .aftersales_warranty_policy_certificate import ISSUE_EVENTS, ISSUE_UNITS


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_issue_event = fields.Selection(
        ISSUE_EVENTS, string="Warranty Card due after", required=True, default="completion"
    )
    aftersales_issue_duration = fields.Integer(string="Time to Issue Warranty Cards", default=1)
    aftersales_issue_unit = fields.Selection(
        ISSUE_UNITS, string="Unit of the Time to Issue", required=True, default="month"
    )
    aftersales_issue_user_id = fields.Many2one(
        "res.users",
        string="Responsible for Warranty Cards",
        help="Told of overdue cards whose policy names no department with a manager.",
    )

    _aftersales_issue_duration_positive = models.Constraint(
        "CHECK(aftersales_issue_duration > 0)",
        "The time to issue warranty cards must be positive: enter at least 1.",
    )
