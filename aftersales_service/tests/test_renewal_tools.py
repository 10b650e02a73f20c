import doctest
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools import handover, repeat_fault

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@tagged("post_install", "-at_install")
class TestRenewalTools(BaseCase):
    def test_doctests(self):
        for module in (handover, repeat_fault):
            self.assertEqual(doctest.testmod(module).failed, 0)

    @settings(deadline=None)
    @given(
        start=DAYS,
        length=st.integers(0, 3000),
        limit=st.integers(1, 5000),
        used=st.integers(0, 6000),
        passed=st.integers(0, 3000),
        later=st.integers(0, 3000),
        more=st.integers(0, 6000),
    )
    def test_replacement_is_covered_as_the_replaced_would_be(
        self, start, length, limit, used, passed, later, more
    ):
        """W16: on each later day, with as many more hours, the answer is the old one's."""
        end = start + timedelta(days=length)
        replaced = start + timedelta(days=passed)
        day = replaced + timedelta(days=later)
        new_end, new_limit = handover.remaining_term(start, end, limit, used, replaced)
        if used == limit and more == 0:
            return  # on the very last hour: nothing is left that a new counter could show
        old = day <= end and used + more <= limit
        new = day <= new_end and (not new_limit or more <= new_limit)
        if replaced > start:
            self.assertEqual(new, old)
        self.assertLessEqual(new_end, end)
        self.assertGreaterEqual(new_end, start)
        self.assertGreater(new_limit, 0, "0 would be no limit at all")

    @settings(deadline=None)
    @given(start=DAYS, end=DAYS, used=st.integers(0, 9000), day=DAYS)
    def test_without_limit_nothing_changes(self, start, end, used, day):
        self.assertEqual(handover.remaining_term(start, end, 0, used, day), (end, 0))

    @settings(deadline=None)
    @given(start=DAYS, length=st.integers(0, 3000), day=DAYS)
    def test_end_before(self, start, length, day):
        """W16: what ends before a day never reaches it, is never longer, never backwards."""
        end = start + timedelta(days=length)
        last = handover.end_before(start, end, day)
        if last is None:
            self.assertLessEqual(day, start)
        else:
            self.assertTrue(start <= last <= end and last < day)
            self.assertIn(last, (end, day - timedelta(days=1)))

    @settings(deadline=None)
    @given(
        days=st.lists(st.integers(0, 60), max_size=12),
        count=st.integers(0, 5),
        within=st.integers(0, 40),
    )
    def test_series_against_brute_force(self, days, count, within):
        """W09: a series is found exactly when some window holds enough faults."""
        events = [(date(2026, 1, 1) + timedelta(days=day), key) for key, day in enumerate(days)]
        series = repeat_fault.find_series(events, count, within)
        exists = count > 1 and any(
            sum(first <= day <= first + within for day in days) >= count for first in days
        )
        self.assertEqual(bool(series), exists)
        if series:
            inside = [days[key] for key in series]
            self.assertGreaterEqual(len(series), count)
            self.assertLessEqual(max(inside) - min(inside), within)
