from odoo import models


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "aftersales_exchange_id"]

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Further steps of a delivery are for the same replacement."""
        return dict(
            super()._push_prepare_move_copy_values(move_to_copy, new_date),
            aftersales_exchange_id=move_to_copy.aftersales_exchange_id.id,
        )
