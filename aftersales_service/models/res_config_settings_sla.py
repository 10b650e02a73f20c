from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_leader_ids = fields.Many2many(
        related="company_id.aftersales_leader_ids", readonly=False
    )
