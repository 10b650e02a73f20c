from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_deposit import DepositCommon


@tagged("post_install", "-at_install")
class TestDeposit(DepositCommon):
    """F05: movements of deposits, each with its posted entry."""

    def test_paid_in_through_the_bank(self):
        move = self.deposit(1000.0, payment_journal_id=self.bank.id)
        self.assertEqual((move.state, move.move_id.state), ("posted", "posted"))
        self.assertEqual(move.line_id.balance, -1000.0)
        self.assertEqual(move.line_id.partner_id, self.dealer_a)
        payment = move.payment_id
        self.assertEqual((payment.amount, payment.payment_type), (1000.0, "inbound"))
        receivable = (move.move_id + payment.move_id).line_ids.filtered(
            lambda line: line.account_id == self.receivable
        )
        self.assertTrue(all(receivable.mapped("reconciled")), "the dealer owes nothing for it")
        self.assertEqual(self.assert_deposit_ties(), 1000.0)

    def test_paid_out_through_the_bank(self):
        self.deposit(1000.0)
        move = self.deposit(400.0, "out", payment_journal_id=self.bank.id)
        self.assertEqual(move.payment_id.payment_type, "outbound")
        self.assertEqual(self.assert_deposit_ties(), 600.0)

    def test_used_for_open_invoices_oldest_first(self):
        self.deposit(300.0, payment_journal_id=self.bank.id)
        late = self.make_invoice(100.0, days_due=-20)
        new = self.make_invoice(250.0, days_due=10)
        self.deposit(300.0, "out", purpose="offset")
        self.assertEqual((late.amount_residual, new.amount_residual), (0.0, 50.0))
        self.assertEqual(self.assert_deposit_ties(), 0.0)

    def test_open_credit_becomes_a_deposit(self):
        credit = self.make_invoice(80.0, move_type="out_refund")
        self.deposit(100.0, purpose="offset")
        self.assertEqual(credit.amount_residual, 0.0)
        self.assertEqual(self.assert_deposit_ties(), 100.0)

    def test_another_account(self):
        self.deposit(70.0, purpose="other", counterpart_account_id=self.income.id)
        with self.assertRefused("choose the other account"):
            self.deposit(70.0, purpose="other")
        with self.assertRefused("choose the other account"):
            self.deposit(1.0, purpose="other", counterpart_account_id=self.deposit_account.id)
        self.assertEqual(self.assert_deposit_ties(), 70.0)

    def test_overdrawing_is_refused_and_changes_nothing(self):
        self.deposit(100.0)
        entries = self.env["account.move"].search_count([])
        with self.assertRaisesRegex(ValidationError, "short by"), self.env.cr.savepoint():
            self.deposit(100.01, "out")
        self.assertEqual(self.env["account.move"].search_count([]), entries)
        self.assertEqual(self.assert_deposit_ties(), 100.0)

    def test_counter_movement(self):
        move = self.deposit(100.0)
        with self.assertRefused("frozen|can no longer be changed"):
            move.write({"amount": 5.0})
        with self.assertRefused("is kept"):
            move.sudo().unlink()
        action = move.action_reverse()
        dialog = (
            self.env["aftersales.dealer.reason"]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({"reason": "Typing error"})
        )
        dialog.action_apply()
        counter = move.reversal_ids
        self.assertEqual((move.state, counter.state), ("reversed", "posted"))
        self.assertEqual(counter.amount_signed, -100.0)
        self.assertIn("Typing error", counter.reason)
        lines = (move + counter).move_id.line_ids
        self.assertTrue(
            all(lines.filtered(lambda x: x.account_id == self.receivable).mapped("reconciled"))
        )
        self.assertEqual(self.assert_deposit_ties(), 0.0)
        with self.assertRefused("cannot become"):
            move.action_reverse(reason="Twice")

    def test_countering_what_was_used_is_refused(self):
        move = self.deposit(100.0)
        self.deposit(60.0, "out")
        with self.assertRefused("short by"):
            move.action_reverse(reason="Bounced")

    def test_entry_is_undone_by_a_movement_only(self):
        entry = self.deposit(100.0).move_id
        for undo in (
            entry.button_draft,
            entry.button_cancel,
            lambda: entry._reverse_moves(),
            lambda: entry.write({"state": "draft"}),
        ):
            with self.assertRefused("counter-movement there"):
                undo()
        line = entry.line_ids.filtered(lambda line: line.account_id == self.deposit_account)
        for vals in ({"account_id": self.income.id}, {"partner_id": self.dealer_b.id}):
            with self.assertRefused("do not change"):
                line.write(vals)
        with self.assertRefused("do not change"):
            (entry.line_ids - line).write({"account_id": self.deposit_account.id})
        self.assertEqual(self.assert_deposit_ties(), 100.0)

    def test_missing_account_and_closed_period(self):
        self.company.aftersales_deposit_account_id = False
        with self.assertRefused("has no deposit account"):
            self.deposit(10.0)
        self.company.aftersales_deposit_account_id = self.deposit_account
        self.company.fiscalyear_lock_date = self.today - timedelta(days=5)
        draft = self.deposit(10.0, post=False, date=self.today - timedelta(days=10))
        with self.assertRefused("books of .* are closed until"):
            draft.action_post()
        self.assertEqual((draft.state, self.ledger()), ("draft", 0.0))

    def test_bad_amounts_and_archived_dealer(self):
        for amount in (0.0, -5.0):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.deposit(amount)
        self.dealer_a.active = False
        with self.assertRefused("is archived"):
            self.deposit(5.0)

    def test_rights(self):
        move = self.deposit(100.0)
        for user in (self.dealer_user, self.portal_a):
            with self.assertRaises(AccessError):
                self.deposit(1.0, user=user)
        draft = self.deposit(1.0, user=self.dealer_manager, post=False)
        with self.assertRaises(AccessError):
            draft.action_post()
        with self.assertRefused("buttons"):
            draft.write({"state": "posted"})
        with self.assertRefused("set by the document a movement"):
            self.deposit(1.0, purpose="ledger", post=False)
        deposits = self.env["aftersales.deposit.move"]
        self.assertEqual(deposits.with_user(self.portal_a).search([]), move)
        self.assertFalse(deposits.with_user(self.portal_b).search([]))
        self.assertFalse(deposits.with_user(self.foreign_manager).search([]))
        self.assertEqual(self.dealer_a.with_user(self.portal_a).dealer_deposit_balance, 100.0)
        self.assertEqual(self.dealer_a.with_user(self.clerk).dealer_deposit_balance, 100.0)

    def test_screen_of_the_accountant(self):
        form = Form(self.env["aftersales.deposit.move"].with_user(self.accountant))
        form.dealer_id = self.dealer_a
        form.amount = 250.0
        form.reason = "As agreed"
        form.payment_journal_id = self.bank
        form.save().action_post()
        self.assertEqual(self.assert_deposit_ties(), 250.0)

    def test_other_company_in_its_own_currency(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        company = self.env["res.company"].create({"name": "Test Tokyo"})
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.currency_id = yen
        company.aftersales_deposit_account_id = self.env["account.account"].create(
            {
                "name": "Deposits",
                "code": "TDEPJ",
                "account_type": "liability_current",
                "company_ids": company.ids,
            }
        )
        self.deposit(100.0)
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        move = env["aftersales.deposit.move"].create(
            {
                "dealer_id": self.dealer_a.id,
                "company_id": company.id,
                "amount": 5000,
                "reason": "Test",
            }
        )
        move.action_post()
        self.assertEqual(move.currency_id, yen)
        self.assertEqual(self.dealer_a.with_company(company).dealer_deposit_balance, 5000.0)
        self.assertEqual(self.ledger(company=company), 5000.0)
        self.assertEqual(self.assert_deposit_ties(), 100.0)
