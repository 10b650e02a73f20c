from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_supplier_reply_days = fields.Integer(
        string="Supplier's Answer within (working days)",
        default=5,
        help="From the notice to a supplier to the day its answer is due.",
    )
    aftersales_supplier_notice_auto = fields.Boolean(
        string="Tell Suppliers at Once",
        help="A notice goes out by itself when it is certain who supplied the faulty part; "
        "otherwise it is drafted and the agent sends it.",
    )

    _aftersales_supplier_reply_positive = models.Constraint(
        "CHECK(aftersales_supplier_reply_days >= 0)",
        "The days for a supplier's answer cannot be negative.",
    )
