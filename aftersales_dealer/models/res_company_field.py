from odoo import fields, models


class ResCompany(models.Model):
    """What the company expects of its dealers' service (D03, D05)."""

    _inherit = "res.company"

    dealer_supervise_hours = fields.Integer(
        string="Ask Dealers after (hours)",
        default=4,
        help="Hours after a ticket was given to a dealer until it is listed to be supervised.",
    )

    dealer_overcharge_tolerance = fields.Float(
        string="Overcharge Tolerated (%)",
        help="Percent above the tariff up to which a paid repair is not flagged.",
    )

    _dealer_overcharge_positive = models.Constraint(
        "CHECK(dealer_overcharge_tolerance >= 0 AND dealer_overcharge_tolerance <= 1000)",
        "The tolerance is between 0 and 1000 %.",
    )
    _dealer_supervise_positive = models.Constraint(
        "CHECK(dealer_supervise_hours BETWEEN 0 AND 8760)",
        "The hours until a dealer's service is supervised are between 0 and 8760 (a year).",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dealer_supervise_hours = fields.Integer(
        related="company_id.dealer_supervise_hours", readonly=False
    )
    dealer_overcharge_tolerance = fields.Float(
        related="company_id.dealer_overcharge_tolerance", readonly=False
    )
