from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dealer_registration_days = fields.Integer(
        string="Registration within (days)",
        default=20,
        help="Days after the sale to the end user, unless the agreement says otherwise.",
    )
    dealer_claim_deadline_days = fields.Integer(
        string="Claim within (days)",
        default=30,
        help="Days after the repair, proposed in new agreements.",
    )
    dealer_confirmation_days = fields.Integer(
        string="Confirmation within (days)",
        default=15,
        help="Days to confirm or dispute a fee notice, proposed in new agreements.",
    )

    _dealer_days_positive = models.Constraint(
        "CHECK(dealer_registration_days BETWEEN 0 AND 3650"
        " AND dealer_claim_deadline_days BETWEEN 0 AND 3650"
        " AND dealer_confirmation_days BETWEEN 0 AND 3650)",
        "The days of the dealer settings are between 0 and 3650 (ten years).",
    )
