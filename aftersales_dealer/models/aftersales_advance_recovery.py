from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.tools.snapshot import touch

from ..tools.recourse import plan_recourse
from ..tools.settlement import to_units


class AftersalesAdvance(models.Model):
    """What came back from the dealer, what is under way, what is open (F05).

    Always: recovered + open = paid, in the company's currency; open = under way + not yet claimed.
    """

    _inherit = "aftersales.advance"

    recourse_ids = fields.One2many(
        "aftersales.advance.recourse",
        "advance_id",
        string="Steps of the Recourse",
        readonly=True,
    )
    amount_recovered = fields.Monetary(
        string="Recovered",
        currency_field="company_currency_id",
        compute="_compute_recovery",
        store=True,
    )
    amount_open = fields.Monetary(
        string="Open", currency_field="company_currency_id", compute="_compute_recovery", store=True
    )
    amount_unclaimed = fields.Monetary(
        string="Not Yet Claimed",
        currency_field="company_currency_id",
        compute="_compute_recovery",
        store=True,
        help="Neither taken from the deposit, nor to be deducted, nor on a debit note.",
    )
    recovery_state = fields.Selection(
        [("none", "Nothing yet"), ("partial", "Partly"), ("done", "Recovered")],
        string="Recourse",
        compute="_compute_recovery",
        store=True,
        index="btree_not_null",
    )

    @api.depends(
        "state", "amount_paid", "recourse_ids.amount_live", "recourse_ids.amount_recovered"
    )
    def _compute_recovery(self):
        for advance in self:
            currency = advance.company_currency_id
            paid = advance.amount_paid if advance.state == "paid" else 0.0
            recovered = sum(advance.recourse_ids.mapped("amount_recovered"))
            claimed = sum(advance.recourse_ids.mapped("amount_live"))
            advance.amount_recovered = currency.round(recovered)
            advance.amount_open = currency.round(paid - recovered)
            advance.amount_unclaimed = currency.round(paid - claimed)
            advance.recovery_state = advance._get_recovery_state()

    def _get_recovery_state(self):
        self.ensure_one()
        if self.state != "paid":
            return False
        if self.company_currency_id.is_zero(self.amount_open):
            return "done"
        return "none" if self.company_currency_id.is_zero(self.amount_recovered) else "partial"

    def _lock_recourse(self):
        """Of two accountants at once the later one sees what the earlier has claimed."""
        touch(self)
        self.invalidate_recordset(["state", "amount_unclaimed"])
        for advance in self:
            if advance.state != "paid":
                raise UserError(
                    self.env._(
                        "%(advance)s is %(state)s: there is nothing to take back from the dealer.",
                        advance=advance.display_name,
                        state=advance._get_state_label(advance.state),
                    )
                )

    def _get_deductible(self):
        """Return what the dealer has coming in its next notice in the company's currency: approved
        claims and charges that no notice has yet.
        """
        self.ensure_one()
        party = [("dealer_id", "=", self.dealer_id.id), ("company_id", "=", self.company_id.id)]
        currency = self.company_currency_id.id
        # The accountant decides on the sum alone, whatever rights on claims and charges.
        env = self.sudo().env
        [(claims,)] = env["aftersales.claim.line"]._read_group(
            [
                *party,
                ("claim_state", "=", "approved"),
                ("claim_id.currency_id", "=", currency),
                ("notice_line_ids", "not any", [("live", "=", True)]),
            ],
            [],
            ["amount_payable:sum"],
        )
        [(charges,)] = env["aftersales.dealer.charge"]._read_group(
            [*party, ("state", "=", "approved"), ("currency_id", "=", currency)],
            [],
            ["amount:sum"],
        )
        return self.company_currency_id.round((claims or 0.0) + (charges or 0.0))

    def _get_recourse_plan(self):
        """Return {kind: amount}: deposit first, then the next notice, then a debit note."""
        self.ensure_one()
        currency = self.company_currency_id
        balance = self.dealer_id._get_deposit_balances(self.company_id)[self.dealer_id]
        units = plan_recourse(
            max(to_units(self.amount_unclaimed, currency.rounding), 0),
            to_units(balance, currency.rounding),
            to_units(self._get_deductible(), currency.rounding),
        )
        amounts = (currency.round(part * currency.rounding) for part in units)
        return dict(zip(("deposit", "deduction", "debit"), amounts, strict=True))

    def action_recover(self):
        """Open the dialog that shows how much comes from where, and takes it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_advance_recover_action"
        )
        return dict(action, context={"default_advance_id": self.id})

    def _recover(self, amounts, reason=None):
        """Take ``amounts`` ({kind: amount in the company's currency}) back from the dealer.

        :param str reason: needed when an earlier way is not used as far as it goes
        :raise AccessError: the user may not post
        :raise UserError: nothing to take, more than is open, or the order is not kept
        """
        self.ensure_one()
        self.env["aftersales.notice"]._check_groups("account.group_account_invoice")
        self.check_access("read")
        self._lock_recourse()
        currency = self.company_currency_id
        amounts = {kind: currency.round(amount or 0.0) for kind, amount in amounts.items()}
        self._check_amounts_taken(amounts)
        self._check_order(amounts, reason)
        kinds = [kind for kind in ("deposit", "deduction", "debit") if amounts.get(kind)]
        # Steps are made by actions alone; accountants read them.
        steps = self.env["aftersales.advance.recourse"].sudo()
        steps = steps.create(
            [
                {
                    "advance_id": self.id,
                    "kind": kind,
                    "amount": amounts[kind],
                    "reason": reason or False,
                }
                for kind in kinds
            ]
        )
        steps.with_company(self.company_id)._book()
        self._send("aftersales_dealer.mail_template_aftersales_advance_recourse")
        # Given back with the user's own rights.
        return steps.sudo(False)

    def _check_amounts_taken(self, amounts):
        """Raise when amounts are negative, nothing, or more than is open."""
        currency = self.company_currency_id
        total = currency.round(sum(amounts.values()))
        if any(amount < 0 for amount in amounts.values()) or currency.is_zero(total):
            raise UserError(
                self.env._(
                    "%(advance)s: enter what is taken back, in amounts above zero.",
                    advance=self.display_name,
                )
            )
        if currency.compare_amounts(total, self.amount_unclaimed) > 0:
            raise UserError(
                self.env._(
                    "%(advance)s: %(total)s is more than the %(open)s not yet claimed from the "
                    "dealer.",
                    advance=self.display_name,
                    total=currency.format(total),
                    open=currency.format(self.amount_unclaimed),
                )
            )

    def _check_order(self, amounts, reason):
        """Raise when a later way is used before an earlier one is exhausted, without a reason."""
        plan, currency = self._get_recourse_plan(), self.company_currency_id
        if currency.compare_amounts(amounts.get("deposit", 0.0), plan["deposit"]) > 0:
            raise UserError(
                self.env._(
                    "%(dealer)s: the deposit has room for %(amount)s only.",
                    dealer=self.dealer_id.display_name,
                    amount=currency.format(plan["deposit"]),
                )
            )
        rest = 0.0
        for kind in ("deposit", "deduction", "debit"):
            if amounts.get(kind) and rest and not (reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(advance)s: first the deposit, then the next notice, then a debit note. "
                        "Give a reason for another order.",
                        advance=self.display_name,
                    )
                )
            short = plan[kind] - amounts.get(kind, 0.0)
            rest += short if currency.compare_amounts(short, 0.0) > 0 else 0.0
