from odoo.tests import HttpCase, tagged

from .common_deposit import DepositCommon


@tagged("post_install", "-at_install")
class TestDepositPortal(DepositCommon, HttpCase):
    """A dealer sees the ledger of its own deposit, nobody else's (D14, F05)."""

    def test_statement_of_the_deposit(self):
        self.deposit(1234.5, reason="As agreed in spring")
        self.deposit(77.0, dealer_id=self.dealer_b.id, reason="Secret of B")
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open("/my/deposit").text
        self.assertIn("As agreed in spring", page)
        self.assertIn("1,234.50", page)
        self.assertNotIn("Secret of B", page)
        for dates in ("?date_from=x&date_to=y", "?date_from=2020-01-01&date_to=2020-02-01"):
            self.assertEqual(self.url_open(f"/my/deposit{dates}").status_code, 200)
        self.assertIn("1,234.50", self.url_open("/my/statement").text)

    def test_others_are_sent_home(self):
        self.deposit(1234.5)
        self.authenticate("t_portal_customer", "t_portal_customer")
        for path in ("/my/deposit", "/my/deposit/pdf"):
            response = self.url_open(path)
            self.assertNotIn("1,234.50", response.text)
            self.assertTrue(response.url.rstrip("/").endswith("/my"), response.url)

    def test_print(self):
        self.deposit(1234.5, reason="As agreed")
        wizard = self.env["aftersales.dealer.statement"].create(
            {"dealer_id": self.dealer_a.id, "kind": "deposit"}
        )
        self.assertEqual(
            wizard.with_context(discard_logo_check=True).action_print()["report_name"],
            "aftersales_dealer.report_aftersales_deposit_statement",
        )
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_dealer.action_report_aftersales_deposit_statement", wizard.ids
        )
        self.assertIn("1,234.50", html.decode())
