from odoo import models


class StockMove(models.Model):
    """What comes back from customers ends assets (W02)."""

    _inherit = "stock.move"

    def _is_aftersales_return(self):
        """Whether the move brings a product back from a customer, to us or to the supplier."""
        self.ensure_one()
        return (
            self.location_id._is_aftersales_customer()
            and not self.location_dest_id._is_aftersales_customer()
        )

    def _end_aftersales_assets(self):
        """End the assets whose goods came back: a serial's whole asset, of lots and untracked
        products as much as came back (W02).
        """
        returns = self.filtered(lambda move: move._is_aftersales_return())
        if not returns:
            return
        assets = self.env["aftersales.asset"]
        serials = returns.filtered(lambda move: move.product_id.tracking == "serial")
        if serials:
            assets._get_live_serials(serials.move_line_ids.lot_id, serials.company_id).filtered(
                lambda asset: asset.state == "in_service"
            )._action_return()
        others = returns - serials
        if others:
            assets._take_back_quantities(others._get_aftersales_returned())

    def _get_aftersales_returned(self):
        """Return a list of (move, lot id or False, quantity in the product's unit)."""
        return [
            (move, lot_id, quantity)
            for move in self
            for lot_id, quantity in move._get_aftersales_quantities().items()
        ]
