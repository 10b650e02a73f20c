from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_parts_pricelist_id = fields.Many2one(
        related="company_id.aftersales_parts_pricelist_id", readonly=False
    )
    aftersales_short_life_percent = fields.Integer(
        related="company_id.aftersales_short_life_percent", readonly=False
    )
    aftersales_short_life_days = fields.Integer(
        related="company_id.aftersales_short_life_days", readonly=False
    )
    aftersales_life_department_id = fields.Many2one(
        related="company_id.aftersales_life_department_id", readonly=False
    )
