from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_claim_auto_limit = fields.Monetary(
        related="company_id.aftersales_claim_auto_limit", readonly=False
    )
    aftersales_claim_duplicate_days = fields.Integer(
        related="company_id.aftersales_claim_duplicate_days", readonly=False
    )
