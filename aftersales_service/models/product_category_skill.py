from odoo import fields, models


class ProductCategory(models.Model):
    """What whoever repairs these products must be able to do (T10)."""

    _inherit = "product.category"

    aftersales_skill_need_ids = fields.One2many(
        "aftersales.skill.need",
        "product_category_id",
        string="Skills Needed for Service",
        help="Also asked for in the categories below.",
    )
