from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_parts_pricelist_id = fields.Many2one(
        related="company_id.aftersales_parts_pricelist_id", readonly=False
    )
