from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_aftersales_policy(self, sold, company):
        """Return the policy of the product when it is delivered; a component of a kit without one
        of its own or of its category gets the kit's (W04).

        :param sold: ``product.product`` of the order line: the kit, for its components
        :param company: ``res.company`` that delivers
        """
        self.ensure_one()
        template = self.product_tmpl_id
        if sold and sold != self:
            own = template._get_warranty_policies(company, default=False)[template]
            template = template if own else sold.product_tmpl_id
        return template._get_warranty_policies(company)[template]
