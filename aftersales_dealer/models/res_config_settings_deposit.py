from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_deposit_account_id = fields.Many2one(
        related="company_id.aftersales_deposit_account_id", readonly=False, check_company=True
    )
    aftersales_deposit_journal_id = fields.Many2one(
        related="company_id.aftersales_deposit_journal_id", readonly=False, check_company=True
    )
    aftersales_recourse_account_id = fields.Many2one(
        related="company_id.aftersales_recourse_account_id", readonly=False, check_company=True
    )
    aftersales_advance_answer_days = fields.Integer(
        related="company_id.aftersales_advance_answer_days", readonly=False
    )
    aftersales_recovery_account_id = fields.Many2one(
        related="company_id.aftersales_recovery_account_id", readonly=False, check_company=True
    )
    aftersales_recovery_answer_days = fields.Integer(
        related="company_id.aftersales_recovery_answer_days", readonly=False
    )
