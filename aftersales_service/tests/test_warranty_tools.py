import doctest
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools import warranty
from odoo.addons.aftersales_service.tools.meter_usage import Reading, meter_reached

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestWarrantyTools(BaseCase):
    """W04: the arithmetic of starts and meters."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(warranty).failed)

    @QUIET
    @given(st.none() | DAYS, st.none() | DAYS, st.booleans(), DAYS)
    def test_start(self, event, fallback, is_latest, today):
        start, by = warranty.warranty_start(event, fallback, is_latest, today)
        self.assertIn(start, (event, fallback, None))
        self.assertEqual(start is None, by is None)
        if event:
            self.assertIsNotNone(start)
        if event and is_latest and fallback:
            self.assertEqual(start, min(event, fallback))
        if event and not is_latest:
            self.assertEqual((start, by), (event, "event"))
        if not event and fallback:
            self.assertEqual(start is not None, fallback <= today)
        # Once started it stays started, whatever day it is.
        if start:
            later = warranty.warranty_start(event, fallback, is_latest, today + timedelta(days=1))
            self.assertEqual(later, (start, by))

    @QUIET
    @given(st.lists(st.integers(0, 3000), max_size=9), st.integers(1, 3000))
    def test_meter_of_one_counter(self, values, limit):
        readings = [
            Reading(date(2026, 1, 1 + index), value) for index, value in enumerate(sorted(values))
        ]
        expected = next(
            (day for day, value in ((r.date, r.value) for r in readings) if value > limit), None
        )
        self.assertEqual(meter_reached(readings, limit), expected)

    def test_meter_goes_on_when_replaced(self):
        days = [date(2026, 1, day) for day in (1, 2, 3, 4)]
        readings = [
            Reading(days[0], 900),
            Reading(days[1], 0, True),
            Reading(days[2], 100),
            Reading(days[3], 101),
        ]
        self.assertEqual(meter_reached(readings, 1000), days[3])
        self.assertIsNone(meter_reached(readings, 0))

    def test_overlap(self):
        parts, labour = {"parts"}, {"labour"}
        self.assertIsNone(warranty.find_overlap([("", parts), ("", labour), (7, parts)]))
        self.assertEqual(
            warranty.find_overlap([("", parts), (7, parts), ("", parts | labour)]), (0, 2)
        )
