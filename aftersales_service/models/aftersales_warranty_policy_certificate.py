from odoo import api, fields, models
from odoo.exceptions import ValidationError

ISSUE_EVENTS = [
    ("completion", "Completion"),
    ("delivery", "Delivery"),
    ("none", "No deadline"),
]
ISSUE_UNITS = [("day", "Days"), ("month", "Months")]


class AftersalesWarrantyPolicy(models.Model):
    """What the certificate says beside its terms, and by when it is issued (W05)."""

    _inherit = "aftersales.warranty.policy"

    department_id = fields.Many2one(
        "hr.department",
        string="Responsible Department",
        index="btree_not_null",
        help="Issues the warranty cards; its manager is told of those that are overdue. One of "
        "another company is passed over.",
    )
    exclusions = fields.Html(
        translate=True, help="What the warranty does not cover; printed on the warranty card."
    )
    issue_event = fields.Selection(
        ISSUE_EVENTS,
        string="Card due after",
        help="From when the deadline for the card is counted; as the company's settings "
        "say when empty.",
    )
    issue_duration = fields.Integer(string="Time to Issue", default=1)
    issue_unit = fields.Selection(ISSUE_UNITS, required=True, default="month")

    @api.constrains("issue_event", "issue_duration")
    def _check_issue_duration(self):
        for policy in self:
            if policy.issue_event not in (False, "none") and policy.issue_duration <= 0:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: the time to issue the warranty card is %(duration)s. Enter at "
                        "least 1, or choose “No deadline”.",
                        policy=policy.display_name,
                        duration=policy.issue_duration,
                    )
                )

    def _get_issue_rule(self, company):
        """Return (event, duration, unit) of the deadline for certificates of ``company``."""
        self.ensure_one()
        if self.issue_event:
            return self.issue_event, self.issue_duration, self.issue_unit
        return (
            company.aftersales_issue_event,
            company.aftersales_issue_duration,
            company.aftersales_issue_unit,
        )
