from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tests.common_notice import NoticeCommon

from .common import ReportsMixin

STEPS = ("amount_total", "amount_issued", "amount_confirmed", "amount_settled", "amount_open")


@tagged("post_install", "-at_install")
class TestSettlementFigures(ReportsMixin, NoticeCommon):
    def amounts(self, notices, *names):
        domain = [("notice_id", "in", notices.ids)]
        return self.figures("settlement", domain, *(f"{name}:sum" for name in names))

    def test_each_step_of_a_notice(self):
        expected = {
            "draft": (100, 0, 0, 0, 0),
            "issued": (100, 100, 0, 0, 100),
            "confirmed": (100, 100, 100, 0, 100),
            "settled": (100, 100, 100, 100, 0),
        }
        for state, amounts in expected.items():
            with self.subTest(state):
                notice = self.make_notice(self.make_claim((120, 100)), state)
                self.assertEqual(self.amounts(notice, *STEPS), amounts)
                self.assertEqual(self.amounts(notice, "amount_claimed"), (120,))

    def test_withdrawn_and_reversed_notices_are_left_out(self):
        notice = self.make_notice(self.make_claim(100))
        notice.action_cancel()
        self.assertEqual(
            self.figures("settlement", [("notice_id", "=", notice.id)], "__count"), (0,)
        )
        settled = self.make_notice(self.make_claim(100), "settled")
        settled.with_user(self.accountant).action_reverse(reason="Wrong")
        self.assertEqual(
            self.figures("settlement", [("notice_id", "=", settled.id)], "__count"), (0,)
        )

    def test_days_to_confirm_are_averaged_over_notices(self):
        # One notice has five lines, the other one: each counts once.
        slow = self.make_notice(self.make_claim(1, 2, 3, 4, 5), "confirmed")
        fast = self.make_notice(self.make_claim(6, dealer=self.dealer_b), "confirmed")
        issued = fields.Date.today() - timedelta(days=20)
        self.set_columns(
            slow.sudo(), date_issued=issued, date_confirmed=issued + timedelta(days=12)
        )
        self.set_columns(fast.sudo(), date_issued=issued, date_confirmed=issued + timedelta(days=2))
        domain = [("notice_id", "in", (slow | fast).ids)]
        self.assertEqual(self.figures("settlement", domain, "days_to_confirm:avg"), (7.0,))

    def test_settled_equals_what_was_posted(self):
        currency = self.make_currency("CHF", 0.01, 3.0)
        self.agreement_a.sudo()._write_past_guard({"currency_id": currency.id})
        notice = self.make_notice(self.make_claim(100.01, currency=currency), "settled")
        self.assertEqual(notice.currency_id, currency)
        [settled] = self.amounts(notice, "amount_settled")
        move = notice.sudo().move_ids
        self.assertAlmostEqual(settled, -sum(move.mapped("amount_untaxed_signed")))
        self.assertAlmostEqual(settled, 33.34)

    def test_receivables_equal_the_ledger(self):
        self.make_invoice(300, days_due=10)
        self.make_invoice(200, days_due=-10)
        self.make_invoice(100, days_due=-100)
        self.make_invoice(50, move_type="out_refund")
        self.make_invoice(999, dealer=self.customer)
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.dealer_a.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        domain = [("dealer_id", "in", (self.dealer_a | self.customer).ids)]
        owed, overdue = self.figures("receivable", domain, "amount_open:sum", "amount_overdue:sum")
        self.assertEqual(owed, sum(items.mapped("amount_residual")))
        self.assertEqual((owed, overdue), (550, 300))
        ages = self.by_group("receivable", domain, "overdue", "amount_open:sum")
        self.assertEqual(ages, {"credit": (-50,), "not_due": (300,), "d30": (200,), "more": (100,)})

    def test_a_deduction_lowers_what_the_dealer_owes(self):
        self.make_invoice(300, days_due=10)
        domain = [("dealer_id", "=", self.dealer_a.id)]
        self.assertEqual(self.figures("receivable", domain, "amount_open:sum"), (300,))
        notice = self.make_notice(self.make_claim(120), "settled")
        deducted = -sum(notice.sudo().move_ids.mapped("amount_total_signed"))
        self.assertGreaterEqual(deducted, 120)
        self.assertEqual(self.figures("receivable", domain, "amount_open:sum"), (300 - deducted,))
