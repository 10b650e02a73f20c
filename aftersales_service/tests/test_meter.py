from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, Form, tagged

from ..tools.meter_usage import (
    DAYS_PER_MONTH,
    Reading,
    first_backward,
    forecast,
    in_order,
    totals,
    usage_per_day,
)
from .common import AftersalesCommon

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestMeterUsage(BaseCase):
    """The arithmetic of readings, without a database."""

    def test_a_replaced_counter_starts_anew_and_the_machine_goes_on(self):
        readings = [
            Reading(DAY, 100),
            Reading(DAY + timedelta(days=10), 200),
            Reading(DAY + timedelta(days=10), 5, replaced=True),
            Reading(DAY + timedelta(days=20), 105),
        ]
        self.assertEqual(totals(readings), [100, 200, 200, 300])
        self.assertEqual(usage_per_day(readings), 10)
        self.assertIsNone(first_backward(readings))

    def test_readings_of_one_day_stay_in_the_order_of_entry(self):
        readings = [Reading(DAY, 105), Reading(DAY, 110), Reading(DAY - timedelta(days=1), 100)]
        self.assertEqual([r.value for r in in_order(readings)], [100, 105, 110])
        changed = [Reading(DAY, 110), Reading(DAY, 0, replaced=True)]
        self.assertEqual([r.value for r in in_order(changed)], [110, 0])

    def test_only_the_last_year_tells_the_usage(self):
        readings = [
            Reading(DAY - timedelta(days=2000), 0),
            Reading(DAY - timedelta(days=100), 10000),
            Reading(DAY, 10100),
        ]
        self.assertEqual(usage_per_day(readings), 1)

    def test_one_reading_in_the_last_year_is_compared_with_the_one_before(self):
        readings = [Reading(DAY - timedelta(days=1000), 0), Reading(DAY, 2000)]
        self.assertEqual(usage_per_day(readings), 2)

    def test_one_reading_tells_no_usage(self):
        self.assertIsNone(usage_per_day([]))
        self.assertIsNone(usage_per_day([Reading(DAY, 5)]))
        self.assertIsNone(usage_per_day([Reading(DAY, 5), Reading(DAY, 9)]))

    def test_the_day_the_limit_is_reached(self):
        readings = [Reading(DAY - timedelta(days=100), 0), Reading(DAY, 1000)]
        self.assertEqual(forecast(readings, 2000), DAY + timedelta(days=100))
        self.assertEqual(forecast(readings, 1000), DAY)
        self.assertEqual(forecast(readings, 900), DAY)

    def test_no_forecast_without_usage_or_too_far_away(self):
        self.assertIsNone(forecast([], 100))
        self.assertIsNone(forecast([Reading(DAY, 5)], 100))
        standing = [Reading(DAY - timedelta(days=100), 50), Reading(DAY, 50)]
        self.assertIsNone(forecast(standing, 100))
        slow = [Reading(DAY - timedelta(days=100), 50), Reading(DAY, 50.1)]
        self.assertIsNone(forecast(slow, 1000000))

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.integers(0, 900), st.floats(0, 10000, allow_nan=False), st.booleans()),
            max_size=12,
        )
    )
    def test_a_machine_never_runs_backward(self, rows):
        readings = in_order([Reading(DAY + timedelta(days=n), v, r) for n, v, r in rows])
        run = totals(readings)
        self.assertEqual(len(run), len(readings))
        if first_backward(readings) is None:
            for earlier, later in zip(run, run[1:], strict=False):
                self.assertGreaterEqual(later, earlier - 1e-6)
            self.assertGreaterEqual(usage_per_day(readings) or 0, -1e-6)
        else:
            self.assertTrue(any(b < a for a, b in zip(run, run[1:], strict=False)))

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.floats(0.1, 50), st.integers(1, 365), st.floats(1, 5000))
    def test_the_forecast_is_where_the_line_meets_the_limit(self, usage, days, more):
        total = usage * days
        readings = [Reading(DAY - timedelta(days=days), 0), Reading(DAY, total)]
        day = forecast(readings, total + more)
        if day is not None:
            self.assertLessEqual(abs((day - DAY).days * usage - more), usage)


