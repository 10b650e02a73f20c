"""W11: periods and amounts of service contracts, by their properties."""

import doctest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import contract_schedule as schedule

dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))
months = st.sampled_from(sorted({0, *schedule.PERIOD_MONTHS.values()}))
alignments = st.sampled_from(["start", "calendar"])
roundings = st.sampled_from([0.01, 1.0, 0.05, 0.001])
prices = st.decimals(0, 9_999_999, places=2).map(float)


def decimal_sum(values):
    return sum((Decimal(str(value)) for value in values), Decimal(0))


@tagged("post_install", "-at_install")
class TestContractSchedule(BaseCase):
    def _cut(self, start, days, period, alignment):
        anchor = schedule.anchor_of(start, period, alignment)
        return schedule.cut(start, start + timedelta(days=days), anchor, period)

    def test_examples_of_the_documentation(self):
        self.assertEqual(doctest.testmod(schedule).failed, 0)

    @settings(deadline=None, max_examples=200)
    @given(dates, st.integers(0, 2500), months, alignments)
    def test_windows_follow_one_another_and_fill_the_term(self, start, days, period, alignment):
        windows = self._cut(start, days, period, alignment)
        self.assertEqual(windows[0].start, start)
        self.assertEqual(windows[-1].end, start + timedelta(days=days))
        for window, following in zip(windows, windows[1:], strict=False):
            self.assertEqual(window.end + timedelta(days=1), following.start)
        self.assertTrue(all(0 < window.weight <= 1 for window in windows))

    @settings(deadline=None, max_examples=200)
    @given(dates, st.integers(0, 2500), months, alignments, prices, roundings)
    def test_amounts_add_up_to_the_price(self, start, days, period, alignment, price, rounding):
        windows = self._cut(start, days, period, alignment)
        amounts = schedule.amounts(price, windows, rounding)
        whole = schedule.amounts(price, windows[:1], rounding)
        self.assertEqual(decimal_sum(amounts), decimal_sum(whole))
        self.assertTrue(all(amount >= 0 for amount in amounts))
        self.assertLessEqual(abs(decimal_sum(whole) - Decimal(str(price))), Decimal(str(rounding)))

    @settings(deadline=None, max_examples=200)
    @given(dates, st.integers(0, 800), prices, st.integers(-5, 900))
    def test_a_share_is_between_nothing_and_all(self, start, days, price, day):
        (window,) = self._cut(start, days, 0, "start")
        earned = schedule.until(price, window, start + timedelta(days=day), 0.01)
        self.assertTrue(0 <= earned <= price)
        if day >= days:
            self.assertEqual(earned, price)
        if day < 0:
            self.assertEqual(earned, 0)

    @settings(deadline=None)
    @given(prices, st.integers(1, 200))
    def test_split_adds_up(self, total, count):
        parts = schedule.split(total, count, 0.01)
        self.assertEqual(decimal_sum(parts), Decimal(str(total)))
        self.assertLessEqual(max(parts) - min(parts), 0.0100001)

    @settings(deadline=None)
    @given(dates, st.integers(1, 60))
    def test_whole_periods_weigh_the_same(self, start, count):
        end = schedule.last_day(start, count, "month")
        windows = schedule.cut(start, end, start, 1)
        self.assertEqual(len(windows), count)
        self.assertTrue(all(window.weight == 1 for window in windows[:-1]))

    def test_calendar_periods_are_partial_at_both_ends(self):
        windows = self._cut(date(2026, 1, 16), 364, 1, "calendar")
        self.assertEqual(len(windows), 13)
        self.assertEqual(windows[0].days, 16)
        self.assertEqual(windows[-1].end, date(2027, 1, 15))
        amounts = schedule.amounts(1200.0, windows, 0.01)
        self.assertEqual(amounts[0], 51.61)  # 16 of 31 days
        self.assertEqual(amounts[1], 100.0)

    def test_a_term_begins_within_a_later_period(self):
        windows = schedule.cut(date(2026, 8, 20), date(2027, 1, 14), date(2026, 1, 15), 3)
        self.assertEqual(windows[0].start, date(2026, 8, 20))
        self.assertEqual(windows[0].end, date(2026, 10, 14))
