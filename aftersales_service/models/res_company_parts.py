from odoo import api, fields, models

PRICELIST = "aftersales_service.product_pricelist_spare_parts"


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_parts_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price List for Spare Parts",
        default=lambda self: self.env.ref(PRICELIST, raise_if_not_found=False),
        help="Spare parts in quotations made from tickets, assets and repairs follow it; empty: "
        "the price list of the customer.",
    )

    @api.model
    def _set_default_parts_pricelist(self):
        """Companies that were there before the addon get the shipped price list (J07)."""
        pricelist = self.env.ref(PRICELIST)
        # At installation there is no user; only the empty setting of each company is filled.
        companies = self.sudo().search([("aftersales_parts_pricelist_id", "=", False)])
        companies.aftersales_parts_pricelist_id = pricelist
