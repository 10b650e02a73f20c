from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_compensation_limit = fields.Monetary(
        string="Compensation Limit of Managers",
        help="Above it, a service administrator approves compensation; 0 means no limit.",
    )
    aftersales_compensation_product_id = fields.Many2one(
        "product.product",
        string="Compensation Product",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="Its account and taxes are those of the credit notes.",
    )

    _aftersales_compensation_positive = models.Constraint(
        "CHECK(aftersales_compensation_limit >= 0)",
        "The limit of managers for compensation cannot be negative.",
    )
