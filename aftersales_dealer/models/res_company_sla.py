from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_claim_silence_days = fields.Integer(
        string="Claims Count as Approved after (Days)",
        help="A claim that was neither refused nor returned within these days counts as approved "
        "with the amounts the checks propose. Only claims that no check blocks, and no appeals. 0: "
        "switched off.",
    )

    _aftersales_claim_silence_positive = models.Constraint(
        "CHECK(aftersales_claim_silence_days >= 0)",
        "Settings: the days after which claims count as approved cannot be negative. Enter 0 to "
        "switch it off.",
    )
