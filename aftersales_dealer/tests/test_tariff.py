from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..tools.tariff import get_excess, is_flagged
from .common import AftersalesDealerCommon

URL = "/my/dealer/paid-repairs"


@tagged("post_install", "-at_install")
class TestTariff(AftersalesDealerCommon, HttpCase):
    """D05: paid repairs against the published tariff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operation = cls.env["aftersales.labour.operation"].create(
            {"code": "T-OP", "name": "Test Overhaul"}
        )
        cls.tariff = cls.make_tariff()
        cls.tariff.with_user(cls.dealer_manager).action_publish()
        cls.part.default_code = "T-PUMP"

    @classmethod
    def make_tariff(cls, **values):
        prices = [
            {"kind": "hour", "price": 50},
            {"kind": "operation", "operation_id": cls.operation.id, "price": 200},
            {"kind": "travel", "price": 1},
            {"kind": "part", "markup": 10},
            {"kind": "part", "category_id": cls.category_wear.id, "markup": 0},
        ]
        vals = {
            "name": "Test Tariff",
            "date_start": cls.today - timedelta(days=100),
            "line_ids": [Command.create(price) for price in prices],
        }
        return cls.env["aftersales.service.tariff"].create(dict(vals, **values))

    def make_repair(self, *lines, user=None, **values):
        vals = {
            "dealer_id": self.dealer_a.id,
            "line_ids": [Command.create(line) for line in lines],
        }
        repairs = self.env["aftersales.paid.repair"].with_user(user or self.dealer_user)
        return repairs.create(dict(vals, **values))

    def test_arithmetic(self):
        self.assertEqual(get_excess(120, 100), (20, 20.0))
        self.assertFalse(is_flagged(5, 5.0, 5))

    def test_each_kind_has_its_price(self):
        repair = self.make_repair(
            {"kind": "hour", "quantity": 2, "price_unit": 45},
            {"kind": "operation", "operation_id": self.operation.id, "price_unit": 250},
            {"kind": "travel", "quantity": 30, "price_unit": 1},
            {"kind": "part", "product_id": self.part.id, "price_unit": 110},
            {"kind": "part", "product_id": self.wear_part.id, "price_unit": 22},
            {"kind": "other", "name": "Coffee", "price_unit": 5},
        )
        self.assertEqual(repair.line_ids.mapped("price_allowed"), [50, 200, 1, 110, 20, 0])
        self.assertEqual(repair.line_ids.mapped("amount_over"), [0, 50, 0, 0, 2, 0])
        self.assertEqual((repair.amount_charged, repair.amount_allowed), (507, 460))
        self.assertEqual((repair.amount_over, repair.amount_outside), (42, 5))
        self.assertTrue(repair.is_overcharged)
        self.company.dealer_overcharge_tolerance = 10
        fair = self.make_repair({"kind": "hour", "price_unit": 54})
        self.assertEqual((fair.percent_over, fair.is_overcharged), (8, False))

    def test_the_countrys_own_tariff_goes_before_and_none_says_so(self):
        own = self.make_tariff(name="Spain", country_id=self.env.ref("base.es").id)
        own.with_user(self.dealer_manager).action_publish()
        self.assertEqual(self.make_repair().tariff_id, own)
        old = self.make_repair(date=self.today - timedelta(days=500))
        self.assertFalse(old.tariff_id)
        self.assertIn("No tariff", old._get_sentence())

    def test_published_prices_stand_and_two_do_not_hold_at_once(self):
        with self.assertRefused("is published"):
            self.tariff.line_ids[0].with_user(self.dealer_manager).price = 1
        with self.assertRefused("can no longer be changed"):
            self.tariff.with_user(self.dealer_manager).date_start = self.today
        other = self.make_tariff(name="Other")
        with self.assertRefused("holds at the same time", ValidationError):
            other.with_user(self.dealer_manager).action_publish()
        self.tariff.with_user(self.dealer_manager).date_end = self.today - timedelta(days=1)
        other.date_start = self.today
        other.with_user(self.dealer_manager).action_publish()
        with self.assertRaises(AccessError):
            self.make_tariff(country_id=self.env.ref("base.fr").id).with_user(
                self.dealer_user
            ).action_publish()

    def test_a_penalty_is_charged_and_taken_back(self):
        repair = self.make_repair({"kind": "hour", "price_unit": 80})
        repair.action_report()
        with self.assertRaises(AccessError):
            repair.action_penalise(reason="Too much")
        repair = repair.with_user(self.dealer_manager)
        self.assertEqual(repair.action_penalise()["res_model"], "aftersales.dealer.reason")
        repair.action_penalise(reason="Too much")
        charge = self.env["aftersales.dealer.charge"].search(
            [("res_model", "=", repair._name), ("res_id", "=", repair.id)]
        )
        self.assertRecordValues(
            charge, [{"kind": "penalty", "amount": -30, "dealer_id": self.dealer_a.id}]
        )
        repair.action_accept(reason="The customer was paid back")
        self.assertEqual((repair.state, charge.state), ("accepted", "cancelled"))

    def test_what_was_reported_does_not_change(self):
        with self.assertRefused("enter what the customer was charged"):
            self.make_repair().action_report()
        with self.assertRefused("in the future"):
            self.make_repair(
                {"kind": "hour", "price_unit": 8}, date=self.today + timedelta(days=1)
            ).action_report()
        repair = self.make_repair({"kind": "hour", "price_unit": 50})
        repair.action_report()
        for record, values in (
            (repair.line_ids, {"price_unit": 1}),
            (repair, {"date": self.today - timedelta(days=1)}),
            (repair, {"state": "accepted"}),
        ):
            with self.assertRaises(UserError):
                record.write(values)
        with self.assertRefused("was not overcharged"):
            repair.with_user(self.dealer_manager).action_penalise(reason="x")

    def test_it_counts_for_the_grade(self):
        self.make_repair({"kind": "hour", "price_unit": 50}).action_report()
        self.make_repair({"kind": "hour", "price_unit": 90}).action_report()
        self.env.flush_all()
        measured = self.env["aftersales.dealer.reading"]._read_tariff(
            self.company, self.today, self.today
        )
        self.assertEqual(measured[self.dealer_a.id], (1, 2, 50.0, 2))

    def check_report_from_a_ticket(self, data):
        """The ticket leads to the report, which knows customer, machine and ticket already."""
        ticket = self.make_ticket(self.sell_to_dealer("TARIFF-9"), subject="Leaks")
        ticket.dispatch_dealer_id = self.dealer_a
        dispatch = ticket.sudo().dispatch_id
        url = f"{URL}/new?dispatch={dispatch.id}"
        self.assertNotIn("TARIFF-9", self.url_open(url).text)  # nothing was done yet
        dispatch._report(fixed=True, work_done="Sealed the pump", date_repair=self.today)
        self.assertIn(url, self.url_open(dispatch.access_url).text)
        page = self.url_open(url).text
        for text in ("TARIFF-9", "Sealed the pump", ticket.name):
            self.assertIn(text, page)
        data = dict(data, dispatch=str(dispatch.id), serial="TARIFF-9", description="Sealed")
        urls = {self.url_open(f"{URL}/new", data=data).url for _click in range(2)}
        repair = self.env["aftersales.paid.repair"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual((len(urls), repair.dealer_id), (1, self.dealer_a))
        self.assertIn(repair.access_url, self.url_open(dispatch.access_url).text)
        self.assertIn(dispatch.access_url, self.url_open(repair.access_url).text)

    def test_on_the_portal(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn("Test Tariff", self.url_open("/my/dealer/tariff").text)
        pdf = self.url_open("/my/dealer/tariff?report_type=pdf")
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        self.assertIn('name="description"', self.url_open(f"{URL}/new").text)
        data = {
            "csrf_token": Request.csrf_token(self),
            "date": str(self.today),
            "customer_name": "Farm One",
            "line_kind": ["hour", "part"],
            "line_what": ["", "NO-SUCH"],
            "line_quantity": ["2", "1"],
            "line_price_unit": ["60", "110"],
        }
        self.assertIn("no such part", self.url_open(f"{URL}/new", data=data).text)
        data["line_what"][1] = "T-PUMP"
        data["line_price_unit"][0] = "-60"
        self.assertIn("enter a number", self.url_open(f"{URL}/new", data=data).text)
        data["line_price_unit"][0] = "60"
        page = self.url_open(f"{URL}/new", data=data)
        repair = self.env["aftersales.paid.repair"].search([("customer_name", "=", "Farm One")])
        self.assertTrue(page.url.endswith(repair.access_url))
        self.assertIn("above the tariff", page.text)
        self.assertEqual((repair.amount_over, repair.state), (20, "reported"))
        self.assertIn(repair.name, self.url_open(URL).text)
        self.check_report_from_a_ticket(data)
        for login in ("t_portal_b", "t_portal_customer"):
            self.authenticate(login, login)
            self.assertNotIn("Farm One", self.url_open(repair.access_url).text)
        self.assertNotIn("Test Tariff", self.url_open("/my/dealer/tariff").text)
        repairs = self.env["aftersales.paid.repair"]
        self.assertFalse(repairs.with_user(self.portal_b).search([]))
        self.assertFalse(repairs.with_user(self.foreign_manager).search([]))