@tagged("post_install", "-at_install")
class TestMeter(AftersalesCommon):
    """W01: readings of an asset's counter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("METER-1")
        cls.today = fields.Date.today()

    def add_reading(self, value, days_ago=0, user=None, **values):
        return (
            self.env["aftersales.asset.meter"]
            .with_user(user or self.technician_user)
            .create(
                {
                    "asset_id": self.asset.id,
                    "value": value,
                    "date": self.today - timedelta(days=days_ago),
                    **values,
                }
            )
        )

    def test_a_technician_adds_a_reading_by_one_dialog(self):
        action = self.asset.with_user(self.technician_user).action_add_meter_reading()
        meters = self.env["aftersales.asset.meter"].with_user(self.technician_user)
        form = Form(meters.with_context(**action["context"]), view=action["view_id"][0])
        form.value = 120
        form.save()
        self.assertEqual((self.asset.meter, self.asset.meter_unit), (120, "hour"))

    def test_a_salesperson_neither_reads_nor_adds_readings(self):
        with self.assertRaises(AccessError):
            self.add_reading(1, user=self.plain_user)
        chart = self.asset.with_user(self.plain_user).get_meter_chart()
        self.assertEqual(chart, {"may_add": False, "meters": []})

    def test_a_meter_running_backward_is_refused(self):
        self.add_reading(100, days_ago=10)
        with self.assertRefused(r"METER-1.*90.*below 100.*Meter Replaced", ValidationError):
            self.add_reading(90)
        self.add_reading(120)
        with self.assertRefused("120.* is below 130", ValidationError):
            self.add_reading(130, days_ago=5)

    def test_a_replaced_meter_needs_its_reason(self):
        self.add_reading(100, days_ago=10)
        with self.assertRefused("why the meter was replaced", ValidationError):
            self.add_reading(0, replaced=True, note=" ")
        self.add_reading(0, days_ago=5, replaced=True, note="Display broken")
        self.add_reading(50)
        self.assertEqual(self.asset.meter, 50)

    def test_changing_or_deleting_a_reading_keeps_the_rest_forward(self):
        first = self.add_reading(100, days_ago=10)
        replaced = self.add_reading(0, days_ago=5, replaced=True, note="Display broken")
        last = self.add_reading(50)
        with self.assertRefused("below 100", ValidationError):
            replaced.with_user(self.manager_user).unlink()
        with self.assertRefused("below 100", ValidationError):
            replaced.replaced = False
        with self.assertRefused("below 60", ValidationError):
            replaced.value = 60
        last.with_user(self.manager_user).unlink()
        self.assertEqual(self.asset.meter, 0)
        (first | replaced).with_user(self.manager_user).unlink()
        self.assertFalse(self.asset.meter_unit)

    def test_two_readings_of_one_day(self):
        self.add_reading(105)
        self.add_reading(110)
        self.assertEqual(self.asset.meter, 110)
        with self.assertRefused("109.0 .* is below 110", ValidationError):
            self.add_reading(109)

    def test_a_reading_of_the_future_or_below_zero_is_refused(self):
        with self.assertRefused("in the future", ValidationError):
            self.add_reading(10, days_ago=-3)

    def test_an_import_with_a_backward_reading_changes_nothing(self):
        self.add_reading(100, days_ago=10)
        result = (
            self.env["aftersales.asset.meter"]
            .with_user(self.agent_user)
            .load(
                ["asset_id/.id", "date", "value", "unit"],
                [
                    [str(self.asset.id), str(self.today - timedelta(days=3)), "150", "hour"],
                    [str(self.asset.id), str(self.today), "140", "hour"],
                ],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("below 150", result["messages"][0]["message"])
        self.assertEqual(len(self.asset.meter_ids), 1)

    def test_the_chart_explains_when_the_limit_of_the_warranty_is_reached(self):
        self.asset.warranty_ids.term_ids[0].meter_limit = 2000
        self.add_reading(0, days_ago=100)
        self.add_reading(1000)
        chart = self.asset.with_user(self.technician_user).get_meter_chart()
        line = chart["meters"][0]
        self.assertTrue(chart["may_add"])
        self.assertAlmostEqual(line["per_month"], 10 * DAYS_PER_MONTH)
        self.assertEqual(
            line["forecasts"][0]["date"],
            fields.Date.to_string(self.today + timedelta(days=100)),
        )
        self.assertIn("before its last day", line["sentences"][-1])

    def test_the_chart_says_when_the_date_comes_first(self):
        self.asset.warranty_ids.term_ids[0].meter_limit = 20000
        self.add_reading(0, days_ago=100)
        self.add_reading(1000)
        sentence = self.asset.get_meter_chart()["meters"][0]["sentences"][-1]
        self.assertIn("ends by its date", sentence)

    def test_the_chart_of_a_replaced_meter_counts_both(self):
        self.add_reading(0, days_ago=100)
        self.add_reading(1000, days_ago=50)
        self.add_reading(0, days_ago=50, replaced=True, note="Display broken")
        self.add_reading(500)
        line = self.asset.get_meter_chart()["meters"][0]
        self.assertTrue(line["replaced"])
        self.assertEqual([r["total"] for r in line["readings"]], [0, 1000, 1000, 1500])
        self.assertTrue(any("1,500 h in all" in text for text in line["sentences"]))
