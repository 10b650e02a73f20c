from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..tools.settlement import to_units

# Only code in this process can hold this object, so no client can pass the guard with a context.
SETTLING = object()
LINK_FIELDS = {"aftersales_notice_id", "aftersales_notice_role", "aftersales_offset_bill_id"}


class AccountMove(models.Model):
    _inherit = "account.move"

    aftersales_notice_id = fields.Many2one(
        "aftersales.notice",
        string="Fee Notice",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    aftersales_notice_role = fields.Selection(
        [
            ("settlement", "Settlement"),
            ("offset", "Set-off"),
            ("settlement_reversal", "Reversal of the settlement"),
            ("offset_reversal", "Reversal of the set-off"),
        ],
        copy=False,
        readonly=True,
    )

    aftersales_offset_bill_id = fields.Many2one(
        "account.move",
        string="Bill Set Off",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The dealer's bill that this entry sets off against what the dealer owes.",
    )

    # F04: the database itself refuses a second settlement of a notice.
    _aftersales_notice_uniq = models.UniqueIndex(
        "(aftersales_notice_id, aftersales_notice_role) WHERE aftersales_notice_id IS NOT NULL",
        "This fee notice is settled already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        # Afterwards, as defaults of the context count, too.
        if not self._is_aftersales_settling() and any(
            move[name] for move in moves for name in LINK_FIELDS
        ):
            self._refuse_aftersales_link()
        return moves

    def write(self, vals):
        if LINK_FIELDS & vals.keys() and not self._is_aftersales_settling():
            self._refuse_aftersales_link()
        if vals.get("state", "posted") != "posted":
            self._check_aftersales_notice()
        return super().write(vals)

    def _is_aftersales_settling(self):
        return self.env.context.get("aftersales_settling") is SETTLING

    def _refuse_aftersales_link(self):
        """Only settling and reversing a notice make its entries (F04)."""
        raise UserError(
            self.env._("The entries of a fee notice are made by settling it on the notice.")
        )

    def _check_aftersales_notice(self):
        """Raise when a settled notice would lose its entry: it is undone on the notice (F04)."""
        if self._is_aftersales_settling():
            return
        for move in self.sudo():  # the accountant who reverses may not see the notice
            notice = move.aftersales_notice_id
            if notice and move.state == "posted":
                raise UserError(
                    self.env._(
                        "%(move)s belongs to the fee notice %(notice)s. Reverse the notice "
                        "instead: that also opens the invoices and the claims again.",
                        move=move.display_name,
                        notice=notice.display_name,
                    )
                )

    def _check_draftable(self):
        self._check_aftersales_notice()
        return super()._check_draftable()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_aftersales_notice()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _get_aftersales_credit(self):
        """Return (receivable account, units): what a settlement entry has for the dealer to be
        deducted from its receivables (F03).
        """
        self.ensure_one()
        if self.move_type == "in_invoice":
            account = self.aftersales_notice_id._get_receivable_account()
            amount = self.amount_total
        else:
            lines = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            account, amount = lines.account_id[:1], -sum(lines.mapped("amount_currency"))
        return account, to_units(amount, self.currency_id.rounding)

    def _describe_aftersales_deduction(self, taken):
        """Return the sentences that tell what of a settlement entry was matched with which item
        (F03).

        :param taken: list of (open item, units of the currency)
        """
        self.ensure_one()
        currency, amount = self.currency_id, self._get_aftersales_credit()[1]
        sentences = [
            self.env._(
                "%(item)s, due on %(date)s: %(amount)s",
                item=line.move_id.name,
                date=format_date(self.env, line.date_maturity or line.date),
                amount=format_amount(self.env, units * currency.rounding, currency),
            )
            for line, units in taken
        ]
        left = abs(amount) - sum(units for __, units in taken)
        rest = format_amount(self.env, left * currency.rounding, currency)
        if left > 0 and amount > 0:
            sentences.append(self.env._("Stays open for the dealer: %(amount)s", amount=rest))
        elif left > 0:
            sentences.append(self.env._("The dealer still owes: %(amount)s", amount=rest))
        return sentences

    def _get_dealer_statement_label(self):
        """Return what kind of movement this is, for the dealer's statement (F03)."""
        self.ensure_one()
        if self.aftersales_notice_id:
            roles = dict(self._fields["aftersales_notice_role"]._description_selection(self.env))
            return self.env._(
                "%(role)s, fee notice %(notice)s",
                role=roles[self.aftersales_notice_role],
                notice=self.aftersales_notice_id.name,
            )
        if self.origin_payment_id:
            return self.env._("Payment %(memo)s", memo=self.ref or "").strip()
        if self.move_type == "out_invoice":
            return self.env._("Invoice %(ref)s", ref=self.ref or self.invoice_origin or "").strip()
        if self.move_type == "out_refund":
            return self.env._("Credit note %(ref)s", ref=self.ref or "").strip()
        return self.ref or self.env._("Journal entry")

    def action_view_aftersales_notice(self):
        """Open the fee notice that the entry belongs to (F03)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.notice",
            "res_id": self.aftersales_notice_id.id,
            "view_mode": "form",
        }
