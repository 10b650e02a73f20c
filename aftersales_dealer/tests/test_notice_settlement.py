from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeSettlement(NoticeCommon):
    def settle(self, notice):
        notice.with_user(self.accountant).action_settle()
        self.assertEqual(notice.state, "settled")
        self.assert_ties(notice)
        return notice.sudo().move_ids.filtered(lambda m: m.aftersales_notice_role == "settlement")

    def test_credit_note_is_deducted_from_the_oldest_due_first(self):
        later = self.make_invoice(100.0, days_due=-5)
        oldest = self.make_invoice(60.0, days_due=-40)
        foreign = self.make_invoice(500.0, days_due=-90, dealer=self.dealer_b)
        draft = self.make_invoice(500.0, days_due=-90)
        draft.button_draft()
        claim = self.make_claim(70.0, (40.0, 30.0))
        entry = self.settle(self.make_notice(claim, "confirmed"))
        self.assertRecordValues(
            entry,
            [
                {
                    "move_type": "out_refund",
                    "amount_untaxed": 100.0,
                    "amount_residual": 0.0,
                    "state": "posted",
                }
            ],
        )
        self.assertEqual(entry.invoice_line_ids.account_id, self.expense)
        # Grouped: the detail stays on the notice.
        self.assertEqual(entry.invoice_line_ids.mapped("price_subtotal"), [100.0])
        self.assertEqual(oldest.amount_residual, 0.0)
        self.assertEqual(later.amount_residual, 60.0)
        self.assertEqual(foreign.amount_residual, 500.0)
        self.assertRecordValues(claim, [{"state": "settled", "amount_settled": 100.0}])
        self.assertEqual(claim.line_ids.mapped("amount_settled"), [70.0, 30.0])

    def test_more_credit_than_invoices_stays_open(self):
        invoice = self.make_invoice(30.0)
        entry = self.settle(self.make_notice(self.make_claim(100.0), "confirmed"))
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(entry.amount_residual, 70.0)

    def test_payment_terms_are_deducted_by_due_date(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 60}),
                ],
            }
        )
        terms = self.make_invoice(100.0)
        terms.button_draft()
        terms.invoice_payment_term_id = term
        terms.action_post()
        middle = self.make_invoice(40.0, days_due=30)
        self.settle(self.make_notice(self.make_claim(70.0), "confirmed"))
        self.assertEqual(terms.amount_residual, 50.0)
        self.assertEqual(middle.amount_residual, 20.0)

    def test_not_confirmed_is_refused(self):
        self.make_invoice(100.0)
        notice = self.make_notice(self.make_claim(100.0), "issued").with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "cannot become"):
            notice.action_settle()
        notice.with_user(self.portal_a).action_dispute(reason="No")
        with self.assertRaisesRegex(UserError, "cannot become"):
            notice.action_settle()
        self.assertFalse(notice.sudo().move_ids)

    def test_settling_twice_is_refused(self):
        notice = self.make_notice(self.make_claim(100.0), "settled").with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "cannot become"):
            notice.action_settle()
        entry = notice.sudo().move_ids
        self.assertEqual(len(entry), 1)
        # One entry opens as such, not as a list of one.
        self.assertEqual(notice.action_view_moves()["res_id"], entry.id)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "aftersales_notice_id": notice.id,
                    "aftersales_notice_role": "settlement",
                }
            )

    def test_roles_and_separation(self):
        self.company.aftersales_same_user_post = False
        notice = self.make_notice(self.make_claim(100.0), "confirmed")
        for user in (self.clerk, self.dealer_user, self.portal_a):
            with self.assertRaises(AccessError):
                notice.with_user(user).action_settle()
        self.clerk.group_ids += self.env.ref("account.group_account_invoice")
        with self.assertRaisesRegex(UserError, "somebody else has to post"):
            notice.action_settle()
        self.company.aftersales_same_user_post = True
        notice.action_settle()
        self.assertEqual(notice.state, "settled")

    def test_accounts_of_line_and_category_win(self):
        own = self.expense.copy({"code": "TWARR2", "name": "Own"})
        categ = self.expense.copy({"code": "TWARR3", "name": "Category"})
        self.part.categ_id = self.env["product.category"].create({"name": "Test"})
        self.part.categ_id.property_aftersales_claim_account_id = categ
        claim = self.make_claim(10.0, 20.0, 40.0)
        notice = self.make_notice(claim, "confirmed")
        first, second, third = notice.line_ids
        first.with_user(self.accountant).account_id = own
        second._write_past_guard({"product_id": self.part.id})
        entry = self.settle(notice)
        self.assertEqual(entry.invoice_line_ids.account_id, own | categ | self.expense)

    def test_no_account_at_all_is_told(self):
        self.company.aftersales_claim_account_id = False
        self.company.expense_account_id = False
        notice = self.make_notice(self.make_claim(100.0), "confirmed").with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "warranty expense account"):
            notice.action_settle()

    def test_tax_of_the_settings_is_added(self):
        tax = self.env["account.tax"].create(
            {
                "name": "10 %",
                "amount": 10.0,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "price_include_override": "tax_excluded",
            }
        )
        self.company.aftersales_claim_sale_tax_ids = tax
        entry = self.settle(self.make_notice(self.make_claim(33.33, 66.67), "confirmed"))
        self.assertEqual((entry.amount_untaxed, entry.amount_total), (100.0, 110.0))

    def test_tax_included_does_not_tie(self):
        tax = self.env["account.tax"].create(
            {
                "name": "10 % incl",
                "amount": 10.0,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "price_include_override": "tax_included",
            }
        )
        self.company.aftersales_claim_sale_tax_ids = tax
        notice = self.make_notice(self.make_claim(100.0), "confirmed").with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "not included in the price"):
            notice.action_settle()

    def test_foreign_currency_with_exchange_difference(self):
        euro = self.make_currency("EUR", 0.01, 2.0)
        invoice = self.make_invoice(100.0, currency=euro, days_due=-30)
        domestic = self.make_invoice(70.0, days_due=-60)
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today, "rate": 1.6, "company_id": self.company.id}
        )
        entry = self.settle(
            self.make_notice(self.make_claim(33.35, 26.65, currency=euro), "confirmed")
        )
        self.assertEqual(entry.currency_id, euro)
        self.assertEqual(invoice.amount_residual, 40.0)
        self.assertEqual(domestic.amount_residual, 70.0)
        receivable = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(receivable.amount_residual, 0.0)
        self.assertTrue(receivable.matched_debit_ids.exchange_move_id)

    def test_currencies_with_other_roundings(self):
        for name, rounding, rate, amounts in (
            ("JPY", 1.0, 150.0, (333.0, 1.0, 10001.0)),
            ("KWD", 0.001, 0.31, (0.001, 33.333, 66.667)),
            ("CHF", 0.05, 0.9, (0.05, 10.15)),
        ):
            currency = self.make_currency(name, rounding, rate)
            invoice = self.make_invoice(5000.0, currency=currency)
            claim = self.make_claim(*amounts, currency=currency)
            for method in ("credit_note", "journal_entry", "vendor_bill"):
                with self.subTest(currency=name, method=method):
                    notice = self.make_notice(claim, "confirmed")
                    notice.settlement_method = method
                    before = invoice.amount_residual
                    self.settle(notice)
                    self.assertAlmostEqual(
                        invoice.amount_residual, before - min(before, notice.amount_total), places=4
                    )
                    notice.with_user(self.accountant).action_reverse(reason="Next method")
                    self.assertAlmostEqual(invoice.amount_residual, before, places=4)

    def test_journal_entry_method(self):
        invoice = self.make_invoice(60.0)
        notice = self.make_notice(self.make_claim(100.0), "confirmed")
        notice.settlement_method = "journal_entry"
        entry = self.settle(notice)
        self.assertEqual(entry.move_type, "entry")
        self.assertEqual(invoice.amount_residual, 0.0)
        credit = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(credit.amount_residual, -40.0)

    def test_vendor_bill_method(self):
        invoice = self.make_invoice(60.0)
        notice = self.make_notice(self.make_claim(100.0), "confirmed")
        notice.settlement_method = "vendor_bill"
        bill = self.settle(notice)
        self.assertRecordValues(bill, [{"move_type": "in_invoice", "amount_residual": 40.0}])
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(
            set(notice.sudo().move_ids.mapped("aftersales_notice_role")), {"settlement", "offset"}
        )
        notice.with_user(self.accountant).action_reverse(reason="Wrong")
        self.assertEqual(invoice.amount_residual, 60.0)
        self.assertEqual(len(notice.sudo().move_ids), 4)
        self.assertEqual(set(notice.sudo().move_ids.mapped("state")), {"posted"})

    def test_notice_without_amount_settles_without_entry(self):
        notice = self.make_notice(self.make_claim(100.0))
        notice.line_ids.write({"amount": 0.0, "reason": "No receipt at all"})
        notice.action_verify()
        notice.action_issue()
        notice.action_confirm(note="Telephone")
        notice.with_user(self.accountant).action_settle()
        self.assertEqual(notice.state, "settled")
        self.assertFalse(notice.sudo().move_ids)

    def test_reversal_restores_everything(self):
        first, second = self.make_invoice(60.0, days_due=-40), self.make_invoice(100.0)
        claim = self.make_claim(100.0)
        notice = self.make_notice(claim, "settled").with_user(self.accountant)
        entry = notice.move_ids
        with self.assertRaisesRegex(UserError, "reason or a note"):
            notice.action_reverse()
        with self.assertRaisesRegex(UserError, "cannot be dated before"):
            notice.action_reverse(reason="Early", date=self.today - timedelta(days=1))
        with self.assertRaises(AccessError):
            notice.with_user(self.clerk).action_reverse(reason="No right")
        notice.action_reverse(reason="Wrong machine")
        self.assertEqual(notice.state, "reversed")
        self.assertEqual((first | second).mapped("amount_residual"), [60.0, 100.0])
        self.assertEqual((first | second).mapped("payment_state"), ["not_paid", "not_paid"])
        reversal = notice.move_ids - entry
        self.assertRecordValues(
            reversal,
            [
                {
                    "state": "posted",
                    "reversed_entry_id": entry.id,
                    "amount_residual": 0.0,
                    "move_type": "out_invoice",
                }
            ],
        )
        self.assertEqual(entry.amount_residual, 0.0)
        self.assertRecordValues(claim, [{"state": "approved", "amount_settled": 0.0}])
        self.assertTrue(any("Wrong machine" in body for body in notice.message_ids.mapped("body")))
        with self.assertRaises(UserError):
            notice.action_reverse(reason="Twice")
        again = self.make_notice(claim, "settled")
        self.assertNotEqual(again, notice)
        self.assertEqual(first.amount_residual, 0.0)

    def test_reversal_undoes_exchange_difference(self):
        euro = self.make_currency("EUR", 0.01, 2.0)
        invoice = self.make_invoice(100.0, currency=euro, days_due=-30)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        before = (receivable.amount_residual, receivable.amount_residual_currency)
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today, "rate": 1.6, "company_id": self.company.id}
        )
        notice = self.make_notice(self.make_claim(60.0, currency=euro), "settled").with_user(
            self.accountant
        )
        notice.action_reverse(reason="Undo")
        self.assertEqual((receivable.amount_residual, receivable.amount_residual_currency), before)

    def test_reversal_respects_lock_dates(self):
        notice = self.make_notice(self.make_claim(100.0), "settled").with_user(self.accountant)
        self.company.sudo().sale_lock_date = self.today + timedelta(days=-1)
        notice.action_reverse(reason="After the lock")
        reversal = notice.move_ids.filtered(
            lambda move: move.aftersales_notice_role == "settlement_reversal"
        )
        self.assertGreater(reversal.date, self.company.sale_lock_date)

    def test_entry_is_not_undone_behind_the_notice(self):
        entry = (
            self.make_notice(self.make_claim(100.0), "settled").with_user(self.accountant).move_ids
        )
        for undo in (entry.button_draft, entry.button_cancel, entry._reverse_moves):
            with self.assertRaisesRegex(UserError, "Reverse the notice"):
                undo()
        copy = entry.copy()
        self.assertFalse(copy.aftersales_notice_id)

    def test_settling_many_at_once(self):
        notices = self.make_notice(self.make_claim(10.0), "confirmed")
        notices |= self.make_notice(self.make_claim(20.0), "confirmed")
        notices |= self.make_notice(self.make_claim(40.0, dealer=self.dealer_b), "confirmed")
        invoice, other = self.make_invoice(25.0), self.make_invoice(50.0, dealer=self.dealer_b)
        notices.with_user(self.accountant).action_settle()
        self.assertEqual((invoice.amount_residual, other.amount_residual), (0.0, 10.0))
        for notice in notices:
            self.assert_ties(notice)
