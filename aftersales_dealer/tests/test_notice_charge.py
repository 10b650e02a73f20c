from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
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

    def receivable(self, move):
        return move.line_ids.filtered(lambda x: x.account_type == "asset_receivable")

    def owe(self, amount, **values):
        notice = self.make_notice(self.make_charge(-amount), "confirmed", **values)
        return notice.with_user(self.accountant)

    def pay_on_account(self, amount):
        """Return the open item of money that dealer A paid without saying for what."""
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        method = journal.inbound_payment_method_line_ids[:1]
        method.payment_account_id = self.expense.copy(
            {"code": "TOUT", "account_type": "asset_current", "reconcile": True}
        )
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.dealer_a.id,
                "amount": amount,
                "journal_id": journal.id,
                "payment_method_line_id": method.id,
            }
        )
        payment.action_post()
        return self.receivable(payment.move_id)

    def test_open_credit_notes_are_set_off_against_what_the_dealer_owes(self):
        paid = self.pay_on_account(500.0)
        granted = self.make_notice(self.make_claim(100.0), "settled")
        credit = granted.sudo().move_ids
        self.dealer_a.property_payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 60}),
                ],
            }
        )
        for method in ("credit_note", "journal_entry"):
            with self.subTest(method):
                notice = self.owe(70.0)
                notice.settlement_method = method
                notice.action_settle()
                self.assertEqual((credit.amount_residual, notice.amount_open), (30.0, 0.0))
                # What it paid may be meant for a machine: nobody takes it by itself.
                self.assertEqual(paid.amount_residual, -500.0)
                trail = " ".join(str(body) for body in notice.message_ids.mapped("body"))
                self.assertIn(credit.name, trail)
                notice.action_reverse(reason="Next")
                self.assertEqual(credit.amount_residual, 100.0)
                notice.line_ids.charge_id.sudo().action_cancel()
        notice = self.owe(120.0)
        notice.action_settle()
        self.assertEqual((credit.amount_residual, notice.amount_open), (0.0, -20.0))

    def test_charges_above_the_claims_but_below_their_tax_are_no_invoice(self):
        self.company.aftersales_claim_sale_tax_ids = self.env["account.tax"].create(
            {"name": "10 %", "amount": 10.0, "type_tax_use": "sale", "company_id": self.company.id}
        )
        self.make_charge(-105.0)
        entry = self.settle(self.make_notice(self.make_claim(100.0), "confirmed"))
        self.assertEqual((entry.move_type, entry.amount_total), ("out_refund", 5.0))

    def test_chosen_credits_are_set_off(self):
        paid = self.pay_on_account(500.0)
        granted = self.make_notice(self.make_claim(100.0), "settled")
        credit = self.receivable(granted.sudo().move_ids)
        notice = self.owe(70.0)
        for chosen in ({credit.id: 70.01}, {credit.id: 100.01}, {paid.id: -1.0}):
            with self.subTest(chosen=chosen), self.assertRefused("there are only|deduct between"):
                notice.action_settle(allocations=chosen)
        wizards = self.env["aftersales.notice.settle"].with_user(self.accountant)
        wizard = wizards.create({"notice_id": notice.id})
        self.assertEqual(
            {line.move_line_id: (line.amount_residual, line.amount) for line in wizard.line_ids},
            {credit: (100.0, 70.0), paid: (500.0, 0.0)},
        )
        notice.action_settle(allocations={credit.id: 20.5, paid.id: 9.5})
        self.assertEqual(credit.amount_residual, -79.5)
        self.assertEqual((paid.amount_residual, notice.amount_open), (-490.5, -40.0))

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
