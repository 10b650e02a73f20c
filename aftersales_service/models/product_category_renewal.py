from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    renewal_product_ids = fields.Many2many(
        "product.product",
        "product_category_renewal_product_rel",
        "category_id",
        "product_id",
        string="Offer at the End of Cover",
        domain="[('aftersales_service_type', '!=', False)]",
        help="For products of this category and those below it that name none themselves.",
    )

    def _get_renewal_products(self):
        """Return {category: products to offer}, each from the nearest category up the tree."""
        ancestors = self.browse(
            {int(key) for path in self.mapped("parent_path") for key in path.split("/") if key}
        )
        own = {category.id: category.renewal_product_ids for category in ancestors}
        result = {}
        for category in self:
            path = [int(key) for key in reversed(category.parent_path.split("/")) if key]
            nothing = self.env["product.product"]
            result[category] = next((own[key] for key in path if own[key]), nothing)
        return result
