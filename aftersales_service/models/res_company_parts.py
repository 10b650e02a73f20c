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
        """Companies that were there before the addon get the shipped price list (J07).

        Price lists are switched on, as by Odoo itself for a second currency: while they are off,
        Odoo's settings warn whenever they are opened and archive every list when they are saved.
        """
        # At installation there is no user; features are switched on for everybody.
        feature = "product.group_product_pricelist"
        if not self.env["res.groups"]._is_feature_enabled(feature):
            self.env.ref("base.group_user").sudo()._apply_group(self.env.ref(feature))
            self.sudo().search([("active", "=", True)])._activate_or_create_pricelists()
        pricelist = self.env.ref(PRICELIST)
        # As above; only the empty setting of each company is filled.
        companies = self.sudo().search([("aftersales_parts_pricelist_id", "=", False)])
        companies.aftersales_parts_pricelist_id = pricelist
