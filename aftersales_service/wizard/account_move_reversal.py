from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Reverse; a new invoice made with it takes over the contract's periods (W11)."""
        action = super().reverse_moves(is_modify=is_modify)
        if is_modify:
            self.move_ids._hand_on_contract_periods(self.new_move_ids)
        return action
