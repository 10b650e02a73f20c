from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeDeduction(NoticeCommon):
    """Chosen items, dates, payment of what is left, and what is refused (F03)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.make_invoice(60.0, days_due=-40)
        cls.late = cls.make_invoice(100.0, days_due=-5)

    def receivable(self, move):
        return move.line_ids.filtered(lambda x: x.account_type == "asset_receivable")

    def confirmed(self, amount=70.0, **values):
        notice = self.make_notice(self.make_claim(amount, **values), "confirmed")
        return notice.with_user(self.accountant)

    def residuals(self):
        return [self.old.amount_residual, self.late.amount_residual]

    def test_chosen_items_and_parts_of_them(self):
        for method in ("credit_note", "vendor_bill", "journal_entry"):
            with self.subTest(method):
                notice = self.confirmed()
                notice.settlement_method = method
                chosen = {self.receivable(self.late).id: 30.0, self.receivable(self.old).id: 25.5}
                notice.action_settle(allocations=chosen)
                self.assert_ties(notice)
                self.assertEqual(self.residuals(), [34.5, 70.0])
                self.assertEqual(notice.amount_open, notice.amount_total - 55.5)
                notice.action_reverse(reason="Next")
                self.assertEqual(self.residuals(), [60.0, 100.0])

    def move_deposit(self, direction):
        """Return the open item of a deposit movement whose payment was not registered yet."""
        deposit = self.env["aftersales.deposit.move"].create(
            {
                "dealer_id": self.dealer_a.id,
                "direction": direction,
                "amount": 500.0,
                "reason": "As agreed",
                "date": self.today - timedelta(days=90),
            }
        )
        deposit.action_post()
        return self.receivable(deposit.move_id)

    def test_a_deposit_that_waits_for_its_payment_is_not_taken(self):
        """Claims are not paid into the deposit, nor what the dealer owes taken from what it gets
        back, because the entry happens to be open (F05).
        """
        paid_in = self.move_deposit("in")
        self.confirmed(10.0).action_settle()
        self.assertEqual((paid_in.amount_residual, self.residuals()), (500.0, [50.0, 100.0]))
        paid_back = self.move_deposit("out")
        owed = self.make_notice(self.make_charge(-25.0), "confirmed").with_user(self.accountant)
        owed.action_settle()
        self.assertEqual((paid_back.amount_residual, owed.amount_open), (-500.0, -25.0))

    def test_nothing_chosen_stays_open_credit(self):
        notice = self.confirmed()
        notice.action_settle(allocations={})
        self.assertEqual(self.residuals(), [60.0, 100.0])
        self.assertEqual(notice.amount_open, 70.0)

    def test_chosen_part_in_a_foreign_currency(self):
        currency = self.make_currency("CHF", 0.05, 0.5)
        invoice = self.make_invoice(200.0, currency=currency, date=self.today - timedelta(days=30))
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today,
                "rate": 0.4,
                "company_id": self.company.id,
            }
        )
        notice = self.confirmed(90.0, currency=currency)
        notice.action_settle(allocations={self.receivable(invoice).id: 50.0})
        self.assertEqual(invoice.amount_residual, 150.0)
        # 50 at 1/0.5 on the invoice, at 1/0.4 on the credit note: 25 of exchange difference.
        partial = self.receivable(invoice).matched_credit_ids
        self.assertEqual(partial.exchange_move_id.state, "posted")
        exchanged = partial.exchange_move_id.line_ids
        self.assertEqual(sum(exchanged.filtered(lambda x: x.debit).mapped("debit")), 25.0)
        self.assertEqual(self.receivable(invoice).amount_residual, 300.0)
        self.assertEqual(notice.amount_open, 40.0)
        notice.action_reverse(reason="Back")
        self.assertEqual(self.receivable(invoice).amount_residual_currency, 200.0)
        self.assertEqual(self.receivable(invoice).amount_residual, 400.0)

    def test_bad_choices_change_nothing(self):
        notice = self.confirmed()
        foreign = self.make_invoice(500.0, dealer=self.dealer_b)
        old = self.receivable(self.old).id
        for chosen, message in (
            ({self.receivable(foreign).id: 10.0}, "not open for this"),
            ({0: 10.0}, "not open for this"),
            ({old: 60.01}, "deduct between 0 and"),
            ({old: -1.0}, "deduct between 0 and"),
            ({old: float("nan")}, "deduct between 0 and"),
            ({old: float("inf")}, "deduct between 0 and"),
            ({old: 40.0, self.receivable(self.late).id: 31.0}, "there are only"),
        ):
            with self.subTest(chosen=chosen), self.assertRefused(message):
                notice.action_settle(allocations=chosen)
        self.assertEqual(notice.state, "confirmed")
        self.assertFalse(notice.sudo().move_ids)
        self.assertEqual(self.residuals(), [60.0, 100.0])

    def test_dialog_proposes_and_takes_choices(self):
        notice = self.confirmed()
        wizards = self.env["aftersales.notice.settle"].with_user(self.accountant)
        form = Form(wizards.with_context(active_id=notice.id))
        self.assertEqual((form.amount_total, form.amount_left), (70.0, 0.0))
        form.mode = "chosen"
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.amount, 60.0)
            line.amount = 0.0
        with form.line_ids.edit(1) as line:
            line.amount = 45.0
        self.assertEqual((form.amount_chosen, form.amount_left), (45.0, 25.0))
        form.save().action_apply()
        self.assertEqual(self.residuals(), [60.0, 55.0])
        trail = " ".join(str(body) for body in notice.message_ids.mapped("body"))
        self.assertIn("45.00", trail)

    def test_oldest_first_in_the_dialog(self):
        notice = self.confirmed()
        wizards = self.env["aftersales.notice.settle"].with_user(self.accountant)
        wizards.create({"notice_id": notice.id}).action_apply()
        self.assertEqual(self.residuals(), [0.0, 90.0])

    def test_closed_period_is_refused_by_name(self):
        notice = self.confirmed()
        self.company.fiscalyear_lock_date = self.today - timedelta(days=3)
        closed = self.today - timedelta(days=3)
        for method in ("credit_note", "vendor_bill", "journal_entry"):
            notice.settlement_method = method
            with self.subTest(method), self.assertRefused("closed .*Choose a date"):
                notice.action_settle(date=closed)
            self.assertFalse(notice.sudo().move_ids)
        open_day = self.today - timedelta(days=2)
        notice.action_settle(date=open_day)
        self.assertEqual(set(notice.sudo().move_ids.mapped("date")), {open_day})
        self.company.fiscalyear_lock_date = self.today
        with self.assertRefused("closed .*Choose a date"):
            notice.action_reverse(reason="Wrong", date=self.today)
        self.assertEqual(notice.state, "settled")

    def test_missing_account_rate_or_dealer_is_refused(self):
        currency = self.make_currency("CHF", 0.05, 0.9)
        notice = self.confirmed(20.0, currency=currency)
        currency.rate_ids.unlink()
        with self.assertRefused("no exchange rate"):
            notice.action_settle()
        notice = self.confirmed()
        self.dealer_a.action_archive()
        with self.assertRefused("is archived"):
            notice.action_settle()
        self.dealer_a.action_unarchive()
        self.dealer_a.property_account_receivable_id = False
        self.env["ir.default"].search(
            [("field_id.name", "=", "property_account_receivable_id")]
        ).unlink()
        with self.assertRefused("no receivable account"):
            notice.action_settle()
        self.assertEqual(notice.state, "confirmed")
        self.assertFalse(notice.sudo().move_ids)

    def test_bill_follows_the_terms_and_is_paid_out(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 10}),
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 40}),
                ],
            }
        )
        self.dealer_a.property_supplier_payment_term_id = term
        notice = self.confirmed(260.0)
        notice.settlement_method = "vendor_bill"
        notice.action_settle()
        bill = notice.sudo().move_ids.filtered(lambda move: move.move_type == "in_invoice")
        self.assertEqual(bill.invoice_payment_term_id, term)
        self.assertEqual((bill.amount_residual, notice.amount_open), (100.0, 100.0))
        self.pay_out(notice)
        self.assertEqual((bill.amount_residual, notice.amount_open), (0.0, 0.0))

    def pay_out(self, notice):
        action = notice.action_pay_out()
        register = self.env[action["res_model"]].with_user(self.accountant)
        wizard = register.with_context(**action["context"]).create({})
        wizard.action_create_payments()
        self.assertEqual(notice.payment_ids.payment_type, "outbound")
        self.assertEqual(notice.payment_ids.partner_id, notice.dealer_id)

    def test_open_credit_is_paid_out_and_reversed_with_trail(self):
        notice = self.confirmed(200.0)
        notice.action_settle()
        self.assertEqual(notice.amount_open, 40.0)
        self.pay_out(notice)
        self.assertEqual((notice.amount_open, notice.payment_count), (0.0, 1))
        with self.assertRefused("no open credit"):
            notice.action_pay_out()
        payment = notice.payment_ids
        notice.action_reverse(reason="Claims were wrong")
        self.assertEqual(self.residuals(), [60.0, 100.0])
        # The payment stays, as money that the dealer has without a credit note for it.
        open_item = payment.move_id.line_ids.filtered("account_id.reconcile")
        self.assertTrue(any(not line.reconciled for line in open_item))
        trail = " ".join(str(body) for body in notice.message_ids.mapped("body"))
        for entry in (self.old, self.late, payment.move_id):
            self.assertIn(entry.name, trail)

    def test_reversal_after_people_rematched(self):
        notice = self.confirmed(50.0)
        notice.action_settle()
        entry = notice.sudo().move_ids
        self.receivable(entry).remove_move_reconcile()
        (self.receivable(entry) + self.receivable(self.late)).reconcile()
        self.assertEqual(self.residuals(), [60.0, 50.0])
        notice.action_reverse(reason="Back")
        self.assertEqual(self.residuals(), [60.0, 100.0])
        self.assertEqual(entry.amount_residual, 0.0)

    def test_analytic_of_line_agreement_and_rules(self):
        plan = self.env["account.analytic.plan"].create({"name": "Test plan"})
        own, agreed, ruled = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Own", "Agreed", "Ruled")]
        )
        notice = self.make_notice(self.make_claim(10.0, 20.0), "confirmed")
        notice.line_ids[0].sudo().analytic_distribution = {str(own.id): 100.0}
        self.env["account.analytic.distribution.model"].create(
            {"account_prefix": "TWARR", "analytic_distribution": {str(ruled.id): 100.0}}
        )

        def booked(notice):
            notice.with_user(self.accountant).action_settle()
            lines = notice.sudo().move_ids.invoice_line_ids
            return {next(iter(line.analytic_distribution)): line.price_subtotal for line in lines}

        self.assertEqual(booked(notice), {str(own.id): 10.0, str(ruled.id): 20.0})
        self.agreement_a.settlement_analytic_distribution = {str(agreed.id): 100.0}
        notice = self.make_notice(self.make_claim(30.0, 4.0), "confirmed")
        self.assertEqual(booked(notice), {str(agreed.id): 34.0})

    def test_a_line_per_notice_line_when_wanted(self):
        self.company.aftersales_settle_detailed = True
        claim = self.make_claim(1.0, 2.0, 3.0)
        detailed = self.make_notice(claim, "confirmed").with_user(self.accountant)
        detailed.action_settle()
        self.assertEqual(
            sorted(detailed.sudo().move_ids.invoice_line_ids.mapped("price_subtotal")),
            [1.0, 2.0, 3.0],
        )

    def test_one_day_for_all_when_settled_in_bulk(self):
        notices = self.confirmed(10.0) | self.make_notice(
            self.make_claim(20.0, dealer=self.dealer_b), "confirmed"
        ).with_user(self.accountant)
        day = self.today - timedelta(days=1)
        notices.action_settle(date=day)
        self.assertEqual(set(notices.sudo().move_ids.mapped("date")), {day})
        with self.assertRaises(ValueError), self.cr.savepoint():
            notices.action_settle(allocations={})
        with self.assertRaises(UserError), self.cr.savepoint():
            notices.action_settle()
