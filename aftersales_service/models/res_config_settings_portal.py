from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_link_days = fields.Integer(related="company_id.aftersales_link_days", readonly=False)
    aftersales_link_closed_days = fields.Integer(
        related="company_id.aftersales_link_closed_days", readonly=False
    )
    aftersales_rating_ask = fields.Boolean(
        related="company_id.aftersales_rating_ask", readonly=False
    )
    aftersales_rating_delay = fields.Float(
        related="company_id.aftersales_rating_delay", readonly=False
    )
    aftersales_rating_days = fields.Integer(
        related="company_id.aftersales_rating_days", readonly=False
    )
    aftersales_rating_unhappy = fields.Integer(
        related="company_id.aftersales_rating_unhappy", readonly=False
    )
