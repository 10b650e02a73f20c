from odoo import api, fields, models
from odoo.exceptions import UserError

# Only code in this process can hold this object, so no client can pass the guard with a context.
RECOVERING = object()
LINK_FIELDS = {"aftersales_recovery_id", "aftersales_recovery_role"}


class AccountMove(models.Model):
    """Credit notes and debit notes of supplier recoveries: made and undone there (F07)."""

    _inherit = "account.move"

    aftersales_recovery_id = fields.Many2one(
        "aftersales.supplier.recovery",
        string="Supplier Recovery",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    aftersales_recovery_role = fields.Selection(
        [("booking", "Booking"), ("reversed", "Reversed booking"), ("reversal", "Reversal")],
        copy=False,
        readonly=True,
    )

    # The database itself refuses to book a recovery twice.
    _aftersales_recovery_uniq = models.UniqueIndex(
        "(aftersales_recovery_id) WHERE aftersales_recovery_role = 'booking'",
        "This supplier recovery is booked already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if not self._is_recovering() and any(move.aftersales_recovery_id for move in moves):
            self._refuse_recovery_link()
        return moves

    def write(self, vals):
        if LINK_FIELDS & vals.keys() and not self._is_recovering():
            self._refuse_recovery_link()
        if vals.get("state", "posted") != "posted":
            self._check_recovery_entry()
        return super().write(vals)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_recovery_entry()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _is_recovering(self):
        return self.env.context.get("aftersales_recovering") is RECOVERING

    def _refuse_recovery_link(self):
        raise UserError(self.env._("The entries of a supplier recovery are made on that document."))

    def _check_recovery_entry(self):
        """Raise when a booked recovery would lose its entry."""
        if self._is_recovering():
            return
        for move in self.sudo():  # the accountant need not see the document
            if move.aftersales_recovery_role == "booking" and move.state == "posted":
                raise UserError(
                    self.env._(
                        "%(move)s belongs to %(recovery)s. Reverse the booking there instead.",
                        move=move.display_name,
                        recovery=move.aftersales_recovery_id.display_name,
                    )
                )
