from odoo import fields, models


class ResCompany(models.Model):
    """When a company reminds of old parts, and when it refuses what does not come (D09)."""

    _inherit = "res.company"

    aftersales_part_remind_before = fields.Integer(
        string="Remind before (Days)", default=14, help="Days before old parts are due."
    )
    aftersales_part_remind_after = fields.Integer(
        string="Remind after (Days)", default=3, help="Days after old parts were due."
    )
    aftersales_part_overdue_refuses = fields.Boolean(
        string="Refuse Overdue Parts",
        default=True,
        help="Claim lines whose old part does not come in time are refused by the nightly job.",
    )
    aftersales_part_grace_days = fields.Integer(
        string="Days of Grace", default=14, help="Days after the due date until lines are refused."
    )

    _part_days_positive = models.Constraint(
        "CHECK(aftersales_part_remind_before >= 0 AND aftersales_part_remind_after >= 0 "
        "AND aftersales_part_grace_days >= 0)",
        "Days of reminders and of grace for old parts cannot be negative.",
    )
