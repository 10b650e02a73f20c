from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    property_aftersales_claim_account_id = fields.Many2one(
        "account.account",
        string="Warranty Expense Account",
        company_dependent=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'off_balance'))]",
        help="Where settled warranty claims for products of this category are booked.",
    )
