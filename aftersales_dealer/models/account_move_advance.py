from odoo import api, fields, models
from odoo.exceptions import UserError

# Only code in this process can hold this object, so no client can pass the guard with a context.
ADVANCING = object()
LINK_FIELDS = {"aftersales_advance_id", "aftersales_advance_role"}


class AccountMove(models.Model):
    """Entries of advance compensation: made and undone on the document (F05)."""

    _inherit = "account.move"

    aftersales_advance_id = fields.Many2one(
        "aftersales.advance",
        string="Advance Compensation",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    aftersales_advance_role = fields.Selection(
        [
            ("payment", "Paid to the consumer"),
            ("payment_reversal", "Reversal of the payment"),
            ("debit", "Debit note to the dealer"),
        ],
        copy=False,
        readonly=True,
    )

    # The database itself refuses to pay a consumer twice.
    _aftersales_advance_uniq = models.UniqueIndex(
        "(aftersales_advance_id, aftersales_advance_role) WHERE aftersales_advance_id IS NOT NULL "
        "AND aftersales_advance_role IN ('payment', 'payment_reversal')",
        "This advance compensation is paid already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if not self._is_aftersales_advancing() and any(
            move.aftersales_advance_id for move in moves
        ):
            self._refuse_advance_link()
        return moves

    def write(self, vals):
        if LINK_FIELDS & vals.keys() and not self._is_aftersales_advancing():
            self._refuse_advance_link()
        if vals.get("state", "posted") != "posted":
            self._check_advance_entry()
        return super().write(vals)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_advance_entry()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _is_aftersales_advancing(self):
        return self.env.context.get("aftersales_advancing") is ADVANCING

    def _refuse_advance_link(self):
        raise UserError(
            self.env._("The entries of an advance compensation are made on that document.")
        )

    def _check_advance_entry(self):
        """Raise when an advance compensation would lose its entry."""
        if self._is_aftersales_advancing():
            return
        for move in self.sudo():  # the accountant need not see the document
            if move.aftersales_advance_id and move.state == "posted":
                raise UserError(
                    self.env._(
                        "%(move)s belongs to %(advance)s. Take the step back there instead.",
                        move=move.display_name,
                        advance=move.aftersales_advance_id.display_name,
                    )
                )
