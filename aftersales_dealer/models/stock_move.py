from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _prepare_aftersales_asset_vals(self):
        """Assets delivered to a dealer remember who sells them on (W01, D02)."""
        vals = super()._prepare_aftersales_asset_vals()
        customer = self.sale_line_id.order_id.partner_id.commercial_partner_id
        if customer.is_dealer:
            vals["dealer_id"] = customer.id
        return vals
