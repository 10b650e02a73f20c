from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

from odoo.addons.aftersales_service.tools.snapshot import touch


class AftersalesDepositMove(models.Model):
    """One movement of a dealer's deposit (保证金). What was entered stays: errors are corrected by
    a counter-movement.

    F05 draws on it; the accounting entry of the payment is linked, not made here.
    """

    _name = "aftersales.deposit.move"
    _description = "Dealer Deposit Movement"
    _inherit = ["mail.thread", "aftersales.number.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.deposit.move"

    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    direction = fields.Selection(
        [("in", "Paid in"), ("out", "Paid out or used")], required=True, default="in"
    )
    amount = fields.Monetary(required=True)
    amount_signed = fields.Monetary(
        string="Change of the Deposit", compute="_compute_amount_signed", store=True
    )
    reason = fields.Char(required=True)
    move_id = fields.Many2one(
        "account.move",
        string="Accounting Entry",
        index="btree_not_null",
        check_company=True,
        help="The entry or payment that booked it, for reference.",
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A deposit movement with this number exists already."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)",
        "The amount of a deposit movement must be more than zero; choose the direction.",
    )

    @api.depends("amount", "direction")
    def _compute_amount_signed(self):
        for move in self:
            move.amount_signed = -move.amount if move.direction == "out" else move.amount

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._check_balance()
        return moves

    def _check_balance(self):
        """Raise when a deposit was overdrawn. Dealers' rows change, so two withdrawals cannot pass
        side by side.
        """
        outgoing = self.filtered(lambda move: move.direction == "out")
        if not outgoing:
            return
        touch(outgoing.dealer_id)
        for company, moves in outgoing.grouped("company_id").items():
            for dealer in moves.dealer_id.with_company(company):
                dealer.invalidate_recordset(["dealer_deposit_balance"])
                if company.currency_id.compare_amounts(dealer.dealer_deposit_balance, 0.0) < 0:
                    raise ValidationError(
                        self.env._(
                            "%(dealer)s: the deposit is short by %(amount)s. Lower the amount or "
                            "enter the payment first.",
                            dealer=dealer.display_name,
                            amount=format_amount(
                                self.env, -dealer.dealer_deposit_balance, company.currency_id
                            ),
                        )
                    )

    def write(self, vals):
        frozen = {"dealer_id", "company_id", "amount", "direction", "date", "name"} & vals.keys()
        if frozen:
            raise UserError(
                self.env._(
                    "%(name)s: a deposit movement does not change. Enter a counter-movement "
                    "instead.",
                    name=self[:1].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Deposit movements are kept. Enter a counter-movement instead."))
