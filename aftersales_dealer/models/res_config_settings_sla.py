from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_claim_silence_days = fields.Integer(
        related="company_id.aftersales_claim_silence_days", readonly=False
    )
