from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_notice_settlement import ACCOUNTANT


class AftersalesNotice(models.Model):
    """What a settlement left open, and how it was paid out (F03)."""

    _inherit = "aftersales.notice"

    amount_open = fields.Monetary(
        string="Open Credit",
        compute="_compute_amount_open",
        help="What the settlement left open: positive for the dealer, negative when the dealer "
        "still owes it.",
    )
    payment_ids = fields.Many2many(
        "account.payment", string="Payments", compute="_compute_payment_ids"
    )
    payment_count = fields.Integer(compute="_compute_payment_ids")

    @api.depends("state", "move_ids.line_ids.amount_residual_currency")
    def _compute_amount_open(self):
        for notice in self:
            # The dealer, too, sees what is left for it; entries guard themselves.
            lines = notice.sudo()._get_open_items() if notice.state == "settled" else ()
            notice.amount_open = -sum(line.amount_residual_currency for line in lines)

    @api.depends("move_ids.line_ids.matched_debit_ids", "move_ids.line_ids.matched_credit_ids")
    def _compute_payment_ids(self):
        for notice in self:
            lines = notice.sudo()._get_live_entries().line_ids  # payments guard themselves
            debits = lines.matched_debit_ids.debit_move_id
            payments = (debits | lines.matched_credit_ids.credit_move_id).payment_id
            # With the user's own rights: only the number is everybody's.
            notice.payment_ids = payments.sudo(False)
            notice.payment_count = len(payments)

    def _get_open_items(self):
        """Return the open journal items that the settlement made."""
        return self._get_live_entries().line_ids.filtered(
            lambda line: (
                line.account_type in ("asset_receivable", "liability_payable")
                and not line.reconciled
            )
        )

    def action_pay_out(self):
        """Register the payment of what the settlements left open for the dealers (F03).

        :return: the window of Odoo's own payment dialog, several dealers at once too
        :raise AccessError: the user may not post invoices
        :raise UserError: nothing is open
        """
        self._check_groups(ACCOUNTANT)
        settled = self.filtered(lambda notice: notice.state == "settled")
        items = settled._get_open_items().filtered(lambda line: line.amount_residual_currency < 0)
        if not items:
            raise UserError(
                self.env._(
                    "There is no open credit to pay out: %(notices)s.",
                    notices=", ".join(self.mapped("display_name")),
                )
            )
        return items.action_register_payment()

    def action_view_payments(self):
        """Open the payments of what the settlement left open (F03)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments of %(notice)s", notice=self.display_name),
            "res_model": "account.payment",
            "view_mode": "list,form",
            "domain": [("id", "in", self.payment_ids.ids)],
            "context": {"create": False},
        }
