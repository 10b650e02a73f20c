from odoo import models
from odoo.exceptions import UserError

from .aftersales_deposit_move_entry import DEPOSITING


class AccountMove(models.Model):
    """Entries on the deposit account: each line of it is a movement of a deposit (F05).

    What accounting books there by itself, a bank line for instance, becomes a movement; what a
    movement has booked is countered by a movement, not undone in accounting.
    """

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted.line_ids._adopt_deposits()
        return posted

    def write(self, vals):
        leaving = vals.get("state", "posted") != "posted"
        released = self._release_deposits() if leaving else None
        result = super().write(vals)
        if released:
            released._check_overdrawn(released.filtered(lambda m: m.direction == "in"))
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_deposit_entries(self._get_deposit_moves())
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _get_deposit_moves(self):
        """Return the booked movements of deposits of these entries."""
        if not self.ids:
            return self.env["aftersales.deposit.move"]
        # The accountant may undo what accounting booked, whatever rights on deposits.
        deposits = self.env["aftersales.deposit.move"].sudo()
        return deposits.search([("move_id", "in", self.ids), ("state", "=", "posted")])

    def _check_deposit_entries(self, deposits):
        """Raise for entries that movements of deposits have made."""
        if self.env.context.get("aftersales_depositing") is DEPOSITING:
            return
        for deposit in deposits.filtered(lambda deposit: deposit.purpose != "ledger"):
            raise UserError(
                self.env._(
                    "%(entry)s belongs to the deposit movement %(deposit)s. Enter a "
                    "counter-movement there instead.",
                    entry=deposit.move_id.display_name,
                    deposit=deposit.display_name,
                )
            )

    def _release_deposits(self):
        """Cancel the movements that stand for entries of accounting which are no longer posted."""
        deposits = self._get_deposit_moves()
        self._check_deposit_entries(deposits)
        deposits._set_state("cancelled", line_id=False)
        return deposits
