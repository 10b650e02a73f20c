from odoo import fields, models


class AftersalesDealerAgreement(models.Model):
    """From which amount a repair needs the company's word before (D16)."""

    _inherit = "aftersales.dealer.agreement"

    authorisation_threshold = fields.Monetary(
        string="Authorisation needed from",
        help="Claims from this amount need a prior authorisation. Zero: as the company has set it.",
    )

    _authorisation_positive = models.Constraint(
        "CHECK(authorisation_threshold >= 0)",
        "The amount from which an authorisation is needed cannot be negative.",
    )
