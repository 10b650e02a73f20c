from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_exchange_user_id = fields.Many2one(
        related="company_id.aftersales_exchange_user_id", readonly=False
    )
