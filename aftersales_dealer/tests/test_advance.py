from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_advance import AdvanceCommon


@tagged("post_install", "-at_install")
class TestAdvance(AdvanceCommon):
    """F05: claim, evidence, hearing, decision, payment."""

    def test_from_claim_to_payment(self):
        advance = self.make_advance(480.0)
        advance.action_hear_dealer()
        self.assertEqual(advance.date_answer_due, self.today + timedelta(days=7))
        self.assertIn(self.dealer_a, advance.message_ids.partner_ids)
        advance.action_answer(answer="objects", text="Not ours")
        decided = advance.with_user(self.decider)
        decided.write({"amount_approved": 400.0})
        with self.assertRefused("why less is granted"):
            decided.action_approve()
        decided.write({"decision_reason": "Without the trip"})
        decided.action_approve()
        self.assertIn(self.consumer, advance.message_ids.partner_ids)
        paying = advance.with_user(self.accountant)
        action = paying.action_pay()
        wizard = (
            self.env["aftersales.advance.pay"]
            .with_user(self.accountant)
            .with_context(**action["context"])
        )
        form = Form(wizard)
        form.journal_id = self.bank
        form.save().action_apply()
        self.assertEqual((advance.state, advance.amount_paid), ("paid", 400.0))
        payment = advance.sudo().payment_id
        self.assertEqual((payment.amount, payment.partner_id), (400.0, self.consumer))
        entry = advance.sudo().move_ids
        payable = entry.line_ids.filtered(lambda x: x.account_type == "liability_payable")
        self.assertTrue(payable.reconciled, "the consumer has its money")
        self.assert_recourse_ties(advance)

    def test_evidence_and_words_before_the_dealer_is_asked(self):
        with self.assertRefused("attach the evidence"):
            self.make_advance(10.0, evidence=False).action_hear_dealer()
        with self.assertRefused("what the consumer says"):
            self.make_advance(10.0, description=" ").action_hear_dealer()
        self.dealer_a.email = False
        with self.assertRefused("e-mail address"):
            self.make_advance(10.0).action_hear_dealer()

    def test_dealer_is_heard_first(self):
        advance = self.make_advance(10.0, "hearing")
        with self.assertRefused("may answer until"):
            advance.with_user(self.decider).action_approve()
        advance.sudo().date_answer_due = self.today - timedelta(days=1)
        advance.with_user(self.decider).action_approve()

    def test_time_to_answer_is_not_cut_short(self):
        advance = self.make_advance(10.0, "hearing").with_user(self.decider)
        for day in (False, self.today - timedelta(days=1), self.today):
            with self.subTest(day=day), self.assertRefused("not shortened"):
                advance.date_answer_due = day
        advance.date_answer_due = self.today + timedelta(days=30)

    def test_who_changes_the_draft_of_another_does_not_decide(self):
        advance = self.make_advance(10.0)
        advance.with_user(self.decider).amount_claimed = 9000.0
        advance.action_hear_dealer()
        advance.action_answer(answer="accepts")
        with self.assertRefused("you entered it"):
            advance.with_user(self.decider).action_approve()

    def test_who_enters_does_not_decide(self):
        advance = self.make_advance(10.0, "hearing", user=self.decider)
        advance.action_answer(answer="accepts")
        with self.assertRefused("you entered it"):
            advance.with_user(self.decider).action_approve()
        with self.assertRaises(AccessError):
            advance.with_user(self.dealer_user).action_approve()
        advance.with_user(self.dealer_manager).action_refuse(reason="Paid by the dealer")
        self.assertEqual(
            (advance.state, advance.decision_reason), ("refused", "Paid by the dealer")
        )

    def test_only_an_accountant_pays_and_once(self):
        advance = self.make_advance(10.0, "approved")
        for user in (self.dealer_manager, self.verifier):
            if user.has_group("account.group_account_invoice"):
                continue
            with self.assertRaises(AccessError):
                advance.with_user(user).action_pay(journal=self.bank)
        advance.action_pay(journal=self.bank)
        with self.assertRefused("cannot become"):
            advance.action_pay(journal=self.bank)
        self.assertEqual(len(advance.sudo().move_ids), 1)

    def test_who_decides_does_not_pay(self):
        self.decider.group_ids += self.env.ref("account.group_account_invoice")
        advance = self.make_advance(10.0, "approved")
        with self.assertRefused("you decided on it"):
            advance.with_user(self.decider).action_pay(journal=self.bank)
        self.company.aftersales_same_user_post = True
        advance.with_user(self.decider).action_pay(journal=self.bank)

    def test_bad_input_changes_nothing(self):
        for amount in (0.0, -5.0):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.make_advance(amount).flush_recordset()
        with self.assertRefused("consumer is the dealer", ValidationError):
            self.make_advance(5.0, partner_id=self.dealer_a.id)
        with self.assertRefused("no more is granted", ValidationError):
            self.make_advance(5.0, amount_approved=6.0)
        advance = self.make_advance(5.0, "approved")
        with self.assertRefused("can no longer be changed"):
            advance.sudo().write({"amount_approved": 4.0})
        with self.assertRefused("choose a bank or cash journal"):
            advance.action_pay(journal=self.company._get_deposit_journal())
        self.company.aftersales_recourse_account_id = False
        with self.assertRefused("has no recourse account"):
            advance.action_pay(journal=self.bank)
        self.company.aftersales_recourse_account_id = self.recourse_account
        self.company.fiscalyear_lock_date = self.today - timedelta(days=5)
        with self.assertRefused("books of .* are closed until"):
            advance.action_pay(journal=self.bank, date=self.today - timedelta(days=10))
        self.assertEqual(advance.state, "approved")
        self.assertFalse(advance.sudo().move_ids)

    def test_currency_with_and_without_rate(self):
        euro = self.make_currency("EUR", 0.01, 2.0)
        advance = self.make_advance(100.0, "approved", currency_id=euro.id)
        rates = euro.rate_ids
        kept = rates.read(["name", "rate", "company_id"])
        rates.unlink()
        with self.assertRefused("has no rate"):
            advance.action_pay(journal=self.bank)
        for rate in kept:
            self.env["res.currency.rate"].create(
                {
                    "currency_id": euro.id,
                    "name": rate["name"],
                    "rate": rate["rate"],
                    "company_id": rate["company_id"][0],
                }
            )
        advance.action_pay(journal=self.bank)
        self.assertEqual((advance.amount_paid, advance.amount_open), (50.0, 50.0))
        self.assertEqual(advance.sudo().payment_id.amount, 100.0)
        self.assert_recourse_ties(advance)

    def test_one_ticket_is_paid_once(self):
        ticket = self.env["aftersales.ticket"].create(
            {"subject": "Pump", "partner_id": self.consumer.id}
        )
        self.make_advance(5.0, ticket_id=ticket.id).flush_recordset()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.make_advance(5.0, ticket_id=ticket.id).flush_recordset()

    def test_companies_are_apart(self):
        advance = self.make_advance(5.0, "paid")
        advances = self.env["aftersales.advance"].with_user(self.foreign_manager)
        self.assertFalse(advances.search([]) & advance)
        with self.assertRaises(AccessError):
            advance.with_user(self.foreign_manager).read(["amount_open"])
