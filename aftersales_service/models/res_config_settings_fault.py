from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_supplier_reply_days = fields.Integer(
        related="company_id.aftersales_supplier_reply_days", readonly=False
    )
    aftersales_supplier_notice_auto = fields.Boolean(
        related="company_id.aftersales_supplier_notice_auto", readonly=False
    )
