from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_compensation import CompensationCommon


@tagged("post_install", "-at_install")
class TestCompensationPayment(CompensationCommon):
    """X05: what was approved is credited once, to the cent, and can be reversed."""

    def test_a_second_credit_note_is_impossible(self):
        compensation = self.approve(self.make_compensation())
        move = compensation.sudo().move_id
        pay = compensation.with_user(self.accountant)
        action = pay.action_create_credit_note()
        self.assertEqual(action["res_id"], move.id, "the draft there is, no other")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            move.copy({"aftersales_compensation_id": compensation.id}).flush_recordset()
        self.assertFalse(move.copy().aftersales_compensation_id)
        self.post_credit_note(compensation)
        with self.assertRefused("only what is proposed"):
            self.approve(compensation)
        self.assertEqual(len(compensation.sudo().move_ids), 1)

    def test_a_deleted_draft_is_made_anew_by_the_accountant(self):
        compensation = self.approve(self.make_compensation())
        compensation.sudo().move_id.with_user(self.accountant).unlink()
        self.assertFalse(compensation.move_name)
        with self.assertRefused("made by accountants"):
            compensation.with_user(self.agent_user).action_create_credit_note()
        compensation.with_user(self.accountant).action_create_credit_note()
        self.post_credit_note(compensation)
        self.assertEqual(compensation.state, "paid")

    def test_what_is_posted_is_what_was_approved(self):
        compensation = self.approve(self.make_compensation())
        move = compensation.sudo().move_id.with_user(self.accountant)
        move.invoice_line_ids.price_unit = 151.0
        with self.assertRefused("150.00 was approved"):
            move.action_post()
        move.invoice_line_ids.price_unit = 150.0
        move.action_post()
        self.assertEqual(compensation.state, "paid")

    def test_clients_link_nothing(self):
        compensation = self.make_compensation()
        with self.assertRefused("not linked by hand"):
            self.env["account.move"].with_user(self.accountant).create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.customer.id,
                    "aftersales_compensation_id": compensation.id,
                }
            )

    def test_not_by_a_default_either(self):
        compensation = self.approve(self.make_compensation())
        compensation.sudo().move_id.button_cancel()
        moves = self.env["account.move"].with_user(self.accountant)
        with self.assertRefused("not linked by hand"):
            moves.with_context(default_aftersales_compensation_id=compensation.id).create(
                {"move_type": "out_refund", "partner_id": self.customer.id}
            )

    def test_it_is_credited_to_whom_it_was_granted(self):
        compensation = self.approve(self.make_compensation())
        move = compensation.sudo().move_id.with_user(self.accountant)
        move.partner_id = self.env["res.partner"].create({"name": "Friend"})
        with self.assertRefused("approved for Test Farm"):
            move.action_post()
        move.partner_id = self.caller
        move.action_post()
        self.assertEqual(compensation.state, "paid")

    def test_managers_do_not_post(self):
        compensation = self.approve(self.make_compensation())
        with self.assertRaises(AccessError):
            compensation.move_id.with_user(self.manager_user).action_post()

    def test_a_credit_note_set_back_to_draft_is_not_paid(self):
        compensation = self.approve(self.make_compensation())
        move = self.post_credit_note(compensation)
        move.button_draft()
        self.assertEqual(compensation.state, "approved")
        move.action_post()
        self.assertEqual(compensation.state, "paid")
        move.button_draft()
        move.button_cancel()
        self.assertEqual((compensation.state, compensation.move_name), ("approved", False))

    def test_reversed_by_the_accountant_with_a_reason(self):
        compensation = self.approve(self.make_compensation())
        move = self.post_credit_note(compensation)
        with self.assertRefused("made by accountants"):
            compensation.with_user(self.manager_user).action_reverse(reason="Paid by insurance")
        pay = compensation.with_user(self.accountant)
        self.assertEqual(pay.action_reverse()["res_model"], "aftersales.compensation.decide")
        pay.action_reverse(reason="Paid by insurance")
        self.assertRecordValues(
            compensation, [{"state": "reversed", "decision_reason": "Paid by insurance"}]
        )
        reversal = self.env["account.move"].search([("reversed_entry_id", "=", move.id)])
        self.assertEqual((reversal.state, reversal.amount_total), ("posted", 150.0))
        self.assertEqual(move.amount_residual, 0.0)
        with self.assertRefused("cannot become"):
            pay.action_reverse(reason="Again")
        with self.assertRefused("only what is proposed"):
            self.approve(compensation)

    def test_reversed_in_accounting(self):
        compensation = self.approve(self.make_compensation())
        move = self.post_credit_note(compensation)
        reversal = move._reverse_moves(cancel=True)
        self.assertEqual(compensation.state, "reversed")
        reversal.button_draft()
        self.assertEqual(compensation.state, "paid", "it counts again")

    def test_account_and_taxes_of_the_company_s_product(self):
        account = self.env["account.account"].create(
            {"name": "Compensation", "code": "TCOMP", "account_type": "expense"}
        )
        self.company.aftersales_compensation_product_id = self.env["product.product"].create(
            {
                "name": "Late fee",
                "type": "service",
                "property_account_income_id": account.id,
                "taxes_id": False,
            }
        )
        compensation = self.approve(self.make_compensation())
        move = compensation.sudo().move_id
        self.assertEqual(move.invoice_line_ids.account_id, account)
        self.assertEqual(move.amount_total, 150.0)

    def test_another_currency_is_credited_in_that_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "company_id": self.company.id, "name": "2020-1-1"}
        )
        self.company.aftersales_compensation_limit = 200.0
        compensation = self.make_compensation(currency_id=euro.id, amount=150.0)
        self.assertEqual(compensation.amount_company, 300.0)
        with self.assertRefused("above the limit", AccessError):
            self.approve(compensation)
        self.approve(compensation, self.admin_user)
        move = compensation.sudo().move_id
        self.assertEqual((move.currency_id, move.amount_total), (euro, 150.0))
