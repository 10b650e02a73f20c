import re

from odoo.tests import HttpCase, tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestDealerReturnPortal(AftersalesDealerCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell_to_dealer("PRET-1", days_ago=30)
        cls.asset_b = cls.sell_to_dealer("PRET-B", dealer=cls.dealer_b)

    def ask(self, **data):
        page = self.url_open("/my/stock-returns/new").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        values = {"csrf_token": token, "reason": "quality", "machine": self.asset.id, **data}
        return self.url_open("/my/stock-returns/new", data=values, method="POST")

    def find(self):
        dealers = self.dealer_a | self.dealer_b
        return self.env["aftersales.dealer.return"].search([("dealer_id", "in", dealers.ids)])

    def test_dealer_asks_and_takes_back(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertNotIn("PRET-B", self.url_open("/my/stock-returns/new").text)
        response = self.ask(description="Gear box leaks")
        stock_return = self.find()
        self.assertRecordValues(
            stock_return,
            [{"state": "requested", "dealer_id": self.dealer_a.id, "reason": "quality"}],
        )
        self.assertIn("PRET-1", response.text)
        self.assertIn(stock_return.name, self.url_open("/my/stock-returns").text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', response.text).group(1)
        url = f"/my/stock-returns/{stock_return.id}/cancel"
        self.url_open(url, data={"csrf_token": token}, method="POST")
        self.assertEqual(stock_return.state, "cancelled")

    def test_bad_input_is_told_and_changes_nothing(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn("Choose at least one", self.ask(machine=self.asset_b.id).text)
        self.assertIn("Choose at least one", self.ask(machine="999999999999").text)
        self.assertIn("Choose why", self.ask(reason="because").text)
        self.assertIn("is not a quantity", self.ask(quantity_1="-3").text)
        self.assertIn("only at the end of 2 seasons", self.ask(reason="unsellable").text)
        self.assertFalse(self.find())

    def test_other_dealers_see_nothing(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.ask()
        stock_return = self.find()
        self.authenticate("t_portal_b", "t_portal_b")
        for url in (f"/my/stock-returns/{stock_return.id}", "/my/stock-returns/99999999"):
            response = self.url_open(url)
            self.assertTrue(response.url.endswith("/my/stock-returns"))
            self.assertNotIn(stock_return.name, response.text)
        self.authenticate("t_portal_customer", "t_portal_customer")
        self.assertTrue(self.url_open("/my/stock-returns").url.endswith("/my"))
