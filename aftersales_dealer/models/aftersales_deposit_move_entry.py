from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.aftersales_service.tools.snapshot import touch

ACCOUNTANT = "account.group_account_invoice"
# Only code in this process can hold this object, so no client can pass the guard with a context.
DEPOSITING = object()


class AftersalesDepositMove(models.Model):
    """How movements of deposits are booked: deposit account ↔ receivable or another account."""

    _inherit = "aftersales.deposit.move"

    def action_post(self):
        """Book the movements: an entry each, in one transaction, and its payment where a journal
        is given.

        :raise AccessError: the user may not post
        :raise UserError: not to book any more, an account is missing, or the period is closed
        :raise ValidationError: the deposit would be overdrawn
        """
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        self.check_access("write")
        self.lock_for_update()
        self._ensure_transition("posted")
        for company, moves in self.grouped("company_id").items():
            moves.with_company(company)._book()
        self._check_overdrawn(self.filtered(lambda move: move.direction == "out"))

    @api.model
    def _post_new(self, vals_list):
        """Make and book movements for another document, whose own rights were checked (F05).

        :param vals_list: values of the movements
        :return: the booked movements
        """
        # The document's own action checked who may; its user need not write deposits.
        moves = self.sudo().create(vals_list)
        for company, own in moves.grouped("company_id").items():
            own.with_company(company)._book()
        self._check_overdrawn(moves.filtered(lambda move: move.direction == "out"))
        # Given back with the user's own rights.
        return moves.sudo(False)

    def _book(self):
        """Book movements of one company."""
        linked = self.filtered("move_id")
        for move in linked:
            line = move._find_booked_line()
            move._set_state("posted", line_id=line.id)
        fresh = self - linked
        entries = (
            self.env["account.move"]
            .with_context(aftersales_depositing=DEPOSITING)
            .create([move._prepare_entry_vals() for move in fresh])
        )
        entries._post(soft=False)
        account = self.company_id._get_deposit_account()
        for move, entry in zip(fresh, entries, strict=True):
            line = entry.line_ids.filtered(lambda line: line.account_id == account)
            move._set_state("posted", move_id=entry.id, line_id=line.id)
        fresh.filtered(lambda m: m.purpose == "payment" and m.payment_journal_id)._pay()
        for move in fresh.filtered(lambda move: move.purpose == "offset"):
            move._match_open_items()

    def _find_booked_line(self):
        """Return the line by which the chosen entry has booked the movement already."""
        self.ensure_one()
        account = self.company_id._get_deposit_account()
        taken = self.search([("line_id", "in", self.move_id.line_ids.ids)]).line_id
        lines = (self.move_id.line_ids - taken).filtered(
            lambda line: (
                line.account_id == account
                and line.parent_state == "posted"
                and line.partner_id == self.dealer_id.commercial_partner_id
                and self.currency_id.compare_amounts(-line.balance, self.amount_signed) == 0
            )
        )
        if not lines:
            raise UserError(
                self.env._(
                    "%(entry)s has no line of %(amount)s for %(dealer)s on the deposit account "
                    "%(account)s. Empty “Accounting Entry” to have it booked.",
                    entry=self.move_id.display_name,
                    amount=format_amount(self.env, self.amount, self.currency_id),
                    dealer=self.dealer_id.display_name,
                    account=account.display_name,
                )
            )
        return lines[0]

    def _prepare_entry_vals(self):
        """Return the values of the entry of one movement."""
        self.ensure_one()
        company = self.company_id
        journal = company._get_deposit_journal()
        company._check_period_open(self.date, journal, self)
        label = self.env._("%(number)s: %(reason)s", number=self.name, reason=self.reason)
        common = {
            "name": label,
            "partner_id": self.dealer_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
        }
        sides = (
            (company._get_deposit_account(), -self.amount_signed),
            (self._get_counterpart_account(), self.amount_signed),
        )
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": self.date,
            "ref": label,
            "line_ids": [
                Command.create(
                    dict(
                        common,
                        account_id=account.id,
                        balance=balance,
                        amount_currency=balance,
                        date_maturity=self.date,
                    )
                )
                for account, balance in sides
            ],
        }

    def _get_counterpart_account(self):
        """Return the other side: the chosen account, else the dealer's receivable account.

        :raise UserError: when there is none
        """
        self.ensure_one()
        account = self.dealer_id.with_company(self.company_id).property_account_receivable_id
        if self.purpose in ("other", "advance", "reversal"):
            account = self.counterpart_account_id or account
        if not account:
            raise UserError(
                self.env._(
                    "%(dealer)s has no receivable account in %(company)s. Set it on the contact.",
                    dealer=self.dealer_id.display_name,
                    company=self.company_id.display_name,
                )
            )
        return account

    def _get_receivable_lines(self):
        """Return the lines by which the entries touch receivable accounts."""
        return self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.account_id.reconcile
        )

    def _pay(self):
        """Make the payments of these movements and match them with their entries."""
        payments = self.env["account.payment"].create([m._prepare_payment_vals() for m in self])
        payments.action_post()
        for move, payment in zip(self, payments, strict=True):
            move._write_past_guard({"payment_id": payment.id})
            lines = move._get_receivable_lines()
            lines |= payment.move_id.line_ids.filtered(
                lambda line, accounts=lines.account_id: line.account_id in accounts
            )
            if payment.move_id:
                lines.reconcile()

    def _prepare_payment_vals(self):
        """Return the values of the payment of one movement."""
        self.ensure_one()
        return {
            "payment_type": "inbound" if self.direction == "in" else "outbound",
            "partner_type": "customer",
            "partner_id": self.dealer_id.commercial_partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "amount": self.amount,
            "date": self.date,
            "journal_id": self.payment_journal_id.id,
            "destination_account_id": self._get_counterpart_account().id,
            "memo": self.env._("Deposit %(number)s", number=self.name),
        }

    def _match_open_items(self):
        """Match the movement with the dealer's open items of the other side, oldest due first."""
        self.ensure_one()
        line = self._get_receivable_lines()
        if not line:
            return
        sign = ">" if self.direction == "out" else "<"
        items = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", line.partner_id.id),
                ("account_id", "in", line.account_id.ids),
                ("currency_id", "=", self.currency_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", sign, 0),
                ("id", "not in", line.ids),
            ]
        )
        if items:
            (line | items).reconcile()

    @api.model
    def _check_overdrawn(self, moves):
        """Raise when a deposit that ``moves`` lowered is overdrawn. Dealers' rows change, so that
        of two withdrawals at the same moment the later one is decided on what is left.
        """
        dealers = moves.dealer_id
        if not dealers:
            return
        touch(dealers)
        for company in moves.company_id:
            balances = dealers._get_deposit_balances(company)
            for dealer, balance in balances.items():
                if company.currency_id.compare_amounts(balance, 0.0) < 0:
                    raise ValidationError(
                        self.env._(
                            "%(dealer)s: the deposit is short by %(amount)s. Lower the amount or "
                            "book the payment first.",
                            dealer=dealer.display_name,
                            amount=format_amount(self.env, -balance, company.currency_id),
                        )
                    )

    def action_reverse(self, reason=None):
        """Counter booked movements by movements the other way, for ``reason`` (str); asks for it
        when empty.

        :return: the counter-movements, or the dialog
        :raise AccessError: the user may not post
        :raise UserError: not booked, or made by another document that counters it itself
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "reverse", self.env._("Counter the Movement")
            )
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        self.check_access("write")
        for move in self.filtered(lambda move: move.purpose == "advance"):
            raise UserError(
                self.env._(
                    "%(move)s was used for an advance compensation: take the step back there.",
                    move=move.display_name,
                )
            )
        return self._reverse(reason)

    def _reverse(self, reason):
        """Counter these movements; whoever calls has checked who may."""
        self.lock_for_update()
        self._ensure_transition("reversed")
        counters = self._post_new([move._prepare_counter_vals(reason) for move in self])
        # The user may post, not necessarily write deposits; the counter-movements were booked.
        self.sudo()._set_state("reversed")
        for move, counter in zip(self, counters, strict=True):
            (move._get_receivable_lines() | counter._get_receivable_lines())._rematch()
        return counters

    def _prepare_counter_vals(self, reason):
        """Return the values of the movement that counters this one."""
        self.ensure_one()
        other = self.move_id.line_ids - self.line_id
        account = other.account_id if len(other.account_id) == 1 else self.counterpart_account_id
        if account.account_type in ("asset_cash", "liability_credit_card"):
            account = account.browse()  # money comes and goes by payments
        return {
            "dealer_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "direction": "in" if self.direction == "out" else "out",
            "purpose": "reversal",
            "amount": self.amount,
            "date": max(self.date, fields.Date.context_today(self)),
            "reason": self.env._("Counters %(move)s: %(why)s", move=self.name, why=reason),
            "counterpart_account_id": account.id,
            "reversed_id": self.id,
        }
