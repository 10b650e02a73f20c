from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.aftersales_service.tools.snapshot import touch

from .account_move_advance import ADVANCING

ACCOUNTANT = "account.group_account_invoice"


class AftersalesAdvance(models.Model):
    """The consumer is paid once; what was paid is a claim on the dealer (F05).

    The entry books recourse account (dealer) → payable (consumer); Odoo's payment settles the
    payable.
    """

    _inherit = "aftersales.advance"

    date_paid = fields.Date(string="Paid on", readonly=True, copy=False, index="btree_not_null")
    paid_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    move_ids = fields.One2many(
        "account.move",
        "aftersales_advance_id",
        string="Accounting Entries",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    amount_paid = fields.Monetary(
        string="Paid",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="What the consumer got, in the company's currency: this is claimed from the dealer.",
    )

    def action_pay(self, journal=None, date=None):
        """Pay the consumers through ``journal``, once each; asks for it when empty (F05).

        :param account.journal journal: a bank or cash journal
        :param date date: default today
        :raise AccessError: the user may not post
        :raise UserError: not granted, decided by the user, an account or a rate is missing, or the
            period is closed
        """
        if not journal:
            return self._ask_payment()
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        self.check_access("read")
        # Two accountants at once: the later one sees what the earlier has done (see ``touch``).
        touch(self)
        self.invalidate_recordset(["state"])
        self._ensure_transition("paid")
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        for advance in self:
            advance._check_may_pay(journal, date)
        for company, advances in self.grouped("company_id").items():
            advances.with_company(company)._pay(journal, date)
        return True

    def _ask_payment(self):
        """Open the dialog that asks through which journal the consumers are paid."""
        self._ensure_transition("paid")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_advance_pay_action"
        )
        return dict(action, context={"default_advance_ids": self.ids})

    def _check_may_pay(self, journal, date):
        """Raise when this one cannot be paid by the user, through this journal, on this day."""
        self.ensure_one()
        company = self.company_id
        if journal.type not in ("bank", "cash") or journal.company_id != company:
            raise UserError(
                self.env._(
                    "%(advance)s: choose a bank or cash journal of %(company)s.",
                    advance=self.display_name,
                    company=company.display_name,
                )
            )
        # One yes or no of the company, whoever posts.
        same_allowed = company.sudo().aftersales_same_user_post
        if self.decided_by_id == self.env.user and not same_allowed and not self.env.su:
            raise UserError(
                self.env._(
                    "%(advance)s: you decided on it, so somebody else has to pay it. A setting of "
                    "the company can allow it.",
                    advance=self.display_name,
                )
            )
        company._check_currency_rate(self.currency_id, date, self)
        company._check_period_open(date, journal, self)

    def _pay(self, journal, date):
        """Post entries and payments of advances of one company, and match them."""
        moves = self.env["account.move"].with_context(aftersales_advancing=ADVANCING)
        entries = moves.create([advance._prepare_payment_entry_vals(date) for advance in self])
        entries._post(soft=False)
        payments = self.env["account.payment"].create(
            [advance._prepare_payment_vals(journal, date) for advance in self]
        )
        payments.action_post()
        recourse = self.company_id._get_recourse_account()
        for advance, entry, payment in zip(self, entries, payments, strict=True):
            lines = entry.line_ids.filtered(lambda line: line.account_type == "liability_payable")
            lines |= payment.move_id.line_ids.filtered(
                lambda line, accounts=lines.account_id: line.account_id in accounts
            )
            if payment.move_id:
                lines.reconcile()
            claim = entry.line_ids.filtered(lambda line: line.account_id == recourse)
            # The accountant need not have the right to change the document.
            advance.sudo()._set_state(
                "paid",
                date_paid=date,
                paid_by_id=self.env.uid,
                payment_id=payment.id,
                amount_paid=claim.balance,
            )

    def _get_payable_account(self):
        """Return the consumer's payable account, or raise."""
        self.ensure_one()
        account = self.partner_id.with_company(self.company_id).property_account_payable_id
        if not account:
            raise UserError(
                self.env._(
                    "%(consumer)s has no payable account in %(company)s. Set it on the contact.",
                    consumer=self.partner_id.display_name,
                    company=self.company_id.display_name,
                )
            )
        return account

    def _prepare_payment_entry_vals(self, date):
        """Return the values of the entry that turns the payment into a claim on the dealer."""
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        balance = currency._convert(self.amount_approved, company.currency_id, company, date)
        label = self.env._(
            "%(number)s: paid to %(consumer)s for %(dealer)s",
            number=self.name,
            consumer=self.partner_id.name,
            dealer=self.dealer_id.name,
        )
        sides = (
            (company._get_recourse_account(), self.dealer_id, company.currency_id, balance, 1),
            (self._get_payable_account(), self.partner_id, currency, self.amount_approved, -1),
        )
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": company._get_deposit_journal().id,
            "date": date,
            "ref": label,
            "aftersales_advance_id": self.id,
            "aftersales_advance_role": "payment",
            "line_ids": [
                Command.create(
                    {
                        "name": label,
                        "account_id": account.id,
                        "partner_id": partner.commercial_partner_id.id,
                        "currency_id": line_currency.id,
                        "amount_currency": sign * amount,
                        "balance": sign * balance,
                        "date_maturity": date,
                    }
                )
                for account, partner, line_currency, amount, sign in sides
            ],
        }

    def _prepare_payment_vals(self, journal, date):
        """Return the values of the payment to the consumer."""
        self.ensure_one()
        return {
            "payment_type": "outbound",
            "partner_type": "supplier",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "amount": self.amount_approved,
            "date": date,
            "journal_id": journal.id,
            "destination_account_id": self._get_payable_account().id,
            "memo": self.name,
        }

    def action_reverse(self, reason=None):
        """Take a paid advance compensation back for ``reason`` (str): each step of the recourse,
        then the entry. The consumer owes what it got, until the payment is cancelled or returned.

        :raise AccessError: the user may not post
        :raise UserError: not paid, no reason, or a step is in a fee notice
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "reverse", self.env._("Reverse the Advance Compensation")
            )
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        self.check_access("read")
        touch(self)
        self.invalidate_recordset(["state"])
        self._ensure_transition("reversed")
        for advance in self:
            advance.recourse_ids.filtered(lambda step: step.state == "live")._take_back(reason)
            entry = advance.move_ids.filtered(
                lambda move: move.aftersales_advance_role == "payment"
            ).with_context(aftersales_advancing=ADVANCING)
            entry.line_ids.remove_move_reconcile()
            entry._reverse_moves(
                [
                    {
                        "ref": self.env._("Reversal of %(a)s: %(why)s", a=advance.name, why=reason),
                        "date": max(entry.date, fields.Date.context_today(self)),
                        "aftersales_advance_id": advance.id,
                        "aftersales_advance_role": "payment_reversal",
                    }
                ],
                cancel=True,
            )
        # As when paying.
        self.sudo()._set_state("reversed")
        # The trail of what was just done, by who was just checked.
        for advance in self.sudo():
            advance._message_log(body=self.env._("Reversed: %(reason)s", reason=reason))
        return True

    def action_view_moves(self):
        """Open the accounting entries of the document, those of its recourse as well."""
        self.ensure_one()
        moves = self.move_ids | self.payment_id.move_id
        # Which entries of deposits belong to it is the document's; the ledger guards itself.
        moves |= self.sudo().recourse_ids.deposit_move_id.move_id.sudo(False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %(advance)s", advance=self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }
