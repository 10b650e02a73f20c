from odoo import fields, models


class StockPicking(models.Model):
    """A transfer that brings goods of a dealer back tells their return when it is done (D12)."""

    _inherit = "stock.picking"

    aftersales_dealer_return_id = fields.Many2one(
        "aftersales.dealer.return", string="Dealer Return", copy=False, index="btree_not_null"
    )

    def _action_done(self):
        result = super()._action_done()
        # The warehouse worker who validates the transfer need not have rights on dealers.
        self.sudo().aftersales_dealer_return_id._on_transfer_done()
        return result
