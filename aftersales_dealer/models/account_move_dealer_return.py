from odoo import fields, models


class AccountMove(models.Model):
    """A credit note for goods that a dealer returned (D12)."""

    _inherit = "account.move"

    aftersales_dealer_return_id = fields.Many2one(
        "aftersales.dealer.return",
        string="Dealer Stock Return",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
