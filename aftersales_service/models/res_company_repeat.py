from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_repeat_days = fields.Integer(
        string="Repeat Fault within (days)",
        default=30,
        help="The same symptom or cause on the same asset within so many days is a repeat fault, "
        "and the one before was not fixed the first time. Counts for faults from now on.",
    )

    _aftersales_repeat_days_positive = models.Constraint(
        "CHECK(aftersales_repeat_days >= 0)", "The days to a repeat fault cannot be negative."
    )
