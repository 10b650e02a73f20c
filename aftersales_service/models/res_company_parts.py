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
    aftersales_short_life_percent = fields.Integer(
        string="Abnormally Short below (%)",
        default=50,
        help="A part that fails before this share of its normal life failed abnormally early.",
    )
    aftersales_short_life_days = fields.Integer(
        string="Free Replacement for (days)",
        default=90,
        help="How long after the failure an accepted finding makes the replacement free.",
    )
    aftersales_life_department_id = fields.Many2one(
        "hr.department", string="Department that Decides on Short Life"
    )

    _aftersales_short_life_range = models.Constraint(
        "CHECK(aftersales_short_life_percent BETWEEN 0 AND 100"
        " AND aftersales_short_life_days >= 0)",
        "The share of the normal life is between 0 and 100 %, and the days are not negative.",
    )

    @api.model
    def _set_default_parts_pricelist(self):
        """Companies that were there before the addon get the shipped price list (J07)."""
        pricelist = self.env.ref(PRICELIST)
        # At installation there is no user; only the empty setting of each company is filled.
        companies = self.sudo().search([("aftersales_parts_pricelist_id", "=", False)])
        companies.aftersales_parts_pricelist_id = pricelist
