from odoo import fields, models


class ResCompany(models.Model):
    """What a company decides about agreements, grades and spot checks (D01, D10, D11)."""

    _inherit = "res.company"

    dealer_grade_same_user = fields.Boolean(
        string="Whoever Proposes a Grade May Approve It",
        help="Otherwise another dealer manager decides.",
    )
    dealer_agreement_notice_days = fields.Integer(
        string="Agreements Ending within (days)",
        default=60,
        help="The responsible person is reminded this many days before an agreement ends.",
    )
    dealer_evaluation_period = fields.Selection(
        [
            ("none", "Never"),
            ("month", "Every month"),
            ("quarter", "Every quarter"),
            ("half", "Every half-year"),
            ("year", "Every year"),
        ],
        string="Evaluate Dealers",
        default="quarter",
        required=True,
        help="Dealers are evaluated by themselves after the end of each period.",
    )
    dealer_score_on_portal = fields.Boolean(
        string="Dealers See Their Score",
        default=True,
        help="The owners of a dealer see on the portal what its last approved score was made of.",
    )
    spot_check_same_user = fields.Boolean(
        string="Whoever Checked May Approve the Penalty",
        help="Otherwise another dealer manager decides on the penalty of a spot check.",
    )

    _dealer_network_days = models.Constraint(
        "CHECK(dealer_agreement_notice_days BETWEEN 0 AND 3650)",
        "The days of a reminder are between 0 and 3650 (ten years).",
    )
