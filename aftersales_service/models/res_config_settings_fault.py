from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_supplier_reply_days = fields.Integer(
        related="company_id.aftersales_supplier_reply_days", readonly=False
    )
    aftersales_supplier_notice_auto = fields.Boolean(
        related="company_id.aftersales_supplier_notice_auto", readonly=False
    )
    aftersales_labour_cost = fields.Monetary(
        related="company_id.aftersales_labour_cost", readonly=False, currency_field="currency_id"
    )
    aftersales_task_limit = fields.Monetary(
        related="company_id.aftersales_task_limit", readonly=False, currency_field="currency_id"
    )
    aftersales_task_limit_other = fields.Monetary(
        related="company_id.aftersales_task_limit_other",
        readonly=False,
        currency_field="currency_id",
    )
    aftersales_task_photos = fields.Boolean(
        related="company_id.aftersales_task_photos", readonly=False
    )
