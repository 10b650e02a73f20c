from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Spare parts: which parts a machine has, and which machines a part fits (N01)."""

    _inherit = "product.template"

    is_spare_part = fields.Boolean(
        string="Spare Part",
        help="Sold at the price list for spare parts in service quotations. A spare part with "
        "serial numbers does not become an asset by itself: it sits in one.",
    )
    aftersales_part_ids = fields.One2many(
        "aftersales.product.part", "product_tmpl_id", string="Spare Parts", copy=True
    )
    aftersales_fits_ids = fields.One2many(
        "aftersales.product.part", "part_tmpl_id", string="Fits", readonly=True
    )

    @api.depends("is_spare_part")
    def _compute_is_asset(self):
        result = super()._compute_is_asset()
        for template in self.filtered(lambda t: t.is_spare_part and not t.warranty_policy_id):
            template.is_asset = False
        return result

    def action_view_fitting_products(self):
        """Open the machines that this part fits."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fits"),
            "res_model": "aftersales.product.part",
            "view_mode": "list",
            "domain": [("part_tmpl_id", "=", self.id)],
            "context": {"search_default_groupby_product": 1},
        }
