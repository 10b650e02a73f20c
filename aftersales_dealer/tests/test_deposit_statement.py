from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestStatement(NoticeCommon):
    def statement(self, days_from=30, days_to=0, company=None):
        return self.dealer_a.with_user(self.portal_a)._get_dealer_statement(
            company or self.company,
            self.today - timedelta(days=days_from),
            self.today - timedelta(days=days_to),
        )

    def test_opening_lines_closing(self):
        self.make_invoice(200.0, date=self.today - timedelta(days=60))
        self.make_invoice(80.0)
        draft = self.make_invoice(999.0)
        draft.button_draft()
        self.make_invoice(500.0, dealer=self.dealer_b)
        notice = self.make_notice(self.make_claim(30.0), "settled")
        (section,) = self.statement()
        self.assertEqual((section["opening"], section["closing"]), (200.0, 250.0))
        self.assertEqual([line["amount"] for line in section["lines"]], [80.0, -30.0])
        self.assertEqual([line["balance"] for line in section["lines"]], [280.0, 250.0])
        self.assertIn(notice.name, section["lines"][1]["label"])
        (before,) = self.statement(days_from=90, days_to=31)
        self.assertEqual(before["closing"], section["opening"])

    def test_currencies_and_companies_are_apart(self):
        euro = self.make_currency("EUR", 0.01, 2.0)
        self.make_invoice(80.0)
        self.make_invoice(10.0, currency=euro)
        sections = {section["currency"]: section for section in self.statement()}
        self.assertEqual(sections[euro]["closing"], 10.0)
        self.assertEqual(sections[self.company.currency_id]["closing"], 80.0)
        (other,) = self.statement(company=self.company_2)
        self.assertFalse(other["lines"])

    def test_reversal_brings_the_balance_back(self):
        self.make_invoice(80.0)
        notice = self.make_notice(self.make_claim(30.0), "settled")
        notice.with_user(self.accountant).action_reverse(reason="Undo")
        self.assertEqual(self.statement()[0]["closing"], 80.0)

    def test_wizard_prints_and_refuses_contradicting_dates(self):
        wizard = (
            self.env["aftersales.dealer.statement"]
            .with_user(self.accountant)
            .create({"dealer_id": self.dealer_a.id})
        )
        self.assertEqual(wizard.action_print()["type"], "ir.actions.report")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_dealer.report_aftersales_dealer_statement", wizard.ids
        )[0]
        self.assertIn(b"Closing balance", html)
        wizard.date_from = self.today + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "before it starts"):
            wizard.action_print()
