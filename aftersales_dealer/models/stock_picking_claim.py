from odoo import fields, models


class StockPicking(models.Model):
    """A transfer that brings old parts back tells their return when it is done (D09)."""

    _inherit = "stock.picking"

    aftersales_part_return_ids = fields.One2many(
        "aftersales.part.return", "picking_id", string="Old Part Returns"
    )

    def _action_done(self):
        result = super()._action_done()
        # The warehouse worker who validates the transfer need not have rights on claims.
        returns = self.sudo().aftersales_part_return_ids
        if returns:
            returns._on_transfer_done()
        return result
