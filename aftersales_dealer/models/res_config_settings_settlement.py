from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_claim_account_id = fields.Many2one(
        related="company_id.aftersales_claim_account_id", readonly=False, check_company=True
    )
    aftersales_claim_sale_tax_ids = fields.Many2many(
        related="company_id.aftersales_claim_sale_tax_ids", readonly=False
    )
    aftersales_claim_purchase_tax_ids = fields.Many2many(
        related="company_id.aftersales_claim_purchase_tax_ids", readonly=False
    )
    aftersales_same_user_verify = fields.Boolean(
        related="company_id.aftersales_same_user_verify", readonly=False
    )
    aftersales_same_user_post = fields.Boolean(
        related="company_id.aftersales_same_user_post", readonly=False
    )
    aftersales_charge_account_id = fields.Many2one(
        related="company_id.aftersales_charge_account_id", readonly=False, check_company=True
    )
    aftersales_settle_detailed = fields.Boolean(
        related="company_id.aftersales_settle_detailed", readonly=False
    )
    aftersales_notice_reminder_days = fields.Integer(
        related="company_id.aftersales_notice_reminder_days", readonly=False
    )
    aftersales_verify_each_line = fields.Boolean(
        related="company_id.aftersales_verify_each_line", readonly=False
    )
