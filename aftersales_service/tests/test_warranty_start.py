from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWarrantyStart(AftersalesCommon):
    """W04: what starts a warranty, from which day, and what happens when that turns out wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write(
            {
                "start_event": "acceptance",
                "fallback_event": "delivery",
                "fallback_days": 30,
                "fallback_mode": "latest",
            }
        )
        cls.startClassPatcher(freeze_time("2026-01-31 12:00:00"))
        cls.asset = cls.sell("S-1")
        cls.warranty = cls.asset.warranty_ids

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_warranty_start").method_direct_trigger()

    def assertStarted(self, start, basis, state="active"):
        self.assertRecordValues(
            self.warranty, [{"date_start": start, "start_basis": basis, "state": state}]
        )

    def get_log(self):
        return " ".join(self.warranty.message_ids.mapped("body"))

    def test_waits_then_starts_at_the_latest(self):
        self.run_cron()
        self.assertStarted(False, False, "draft")
        self.assertEqual(self.warranty.date_fallback, date(2026, 3, 2))
        with freeze_time("2026-03-01 23:00:00"):
            self.run_cron()
            self.assertEqual(self.warranty.state, "draft")
        with freeze_time("2026-03-02 01:00:00"):
            self.run_cron()
        self.assertStarted(date(2026, 3, 2), "delivery")
        self.assertEqual(self.warranty.date_end, date(2028, 3, 2))
        self.assertIn("30 days after", self.get_log())

    def test_day_begins_in_the_company_s_time_zone(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        with freeze_time("2026-03-01 17:00:00"):
            self.run_cron()
            self.assertEqual(self.warranty.state, "active")

    def test_late_event_does_not_move_the_latest_start(self):
        with freeze_time("2026-03-20 12:00:00"):
            self.run_cron()
            self.asset.date_acceptance = "2026-03-15"
            self.assertStarted(date(2026, 3, 2), "delivery")
            self.assertIn("after the latest start", self.get_log())
            # Signed in time, but recorded late: the event counts.
            self.asset.date_acceptance = "2026-02-10"
            self.assertStarted(date(2026, 2, 10), "acceptance")

    def test_late_event_known_before_the_job_ran(self):
        with freeze_time("2026-03-20 12:00:00"):
            self.asset.date_acceptance = "2026-03-15"
        self.assertStarted(date(2026, 3, 2), "delivery")

    def test_event_counts_whenever_known(self):
        """D4: completion as long as the certificate cannot be shown."""
        self.policy.write(
            {"fallback_event": "completion", "fallback_days": 0, "fallback_mode": "until"}
        )
        asset = self.sell("S-2")
        self.warranty = asset.warranty_ids
        asset.date_completion = "2026-01-31"
        self.assertStarted(date(2026, 1, 31), "completion")
        with freeze_time("2026-04-20 12:00:00"):
            asset.date_acceptance = "2026-04-15"
        self.assertStarted(date(2026, 4, 15), "acceptance")
        self.assertIn("instead of 01/31/2026", self.get_log())

    def test_withdrawn_event(self):
        self.asset.date_acceptance = "2026-01-31"
        self.assertStarted(date(2026, 1, 31), "acceptance")
        self.asset.date_acceptance = False
        self.assertStarted(False, False, "draft")
        self.assertFalse(self.warranty.date_end)
        with freeze_time("2026-04-20 12:00:00"):
            self.asset.date_acceptance = "2026-02-01"
            self.asset.date_acceptance = False
            self.assertStarted(date(2026, 3, 2), "delivery")

    def test_corrected_delivery_moves_the_fallback(self):
        with freeze_time("2026-03-20 12:00:00"):
            self.run_cron()
            self.asset.date_delivery = "2026-02-05"
            self.assertStarted(date(2026, 3, 7), "delivery")
            self.asset.date_delivery = "2026-03-10"
            self.assertStarted(False, False, "draft")

    def test_month_ends_and_leap_days(self):
        for start, end in (
            ("2026-01-31", date(2028, 1, 31)),
            ("2026-02-28", date(2028, 2, 28)),
        ):
            self.asset.date_acceptance = start
            self.assertEqual(self.warranty.date_end, end)
        self.asset.date_delivery = "2024-02-01"
        self.asset.date_acceptance = "2024-02-29"
        self.assertEqual(self.warranty.date_end, date(2026, 2, 28))
        wear = self.warranty.term_ids.filtered("part_category_id")
        self.assertEqual(wear.date_end, date(2024, 5, 29))

    def test_void_warranty_is_not_started(self):
        self.warranty._void("Sold for export")
        with freeze_time("2026-03-20 12:00:00"):
            self.run_cron()
        self.assertStarted(False, False, "void")

    def test_job_is_constant_in_queries_and_goes_on_after_a_failure(self):
        assets = self.sell("S-3", "S-4", "S-5", "S-6")
        broken = assets[1].warranty_ids
        self.env.cr.execute(
            "UPDATE aftersales_warranty_term SET duration = 99999999 WHERE warranty_id = %s",
            [broken.id],
        )
        self.env.invalidate_all()
        with (
            freeze_time("2026-03-20 12:00:00"),
            self.assertLogs("odoo.addons.aftersales_service", "ERROR"),
        ):
            self.run_cron()
        self.assertEqual(
            (assets.warranty_ids - broken).mapped("state"), ["active"] * 3, "the others start"
        )
        self.assertEqual(broken.state, "draft")

    def test_terms_of_a_warranty_are_checked(self):
        self.asset.date_acceptance = "2026-01-31"
        term = self.warranty.term_ids[0]
        name = self.warranty.name
        for vals, message in (
            ({"date_end": "2020-01-01"}, f"{name}.*before the start"),
            ({"duration": -1}, f"{name}.*duration is -1"),
            (
                {"part_category_id": self.category_wear.id},
                f"{name}.*same component or part category",
            ),
        ):
            with self.subTest(vals), self.assertRefused(message, ValidationError):
                term.write(vals)


@tagged("post_install", "-at_install")
class TestDeliveryDay(AftersalesCommon):
    """W04: the delivery's day is the one of the place it leaves, not of server or user."""

    def deliver_at(self, utc, serial):
        with freeze_time(utc):
            return self.sell(serial).date_delivery

    def test_around_midnight(self):
        self.company.partner_id.tz = "Asia/Shanghai"  # UTC+8
        self.env.user.tz = "America/New_York"
        self.assertEqual(self.deliver_at("2026-03-31 15:59:00", "M-1"), date(2026, 3, 31))
        self.assertEqual(self.deliver_at("2026-03-31 16:01:00", "M-2"), date(2026, 4, 1))

    def test_warehouse_in_another_time_zone(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.warehouse.partner_id = self.env["res.partner"].create(
            {"name": "Depot in Mexico", "tz": "America/Mexico_City"}  # UTC-6
        )
        self.assertEqual(self.deliver_at("2026-04-01 05:59:00", "M-3"), date(2026, 3, 31))
        self.assertEqual(self.deliver_at("2026-04-01 06:01:00", "M-4"), date(2026, 4, 1))
