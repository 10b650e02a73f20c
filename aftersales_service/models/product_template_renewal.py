from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    renewal_product_ids = fields.Many2many(
        "product.product",
        "product_template_renewal_product_rel",
        "template_id",
        "product_id",
        string="Offer at the End of Cover",
        domain="[('aftersales_service_type', '!=', False)]",
        help="Contracts and extended warranties to offer when the warranty ends. Empty: those of "
        "the category or of the warranty policy.",
    )
