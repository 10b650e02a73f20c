from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_warranty_policy_id = fields.Many2one(
        related="company_id.aftersales_warranty_policy_id", readonly=False
    )
