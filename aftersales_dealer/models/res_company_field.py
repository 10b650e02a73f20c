from odoo import fields, models


class ResCompany(models.Model):
    """What the company expects of its dealers' service (D03, D05)."""

    _inherit = "res.company"

    dealer_supervise_hours = fields.Integer(
        string="Ask Dealers after (hours)",
        default=4,
        help="Hours after a ticket was given to a dealer until it is listed to be supervised.",
    )

    _dealer_supervise_positive = models.Constraint(
        "CHECK(dealer_supervise_hours >= 0)",
        "The hours until a dealer's service is supervised cannot be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dealer_supervise_hours = fields.Integer(
        related="company_id.dealer_supervise_hours", readonly=False
    )
