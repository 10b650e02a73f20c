from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _get_renewal_domain(self, company):
        """Domain of the contracts and extended warranties that ``company`` sells."""
        return Domain(
            [
                ("aftersales_service_type", "!=", False),
                ("sale_ok", "=", True),
                ("active", "=", True),
                ("company_id", "in", (False, company.id)),
            ]
        )
