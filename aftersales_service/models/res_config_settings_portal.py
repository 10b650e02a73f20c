from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_link_days = fields.Integer(related="company_id.aftersales_link_days", readonly=False)
    aftersales_link_closed_days = fields.Integer(
        related="company_id.aftersales_link_closed_days", readonly=False
    )
