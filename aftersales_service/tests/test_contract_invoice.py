from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-15 12:00:00")
class TestContractInvoice(ContractCommon):
    """W11: periods through Odoo invoices, each once, to the cent."""

    def _confirmed(self, *serials, price=1200.0, **values):
        contract = self.make_contract(self.sell(*serials), price=price, **values)
        contract.action_confirm()
        return contract.sudo()

    def _run(self, day):
        with freeze_time(f"{day} 03:00:00"):
            self.run_cron("ir_cron_contract_invoice")

    def test_advance_by_month(self):
        contract = self._confirmed("I-1", "I-2")
        self._run("2026-01-15")
        move = contract.period_ids.move_id
        self.assertEqual(
            (move.move_type, move.state, move.amount_untaxed), ("out_invoice", "draft", 200)
        )
        self.assertEqual(move.partner_id, self.customer)
        self.assertIn("I-1, I-2", move.invoice_line_ids.name)
        self.assertEqual(contract.date_next_invoice, date(2026, 2, 15))
        self._run("2026-01-16")
        self.assertEqual(contract.invoice_count, 1)
        self._run("2026-03-20")  # the cron was off for a month
        self.assertEqual(contract.invoice_count, 2)
        self.assertEqual(self.untaxed(contract), 600)
        self._run("2027-06-01")
        self.assertEqual(self.untaxed(contract), 2400)
        self.assertFalse(contract.date_next_invoice)

    def test_arrears_by_quarter_after_the_period(self):
        contract = self._confirmed("I-3", invoicing="arrears", period="quarter")
        self.assertEqual(contract.date_next_invoice, date(2026, 4, 15))
        self._run("2026-04-14")
        self.assertFalse(contract.invoice_count)
        self._run("2026-04-15")
        self.assertEqual(self.untaxed(contract), 300)

    def test_once(self):
        contract = self._confirmed("I-4", invoicing="once")
        self._run("2026-01-15")
        self.assertEqual(self.untaxed(contract), 1200)
        self.assertFalse(contract.date_next_invoice)

    def test_calendar_periods_by_the_day(self):
        contract = self._confirmed("I-5", alignment="calendar", price=1000.0)
        self._run("2026-01-15")
        first = contract.period_ids
        self.assertEqual((first.date_start, first.date_end), (date(2026, 1, 15), date(2026, 1, 31)))
        self.assertLess(first.amount, 1000 / 12)
        self._run("2027-01-31")
        self.assertEqual(self.untaxed(contract), 1000)

    def test_what_was_invoiced_elsewhere_is_not_invoiced(self):
        contract = self._confirmed("I-6", date_start="2025-07-01", date_invoiced_until="2026-01-10")
        self._run("2026-01-15")
        period = contract.period_ids
        self.assertEqual(
            (period.date_start, period.date_end, period.amount),
            (date(2026, 1, 11), date(2026, 1, 31), 67.74),
        )

    def test_posted_when_the_company_says_so(self):
        self.company.aftersales_post_contract_invoices = True
        contract = self._confirmed("I-7")
        self._run("2026-01-15")
        self.assertEqual(contract.period_ids.move_id.state, "posted")

    def test_accountant_invoices_now(self):
        contract = self._confirmed("I-8")
        for user in (self.agent_user, self.manager_user, self.salesman):
            with self.assertRefused("invoiced by accountants"):
                contract.with_user(user).action_invoice()
        action = contract.with_user(self.accountant).action_invoice()
        self.assertEqual(action["res_id"], contract.period_ids.move_id.id)
        with self.assertRefused("nothing is due. The next period is due on 02/15/2026"):
            contract.with_user(self.accountant).action_invoice()

    def test_cancelled_invoice_frees_the_period(self):
        contract = self._confirmed("I-9")
        self._run("2026-01-15")
        first = contract.period_ids.move_id
        first.with_user(self.accountant).button_cancel()
        self.assertEqual(contract.free_period_count, 1)
        self.assertIn("free again", contract.activity_ids.mapped("summary")[0])
        self._run("2026-01-16")  # a person decides, not the cron
        self.assertEqual(len(contract.period_ids), 1)
        contract.with_user(self.accountant).action_invoice()
        self.assertEqual(contract.free_period_count, 0)
        self.assertEqual(self.untaxed(contract), 100)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            first.button_draft()  # that period has another invoice now
            self.env.flush_all()

    def test_deleted_invoice_frees_the_period(self):
        contract = self._confirmed("I-10")
        self._run("2026-01-15")
        contract.period_ids.move_id.unlink()
        self.assertEqual(contract.free_period_count, 1)
        contract.with_user(self.accountant).action_invoice()
        self.assertEqual(self.untaxed(contract), 100)

    def test_credited_invoice_frees_the_period(self):
        contract = self._confirmed("I-11")
        self._run("2026-01-15")
        move = contract.period_ids.move_id
        move.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        wizard.refund_moves()
        move.reversal_move_ids.action_post()
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(contract.free_period_count, 1)

    @mute_logger("odoo.sql_db")
    def test_database_refuses_a_period_twice(self):
        contract = self._confirmed("I-12")
        self._run("2026-01-15")
        period = contract.period_ids
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            period.copy()
            self.env.flush_all()

    def test_one_failure_does_not_stop_the_others(self):
        good, bad = self._confirmed("I-13"), self._confirmed("I-14")
        original = type(bad)._prepare_invoice_vals

        def fail(self, groups):
            if self.id == bad.id:
                raise UserError("No account")  # pylint: disable=translation-required
            return original(self, groups)

        with patch.object(type(bad), "_prepare_invoice_vals", fail):
            self._run("2026-01-15")
        self.assertEqual(good.invoice_count, 1)
        self.assertFalse(bad.invoice_count)
        self.assertIn("No account", bad.invoice_error)
        self.assertEqual(bad.activity_ids.mapped("summary"), ["The contract could not be invoiced"])
        self._run("2026-01-15")
        self.assertFalse(bad.invoice_count)  # not again on the same day
        self._run("2026-01-16")
        self.assertEqual(bad.invoice_count, 1)
        self.assertFalse(bad.invoice_error)

    def test_order_tells_the_truth_about_invoices(self):
        assets = self.sell("I-15", "I-16", "I-17")
        order = self.sell_service(
            self.contract_product, assets, line={"price_unit": 100.0, "discount": 1.25}
        )
        line, contract = order.order_line, order.aftersales_contract_ids
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.amount_total, line.price_subtotal)
        self.assertEqual((line.qty_to_invoice, line.invoice_status), (0, "no"))
        with self.assertRefused("invoices its periods by itself"):
            order._create_invoices()
        self._run("2026-01-15")
        move = contract.period_ids.move_id
        self.assertEqual(move.invoice_line_ids.sale_line_ids, line)
        self.assertEqual(move.invoice_origin, f"{order.name}, {contract.name}")
        self.assertEqual(line.qty_invoiced, 0.25)
        self._run("2027-01-15")
        self.assertEqual(self.untaxed(contract), line.price_subtotal)
        self.assertEqual((line.qty_invoiced, line.invoice_status), (3, "invoiced"))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_taxes_terms_and_analytics_of_the_order(self):
        tax = self.env["account.tax"].create({"name": "T20", "amount": 20.0})
        term = self.env.ref("account.account_payment_term_30days")
        plan = self.env["account.analytic.plan"].create({"name": "Test"})
        analytic = self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})
        order = self.sell_service(
            self.contract_product,
            self.sell("I-18"),
            payment_term_id=term.id,
            line={
                "tax_ids": [Command.set(tax.ids)],
                "analytic_distribution": {str(analytic.id): 100},
            },
        )
        self._run("2026-01-15")
        move = order.aftersales_contract_ids.period_ids.move_id
        self.assertEqual((move.amount_untaxed, move.amount_tax), (100, 20))
        self.assertEqual(move.invoice_payment_term_id, term)
        self.assertEqual(move.invoice_line_ids.analytic_distribution, {str(analytic.id): 100})
        self.assertEqual(move.invoice_user_id, order.user_id)

    def test_foreign_currency(self):
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        )
        currency.active = True
        contract = self._confirmed("I-19", price=1000.0, currency_id=currency.id)
        self._run("2027-01-15")
        moves = contract.period_ids.move_id
        self.assertEqual(moves.currency_id, currency)
        self.assertEqual(self.untaxed(contract), 1000)
        self.assertTrue(all(p.amount == int(p.amount) for p in contract.period_ids))

    def test_queries_do_not_grow_with_the_assets(self):
        small = self._confirmed(*(f"S-{n}" for n in range(2)))
        large = self._confirmed(*(f"L-{n}" for n in range(100)))
        (small | large)._make_invoices()  # warm
        counts = []
        for contract in (small, large):
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time("2026-02-15"):
                before = self.env.cr.sql_log_count
                contract._make_invoices()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 10)
        self.assertEqual(
            large.period_ids.filtered(
                lambda p: p.date_start == fields.Date.to_date("2026-02-15")
            ).mapped("amount"),
            [100.0] * 100,
        )
