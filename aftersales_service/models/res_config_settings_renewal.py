from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_exchange_user_id = fields.Many2one(
        related="company_id.aftersales_exchange_user_id", readonly=False
    )
    aftersales_renewal_days = fields.Char(
        related="company_id.aftersales_renewal_days", readonly=False
    )
    aftersales_renewal_user_id = fields.Many2one(
        related="company_id.aftersales_renewal_user_id", readonly=False
    )
