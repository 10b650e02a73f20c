from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeCharge(NoticeCommon):
    """Rewards, penalties, freight come into the notice beside the claims (F06)."""

    def settle(self, notice):
        notice.with_user(self.accountant).action_settle()
        self.assert_ties(notice)
        return notice.sudo().move_ids.filtered(lambda m: m.aftersales_notice_role == "settlement")

    def test_charges_come_into_the_notice_of_the_claims(self):
        claim = self.make_claim(100.0)
        charges = self.make_charge(30.0) | self.make_charge(-50.0)
        waiting = self.make_charge(5.0, state="draft")
        other = self.make_charge(7.0, dealer=self.dealer_b)
        notice = self.make_notice(claim)
        self.assertEqual(notice.line_ids.charge_id, charges)
        self.assertEqual(notice.amount_total, 80.0)
        self.assertEqual(charges.mapped("state"), ["noticed"] * 2)
        self.assertEqual((waiting.state, other.state), ("draft", "approved"))
        self.assertEqual(charges.notice_id, notice)
        self.assertEqual([section["amount"] for section in notice._get_sections()], [100.0, -20.0])

    def test_settled_and_reversed_with_the_notice(self):
        told = []
        charge_class = self.registry["aftersales.dealer.charge"]
        self.patch(charge_class, "_on_settled", lambda charges: told.append(("on", charges)))
        self.patch(charge_class, "_on_reversed", lambda charges: told.append(("off", charges)))
        charge = self.make_charge(-40.0)
        notice = self.make_notice(self.make_claim(100.0), "confirmed")
        entry = self.settle(notice)
        self.assertEqual(entry.amount_untaxed, 60.0)
        self.assertEqual(charge.state, "settled")
        notice.with_user(self.accountant).action_reverse(reason="Wrong")
        self.assertEqual(charge.state, "approved")
        self.assertEqual(told, [("on", charge), ("off", charge)])

    def test_a_notice_of_penalties_is_an_invoice(self):
        invoice = self.make_invoice(500.0)
        charge = self.make_charge(-120.0)
        for method in ("credit_note", "vendor_bill"):
            notice = self.make_notice(charge, "confirmed")
            notice.settlement_method = method
            entry = self.settle(notice)
            self.assertRecordValues(
                entry,
                [{"move_type": "out_invoice", "amount_untaxed": 120.0, "amount_residual": 120.0}],
            )
            self.assertEqual(entry.invoice_line_ids.account_id, self.expense)
            notice.with_user(self.accountant).action_reverse(reason="Wrong")
            self.assertEqual((charge.state, entry.payment_state), ("approved", "reversed"))
        self.assertEqual(invoice.amount_residual, 500.0)

    def test_a_notice_of_penalties_as_journal_entry(self):
        charge = self.make_charge(-120.0)
        notice = self.make_notice(charge, "confirmed")
        notice.settlement_method = "journal_entry"
        entry = self.settle(notice)
        receivable = entry.line_ids.filtered(lambda x: x.account_type == "asset_receivable")
        self.assertEqual(receivable.balance, 120.0)
        notice.with_user(self.accountant).action_reverse(reason="Wrong")
        self.assertEqual(receivable.amount_residual, 0.0)

    def test_accounts_and_taxes_of_charges(self):
        tax = self.env["account.tax"].create(
            {"name": "10 %", "amount": 10.0, "type_tax_use": "sale", "company_id": self.company.id}
        )
        self.company.aftersales_claim_sale_tax_ids = tax
        own = self.expense.copy({"code": "TCHG1", "name": "Own"})
        self.company.aftersales_charge_account_id = self.expense.copy(
            {"code": "TCHG2", "name": "Charges"}
        )
        self.make_charge(50.0, account_id=own.id)
        self.make_charge(20.0)
        self.make_charge(-10.0)
        entry = self.settle(self.make_notice(self.make_claim(100.0), "confirmed"))
        booked = {
            (line.account_id, bool(line.tax_ids)): line.price_subtotal
            for line in entry.invoice_line_ids
        }
        charges = self.company.aftersales_charge_account_id
        self.assertEqual(
            booked,
            {
                (self.expense, True): 100.0,
                (own, True): 50.0,
                (charges, True): 20.0,
                (charges, False): -10.0,
            },
        )
        self.assertEqual(entry.amount_tax, 17.0)

    def test_once_only_and_never_another_amount(self):
        charge = self.make_charge(-40.0)
        notice = self.make_notice(charge)
        line = notice.line_ids
        with self.assertRaisesRegex(ValidationError, "not changed in a notice"):
            line.amount = -30.0
        other = self.env["aftersales.notice"].create(
            {"dealer_id": self.dealer_a.id, "period_end": self.today}
        )
        vals = dict(charge._prepare_notice_line_vals(), notice_id=other.id)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["aftersales.notice.line"].create(vals)
        line.action_remove_claim()
        self.assertEqual(charge.state, "approved")
        self.env["aftersales.notice.line"].create(vals)
        self.assertEqual(charge.state, "noticed")
        foreign = self.make_charge(9.0, dealer=self.dealer_b)
        with self.assertRaisesRegex(ValidationError, "another dealer"):
            self.env["aftersales.notice.line"].create(
                dict(foreign._prepare_notice_line_vals(), notice_id=other.id)
            )

    def test_roles_and_steps(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.dealer.charge"].with_user(self.dealer_user).create(
                {"dealer_id": self.dealer_a.id, "amount": 1.0, "description": "x"}
            )
        with Form(self.env["aftersales.dealer.charge"].with_user(self.dealer_manager)) as form:
            form.dealer_id = self.dealer_a
            form.kind = "penalty"
            form.amount = -25.0
            form.description = "Late papers"
        charge = form.record
        with self.assertRaises(AccessError):
            charge.with_user(self.verifier).action_approve()
        charge.action_approve()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            charge.amount = -20.0
        with self.assertRaisesRegex(UserError, "only a draft can be deleted"):
            charge.unlink()
        notice = self.make_notice(charge)
        with self.assertRaisesRegex(UserError, "in a fee notice already"):
            charge.action_cancel()
        notice.action_cancel(reason="x")
        charge.action_cancel()
        self.assertEqual(charge.state, "cancelled")
