from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_compensation_limit = fields.Monetary(
        related="company_id.aftersales_compensation_limit",
        readonly=False,
        currency_field="currency_id",
    )
    aftersales_compensation_product_id = fields.Many2one(
        related="company_id.aftersales_compensation_product_id", readonly=False
    )
