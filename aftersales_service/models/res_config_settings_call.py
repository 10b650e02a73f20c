from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_answer_seconds = fields.Integer(
        related="company_id.aftersales_answer_seconds", readonly=False
    )
