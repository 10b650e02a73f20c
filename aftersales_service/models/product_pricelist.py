from odoo import fields, models
from odoo.fields import Domain


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    is_spare_part_list = fields.Boolean(
        string="For Spare Parts Only",
        help="Used for the spare parts of service quotations, and never the price list that "
        "customers have by default.",
    )

    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        return list(Domain(domain) & Domain("is_spare_part_list", "=", False))
