from odoo import fields, models


class ResCompany(models.Model):
    """How costs are recovered from suppliers (F07)."""

    _inherit = "res.company"

    aftersales_recovery_account_id = fields.Many2one(
        "account.account",
        string="Supplier Recovery Account",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'off_balance'))]",
        help="What suppliers pay back of warranty costs. Empty: the warranty expense account.",
    )
    aftersales_recovery_answer_days = fields.Integer(
        string="Suppliers Answer within (Days)",
        default=30,
        help="When a supplier is reminded of a recovery claim.",
    )
