from odoo import fields, models


class ResCompany(models.Model):
    """From which amount claims need the company's word before, and what each kind of line needs
    (D07, D16).
    """

    _inherit = "res.company"

    aftersales_authorisation_threshold = fields.Monetary(
        string="Authorisation needed from",
        help="Claims from this amount need a prior authorisation. Zero: none is needed.",
    )
    aftersales_claim_photo_kinds = fields.Selection(
        [("none", "No claim"), ("part", "Claims with parts"), ("all", "All claims")],
        string="Photos Required for",
        required=True,
        default="none",
    )
    aftersales_claim_appeals = fields.Integer(
        string="Appeals per Claim",
        default=1,
        help="How often a dealer may contest the decision on one claim.",
    )

    _authorisation_positive = models.Constraint(
        "CHECK(aftersales_authorisation_threshold >= 0 AND aftersales_claim_appeals >= 0)",
        "The amount from which an authorisation is needed, and the number of appeals, cannot be "
        "negative.",
    )
