from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_claim_account_id = fields.Many2one(
        "account.account",
        string="Warranty Expense Account",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'off_balance'))]",
        help="Where settled claims are booked, unless the line or the product's category says "
        "otherwise. Empty: the company's expense account.",
    )
    aftersales_claim_sale_tax_ids = fields.Many2many(
        "account.tax",
        "res_company_aftersales_claim_sale_tax_rel",
        string="Tax on Credit Notes of Claims",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('price_include', '=', False)]",
        help="Amounts of notices exclude tax. Empty: credit notes without tax.",
    )
    aftersales_claim_purchase_tax_ids = fields.Many2many(
        "account.tax",
        "res_company_aftersales_claim_purchase_tax_rel",
        string="Tax on Dealers' Bills of Claims",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase'), ('price_include', '=', False)]",
        help="Amounts of notices exclude tax. Empty: bills without tax.",
    )
    aftersales_same_user_verify = fields.Boolean(
        string="Appraiser May Verify",
        help="The person who approved a claim may also verify its fees (J01).",
    )
    aftersales_same_user_post = fields.Boolean(
        string="Verifier May Post",
        help="The person who verified a notice may also post its settlement (J01).",
    )
    aftersales_charge_account_id = fields.Many2one(
        "account.account",
        string="Account for Dealer Charges",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'off_balance'))]",
        help="Where rewards, penalties and freight are booked, unless the charge says otherwise. "
        "Empty: the warranty expense account.",
    )
    aftersales_settle_detailed = fields.Boolean(
        string="One Accounting Line per Notice Line",
        help="Otherwise the lines are grouped by account, taxes and analytic distribution; the "
        "detail stays on the notice (F03).",
    )
    aftersales_notice_reminder_days = fields.Integer(
        string="Remind of Fee Notices",
        default=3,
        help="Days before the deadline that a dealer is reminded of an unanswered notice; 0: "
        "never.",
    )
    aftersales_verify_each_line = fields.Boolean(
        string="Verify Line by Line",
        help="A notice is verified only when each of its lines was checked (F01).",
    )
