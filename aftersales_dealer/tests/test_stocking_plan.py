from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..tools.stocking import get_shortfall, recommend
from .common_claim import ClaimCommon

URL = "/my/dealer/stocking"


class StockingCommon(ClaimCommon):
    """A season that covers today, and a plan of dealer A for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.season = cls.env["aftersales.stocking.season"].create(
            {
                "name": "Test Season",
                "date_start": cls.today - timedelta(days=5),
                "date_end": cls.today + timedelta(days=60),
            }
        )
        cls.plan = cls.env["aftersales.stocking.plan"].create(
            {
                "dealer_id": cls.dealer_a.id,
                "season_id": cls.season.id,
                "user_id": cls.dealer_manager.id,
                "line_ids": [(0, 0, {"product_id": cls.part.id, "quantity_planned": 10})],
            }
        )
        cls.line = cls.plan.line_ids

    def as_dealer(self, plan=None, user=None):
        return (plan or self.plan).with_user(user or self.portal_a).sudo()


@tagged("post_install", "-at_install")
class TestStockingPlan(StockingCommon):
    """D06: what to have in stock before the season, what lacks, and whose delay that is."""

    def test_arithmetic(self):
        self.assertEqual(recommend([4, 2]), 4)
        self.assertEqual(recommend([4, 2], 50), 5)
        self.assertEqual(recommend([]), 0)
        self.assertEqual(get_shortfall(10, 3, 4), 3)

    def test_plans_come_from_what_was_fitted_and_are_made_once(self):
        claim = self.make_submitted(
            lines=[self.line_part(quantity=3.0)],
            date_failure=self.day(2),
            date_repair=self.day(1),
        )
        self.assertEqual(claim.state, "awaiting_parts")
        season = self.env["aftersales.stocking.season"].create(
            {
                "name": "Next Year",
                "date_start": self.today + relativedelta(years=1) - timedelta(days=20),
                "date_end": self.today + relativedelta(years=1) + timedelta(days=20),
                "growth": 50,
            }
        )
        self.assertEqual(season.date_due, season.date_start - timedelta(days=30))
        season.with_user(self.dealer_manager).action_make_plans()
        plan = season.plan_ids.filtered(lambda p: p.dealer_id == self.dealer_a)
        self.assertRecordValues(
            plan.line_ids,
            [
                {
                    "product_id": self.part.id,
                    "fitted_last": 3.0,
                    "fitted_before": 0.0,
                    "quantity_recommended": 5.0,
                    "quantity_planned": 5.0,
                }
            ],
        )
        with self.assertRefused("has its plan already"):
            season.with_user(self.dealer_manager).action_make_plans()
        with self.assertRaises(AccessError):
            season.with_user(self.dealer_user).action_make_plans()

    def test_the_dealer_confirms_and_orders_cash_on_delivery(self):
        self.plan.with_user(self.dealer_user).action_send()
        mail = self.env["mail.message"].search(
            [("partner_ids", "in", self.dealer_a.ids), ("subject", "like", "Spare parts")]
        )
        self.assertIn("Test Pump", mail.body)
        order = self.as_dealer()._confirm({self.line.id: 3}, {self.line.id: 4})
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id, self.dealer_a)
        self.assertEqual(
            order.payment_term_id, self.env.ref("account.account_payment_term_immediate")
        )
        self.assertEqual((self.line.quantity_ordered, self.line.shortfall), (4, 3))
        self.assertEqual(self.plan.short_count, 1)
        self.assertIn("Lacking", str(self.plan.activity_ids.note))
        with self.assertRefused("cannot become"):
            self.as_dealer()._confirm({}, {self.line.id: 4})
        self.assertEqual(self.plan.sale_order_count, 1)
        # What came is counted once: as stock when the dealer counts again.
        order.action_confirm()
        self.env["stock.quant"]._update_available_quantity(self.part, self.stock_location, 10)
        self.deliver(order.picking_ids)
        self.assertEqual(self.plan.slip_state, "unsigned")
        self.assertEqual(self.line.shortfall, 3)
        self.as_dealer()._report_stock({self.line.id: 7})
        self.assertEqual((self.line.quantity_ordered, self.line.shortfall), (0, 3))
        order.picking_ids.signature = self.make_claim().signature
        self.plan.invalidate_recordset(["slip_state"])
        self.assertEqual(self.plan.slip_state, "signed")

    def test_quantities_that_are_none_are_refused(self):
        self.plan.action_send()
        for value in (-1, float("nan"), float("inf"), None):
            with self.assertRefused("enter a quantity"):
                self.as_dealer()._report_stock({self.line.id: value})

    def test_empty_twice_or_typed_in_is_refused(self):
        empty = self.plan.copy({"season_id": self.season.copy({"name": "Other"}).id})
        with self.assertRefused("has no parts"):
            empty.with_user(self.dealer_user).action_send()
        with self.assertRaises(UserError):
            self.plan.with_user(self.dealer_user).write({"state": "confirmed"})
        with self.assertRaises(UserError):
            self.plan.with_user(self.dealer_user).write({"reminder_count": 3})
        self.plan.action_send()
        self.as_dealer()._confirm({}, {})
        with self.assertRefused("no longer changes"):
            self.line.with_user(self.dealer_user).quantity_planned = 1

    def test_the_dealer_is_reminded_once_a_week(self):
        self.plan.action_send()
        self.plan._write_past_guard({"date_sent": fields.Datetime.now() - timedelta(days=20)})
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_stocking_plan_remind")
        for _run in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(self.plan.reminder_count, 1)
        self.assertEqual(self.plan.activity_ids.user_id, self.dealer_manager)
        self.as_dealer()._confirm({}, {})
        self.plan._write_past_guard({"date_reminded": self.day(10)})
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.plan.reminder_count, 1)

    def test_late_for_want_of_a_planned_part_is_the_dealers(self):
        self.plan.action_send()
        ticket = self.make_ticket(self.asset, dispatch_dealer_id=self.dealer_a.id)
        dispatch = ticket.sudo().dispatch_id
        other = self.wear_part
        dispatch._report_missing_part(other)
        self.assertFalse(dispatch.lacks_planned_part)
        dispatch._report_missing_part(self.part)
        self.assertTrue(dispatch.lacks_planned_part)
        self.assertIn(self.plan.name, dispatch.missing_explanation)
        clock = ticket.sudo().clock_ids.filtered(lambda c: c.kind == "arranged" and c.is_open)
        clock._mark_breached(fields.Datetime.now())
        self.assertEqual(clock.breach_reason_id.code, "dealer_parts")


@tagged("post_install", "-at_install")
class TestPortalStocking(StockingCommon, HttpCase):
    """D06 on the portal."""

    def test_on_the_portal(self):
        self.authenticate("t_portal_a", "t_portal_a")
        url = f"{URL}/{self.plan.id}"
        self.assertNotIn("Test Pump", self.url_open(url).text, "a draft is ours")
        self.plan.action_send()
        self.assertIn("Test Pump", self.url_open(url).text)
        self.assertIn(self.plan.name, self.url_open(URL).text)
        token = Request.csrf_token(self)
        data = {f"stock_{self.line.id}": "-2", f"order_{self.line.id}": "4", "csrf_token": token}
        self.assertIn("o_stocking_error", self.url_open(f"{url}/confirm", data=data).text)
        self.assertEqual(self.plan.state, "sent")
        data[f"stock_{self.line.id}"] = "2"
        self.assertIn("o_stocking_confirmed", self.url_open(f"{url}/confirm", data=data).text)
        self.assertEqual((self.line.quantity_stock, self.line.quantity_ordered), (2, 4))
        for login in ("t_portal_b", "t_portal_customer"):
            self.authenticate(login, login)
            self.assertNotIn("Test Pump", self.url_open(url).text)
        plans = self.env["aftersales.stocking.plan"]
        self.assertNotIn(self.plan, plans.with_user(self.portal_b).search([]))
        self.assertNotIn(self.plan, plans.with_user(self.foreign_manager).search([]))
