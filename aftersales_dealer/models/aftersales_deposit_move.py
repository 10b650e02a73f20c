from odoo import api, fields, models
from odoo.exceptions import UserError

AGREED_FIELDS = {
    "dealer_id",
    "company_id",
    "date",
    "direction",
    "purpose",
    "amount",
    "reason",
    "counterpart_account_id",
    "payment_journal_id",
    "move_id",
}
# The others are set by the documents that move deposits.
CHOSEN_PURPOSES = ("payment", "offset", "other")


class AftersalesDepositMove(models.Model):
    """One movement of a dealer's deposit (保证金): a debt of the company to its dealer.

    Each booked movement is one line of the company's deposit account (a liability), and each line
    of that account is one movement: the dealer's statement is the ledger. What was booked stays;
    errors are corrected by a counter-movement. How it is booked is in
    ``aftersales_deposit_move_entry.py``.
    """

    _name = "aftersales.deposit.move"
    _description = "Dealer Deposit Movement"
    _inherit = ["aftersales.number.mixin", "aftersales.transition.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.deposit.move"
    _rec_names_search = ["name", "dealer_id.name", "reason"]
    _guard_readonly = True
    _transitions = {
        "draft": ("posted", "cancelled"),
        "posted": ("reversed", "cancelled"),
    }
    _frozen_fields = dict.fromkeys(("posted", "reversed", "cancelled"), AGREED_FIELDS)

    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    direction = fields.Selection(
        [("in", "Paid in"), ("out", "Paid out or used")], required=True, default="in"
    )
    purpose = fields.Selection(
        [
            ("payment", "Payment"),
            ("offset", "Set off with open items"),
            ("other", "Another account"),
            ("advance", "Advance compensation"),
            ("ledger", "Booked in accounting"),
            ("reversal", "Counter-movement"),
        ],
        string="By",
        required=True,
        default="payment",
        tracking=True,
        help="Payment: through the dealer's receivable account and a bank or cash journal. Set "
        "off: with the dealer's open credits (paid in) or open invoices (used).",
    )
    amount = fields.Monetary(required=True, tracking=True)
    amount_signed = fields.Monetary(
        string="Change of the Deposit", compute="_compute_amount_signed", store=True
    )
    reason = fields.Char(required=True)
    payment_journal_id = fields.Many2one(
        "account.journal",
        string="Paid through",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        help="The payment is made in this journal when the movement is booked. Empty: the payment "
        "is registered in accounting and matched there with the dealer's receivable account.",
    )
    counterpart_account_id = fields.Many2one(
        "account.account",
        groups="base.group_user",  # where we book is not told to dealers
        string="Against Account",
        check_company=True,
        help="The other side of the entry. Empty: the dealer's receivable account.",
    )
    state = fields.Selection(
        [
            ("draft", "To book"),
            ("posted", "Booked"),
            ("reversed", "Countered"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Accounting Entry",
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain="[('state', '=', 'posted')]",
        help="Choose one only when accounting has booked the movement already; otherwise the entry "
        "is made.",
    )
    line_id = fields.Many2one(
        "account.move.line",
        string="Line of the Deposit Account",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    payment_id = fields.Many2one(
        "account.payment", readonly=True, copy=False, index="btree_not_null"
    )
    reversed_id = fields.Many2one(
        "aftersales.deposit.move",
        string="Counters",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    reversal_ids = fields.One2many(
        "aftersales.deposit.move", "reversed_id", string="Counter-movements"
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A deposit movement with this number exists already."
    )
    # The statement is the ledger: a line of the deposit account is one movement.
    _line_uniq = models.UniqueIndex(
        "(line_id) WHERE line_id IS NOT NULL", "This line of the deposit account has a movement."
    )
    _reversed_uniq = models.UniqueIndex(
        "(reversed_id) WHERE reversed_id IS NOT NULL AND state != 'cancelled'",
        "This deposit movement was countered already.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)",
        "The amount of a deposit movement must be more than zero; choose the direction.",
    )

    @api.depends("amount", "direction")
    def _compute_amount_signed(self):
        for move in self:
            move.amount_signed = -move.amount if move.direction == "out" else move.amount

    @api.constrains("dealer_id")
    def _check_dealer(self):
        for move in self:
            if not move.dealer_id.active:
                raise UserError(
                    self.env._(
                        "%(dealer)s is archived. Restore the contact before its deposit moves.",
                        dealer=move.dealer_id.display_name,
                    )
                )

    @api.constrains("purpose", "counterpart_account_id")
    def _check_counterpart(self):
        for move in self:
            account = move.counterpart_account_id
            # One setting of the company, compared only.
            deposits = move.company_id.sudo().aftersales_deposit_account_id
            if move.purpose == "other" and (not account or account == deposits):
                raise UserError(
                    self.env._(
                        "%(move)s: choose the other account against which it is booked.",
                        move=move.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._check_purpose()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if "purpose" in vals:
            self._check_purpose()
        return result

    def _check_purpose(self):
        """Raise when a client chose what only other documents set."""
        for move in self:
            if move.purpose not in CHOSEN_PURPOSES and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(move)s: this way is set by the document a movement comes from. Choose "
                        "a payment, a set-off or another account.",
                        move=move.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._ensure_state_in(
            ("draft",), self.env._("it is kept. Enter a counter-movement instead.")
        )

    def action_cancel(self):
        """Drop movements that were not booked."""
        self.check_access("write")
        for move in self.filtered(lambda move: move.state == "posted"):
            raise UserError(
                self.env._(
                    "%(move)s is booked: enter a counter-movement instead.",
                    move=move.display_name,
                )
            )
        self._set_state("cancelled")

    def action_view_entry(self):
        """Open the accounting entry of the movement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
