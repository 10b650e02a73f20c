from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_answer_seconds = fields.Integer(
        string="Calls Answered within (seconds)",
        default=20,
        help="Calls that ring no longer than this count as answered in time.",
    )

    _aftersales_answer_positive = models.Constraint(
        "CHECK(aftersales_answer_seconds >= 0)",
        "The seconds to answer a call cannot be negative.",
    )
