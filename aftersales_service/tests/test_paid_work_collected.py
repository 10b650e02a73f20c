from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .paid_work_common import PaidWorkCommon


@tagged("post_install", "-at_install")
class TestCollectedOnTheSpot(PaidWorkCommon):
    """V10: what the technician collected is deducted from the invoice, once and to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.accountant = new_test_user(
            cls.env, "t_accountant", groups="account.group_account_invoice"
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "Technicians' Cash", "type": "cash", "code": "TCSH"}
        )
        cls.company.aftersales_collection_journal_id = cls.journal

    def work(self, collected):
        """Do the accepted work, collect, and invoice it; return (visit, posted invoice)."""
        order = self.quote()
        self.answer()
        visit = self.do_visit(charge_amount=collected)
        invoice = order._create_invoices()
        invoice.action_post()
        return visit.with_user(self.accountant), invoice.with_user(self.accountant)

    def test_register_is_offered_once(self):
        visit, _invoice = self.work(100.0)
        self.assertTrue(visit.is_to_register)
        visit.action_register_collected()
        self.assertFalse(visit.is_to_register)
        visit.collection_payment_ids.action_cancel()
        self.assertTrue(visit.is_to_register)
        visit.action_collected_elsewhere()
        self.assertFalse(visit.is_to_register)

    def test_registered_from_the_invoice(self):
        visit, invoice = self.work(100.01)
        self.assertIn("100.01", invoice.aftersales_collected)
        self.assertIn(visit.name, invoice.aftersales_collected)
        invoice.action_register_collected()
        payment = visit.collection_payment_ids
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": 100.01,
                    "currency_id": visit.currency_id.id,
                    "partner_id": self.customer.id,
                    "journal_id": self.journal.id,
                    "payment_type": "inbound",
                    "date": visit.date_done.date(),
                }
            ],
        )
        self.assertEqual(invoice.amount_residual, 235.0 - 100.01)
        self.assertEqual(invoice.payment_state, "partial")
        self.assertFalse(invoice.aftersales_collected)
        self.assertIn(payment.name, visit.collection_note)
        with self.assertRefused("once"):
            invoice.action_register_collected()
        with self.assertRefused("nothing is to be registered"):
            visit.action_register_collected()

    def test_reversible_and_then_registered_again(self):
        visit, invoice = self.work(235.0)
        invoice.action_register_collected()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        payment = visit.collection_payment_ids
        payment.action_draft()  # Odoo keeps a draft matched until it is cancelled
        with self.assertRefused("nothing is to be registered"):
            visit.action_register_collected()
        payment.amount = 10
        with self.assertRefused("was collected"):
            payment.action_post()
        payment.action_cancel()
        self.assertEqual(invoice.amount_residual, 235.0)
        self.assertIn("235", invoice.aftersales_collected)
        invoice.action_register_collected()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(len(visit.collection_payment_ids), 2)

    def test_more_than_the_invoice_is_the_customers_credit(self):
        visit, invoice = self.work(300.0)
        visit.action_register_collected()
        self.assertEqual(invoice.amount_residual, 0.0)
        lines = visit.collection_payment_ids.move_id.line_ids
        self.assertEqual(sum(lines.mapped("amount_residual")), -65.0 + 300.0)

    def test_small_amount_without_quotation_is_in_the_list(self):
        self.company.aftersales_spot_limit = 30
        self.ticket.agreed_amount = 30
        visits = self.env["aftersales.visit"].with_user(self.accountant)
        visit = visits.browse(self.do_visit(charge_amount=29.5).id)
        self.assertIn(visit, visits.search(visits._get_to_register_domain()))
        visit.action_register_collected()
        self.assertEqual(visit.collection_payment_ids.amount, 29.5)
        self.assertNotIn(visit, visits.search(visits._get_to_register_domain()))

    def test_registered_otherwise(self):
        visit, invoice = self.work(20.0)
        visit.action_collected_elsewhere()
        self.assertFalse(invoice.aftersales_collected)
        with self.assertRefused("Registered by the accountant"):
            visit.action_register_collected()

    def test_who_may_and_never_twice(self):
        visit, invoice = self.work(20.0)
        with self.assertRefused("Only an accountant"):
            visit.with_user(self.technician_user).action_register_collected()
        with self.assertRefused("Only an accountant"):
            visit.with_user(self.manager_user).action_collected_elsewhere()
        with self.assertRefused("can no longer be changed"):
            visit.write({"charge_amount": 5})
        invoice.action_register_collected()
        payment = visit.collection_payment_ids
        with self.assertRefused("not linked by hand"):
            payment.copy({"aftersales_visit_id": visit.id})
        twin = payment.copy()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            twin.sudo().aftersales_visit_id = visit
            self.env.flush_all()

    def test_accountants_see_no_other_vouchers(self):
        visit = self.make_visit()
        with self.assertRaises(AccessError):
            visit.with_user(self.accountant).read(["name"])

    def test_missing_journal_is_said(self):
        _visit, invoice = self.work(20.0)
        self.company.aftersales_collection_journal_id = False
        self.env["account.journal"].search([("type", "in", ("cash", "bank"))]).active = False
        with self.assertRefused("has no cash journal"):
            invoice.action_register_collected()

    def test_books_of_the_day_are_closed(self):
        visit, invoice = self.work(20.0)
        done = visit.date_done - timedelta(days=40)
        times = ("date_departed", "date_arrived", "date_done")
        visit.sudo()._write_past_guard(dict.fromkeys(times, done))
        self.assertEqual(visit._prepare_collection_vals(invoice)["date"], done.date())
        self.company.fiscalyear_lock_date = done.date()
        self.assertGreater(visit._prepare_collection_vals(invoice)["date"], done.date())

    def test_invoice_in_another_currency(self):
        currency = self.env.ref("base.EUR")
        if currency == self.company.currency_id:
            currency = self.env.ref("base.USD")
        currency.active = True
        currency.rate_ids.unlink()
        currency.rate_ids.create(
            {"name": "2020-01-01", "rate": 2.0, "currency_id": currency.id, "company_id": False}
        )
        visit, _invoice = self.work(100.0)
        order = self.ticket.quotation_ids
        other = order.invoice_ids.copy({"currency_id": currency.id})
        other.invoice_line_ids.sale_line_ids = order.order_line[:1]
        other.action_post()
        residual = other.amount_residual
        visit._register_collected(other.with_user(self.accountant))
        self.assertAlmostEqual(other.amount_residual, residual - 200.0, places=2)
