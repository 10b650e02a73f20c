import doctest
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import business_time
from ..tools.business_time import (
    ROUND_THE_CLOCK,
    BeyondWindowError,
    WorkingTime,
    month_seconds,
    pair_pauses,
    subtract_spans,
)

EPOCH = datetime(2026, 3, 1)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "America/Mexico_City",
)

moments = st.integers(0, 40 * 86400).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
spans = st.tuples(moments, st.integers(1, 12 * 3600)).map(
    lambda s: (s[0], s[0] + timedelta(seconds=s[1]))
)
span_lists = st.lists(spans, max_size=25)
durations = st.integers(1, 30 * 3600)


def office(tz, start, days):
    """Working spans 09:00–12:00 and 13:00–18:00 local time, Monday to Friday, as naive UTC."""
    result = []
    for offset in range(days):
        day = start + timedelta(days=offset)
        for begin, end in ((9, 12), (13, 18)) if day.weekday() < 5 else ():
            local = [day.replace(hour=hour, tzinfo=tz).astimezone(UTC) for hour in (begin, end)]
            result.append(tuple(moment.replace(tzinfo=None) for moment in local))
    return result


def slow_count(working, start, end):
    """Count working seconds the naive way, for comparison."""
    return sum(max(0, (min(e, end) - max(s, start)).total_seconds()) for s, e in working.spans)


@tagged("post_install", "-at_install")
class TestBusinessTime(BaseCase):
    """S03: exact to the second, whatever the hours, pauses and clocks set forward or back."""

    def test_doctests(self):
        self.assertFalse(doctest.testmod(business_time).failed)

    @settings(max_examples=150, deadline=None)
    @given(span_lists, moments, durations)
    def test_adding_and_counting_are_inverse(self, working_spans, start, seconds):
        working = WorkingTime(working_spans)
        try:
            end = working.add(start, seconds)
        except BeyondWindowError:
            self.assertLess(working.count(start, EPOCH + timedelta(days=60)), seconds)
            return
        self.assertEqual(working.count(start, end), seconds)
        # It is the first such moment.
        self.assertEqual(working.count(start, end - timedelta(seconds=1)), seconds - 1)

    @settings(max_examples=150, deadline=None)
    @given(span_lists, moments, moments, moments)
    def test_counting_is_additive_and_agrees_with_the_slow_way(
        self, working_spans, one, two, three
    ):
        working = WorkingTime(working_spans)
        self.assertEqual(
            working.count(one, two) + working.count(two, three), working.count(one, three)
        )
        first, last = sorted((one, two))
        self.assertEqual(working.count(first, last), slow_count(working, first, last))

    @settings(max_examples=150, deadline=None)
    @given(span_lists, moments, durations, st.lists(spans, max_size=6))
    def test_a_pause_moves_the_deadline_by_the_working_time_paused(
        self, working_spans, start, seconds, pauses
    ):
        working = WorkingTime(
            working_spans + [(EPOCH + timedelta(days=50), EPOCH + timedelta(days=90))]
        )
        deadline = working.add_beside(start, seconds, pauses)
        cut = WorkingTime(subtract_spans(working.spans, pauses))
        self.assertEqual(deadline, cut.add(start, seconds))
        paused = WorkingTime(subtract_spans(working.spans, subtract_spans(working.spans, pauses)))
        self.assertEqual(working.count(start, deadline), seconds + paused.count(start, deadline))
        self.assertGreaterEqual(deadline, working.add(start, seconds))

    @settings(max_examples=150, deadline=None)
    @given(span_lists, span_lists)
    def test_subtraction_leaves_what_is_in_no_hole(self, working_spans, holes):
        left = WorkingTime(subtract_spans(working_spans, holes))
        whole, hole = WorkingTime(working_spans), WorkingTime(holes)
        for start, end in left.spans:
            self.assertEqual(hole.count(start, end), 0)
            self.assertEqual(whole.count(start, end), (end - start).total_seconds())
        cut = WorkingTime(subtract_spans(working_spans, left.spans))
        horizon = (EPOCH - timedelta(days=1), EPOCH + timedelta(days=60))
        self.assertEqual(left.count(*horizon) + cut.count(*horizon), whole.count(*horizon))

    @settings(max_examples=80, deadline=None)
    @given(st.sampled_from(ZONES), st.integers(0, 364), st.integers(0, 86399), durations)
    def test_office_hours_in_every_zone_through_the_year(self, zone, day, second, seconds):
        tz = ZoneInfo(zone)
        start = datetime(2026, 1, 1) + timedelta(days=day, seconds=second)
        working = WorkingTime(
            office(tz, start.replace(hour=0, minute=0, second=0) - timedelta(days=1), 40)
        )
        end = working.add(start, seconds)
        self.assertEqual(working.count(start, end), seconds)
        local = end.replace(tzinfo=UTC).astimezone(tz)
        self.assertTrue(9 <= local.hour <= 18 and local.weekday() < 5, local)

    def test_the_night_the_clocks_change(self):
        berlin = ZoneInfo("Europe/Berlin")
        # Friday 27 March 2026 17:00 local; summer time begins on Sunday.
        working = WorkingTime(office(berlin, datetime(2026, 3, 26), 10))
        self.assertEqual(working.add(datetime(2026, 3, 27, 16), 2 * 3600), datetime(2026, 3, 30, 8))
        self.assertEqual(
            ROUND_THE_CLOCK.add(datetime(2026, 3, 28, 16), 86400), datetime(2026, 3, 29, 16)
        )

    def test_a_month_is_a_calendar_month(self):
        utc, berlin = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
        self.assertEqual(month_seconds(datetime(2026, 1, 31, 8), 1, utc), 28 * 86400)
        self.assertEqual(month_seconds(datetime(2028, 1, 31, 8), 1, utc), 29 * 86400)
        self.assertEqual(month_seconds(datetime(2026, 3, 15, 8), 1, berlin), 31 * 86400 - 3600)

    @settings(max_examples=80, deadline=None)
    @given(st.sampled_from(ZONES), moments, st.integers(1, 24))
    def test_months_keep_the_local_time(self, zone, start, months):
        tz = ZoneInfo(zone)
        end = start + timedelta(seconds=month_seconds(start, months, tz))
        before, after = (m.replace(tzinfo=UTC).astimezone(tz) for m in (start, end))
        self.assertEqual((after.year - before.year) * 12 + after.month - before.month, months)
        # An hour that the change to summer time leaves out comes an hour later.
        self.assertLessEqual(
            (after.hour * 60 + after.minute) - (before.hour * 60 + before.minute), 60
        )

    def test_pauses_are_paired(self):
        events = [(1, "pause"), (2, "pause"), (3, "resume"), (4, "resume"), (6, "pause")]
        self.assertEqual(pair_pauses(events), [(1, 3)])
        self.assertEqual(pair_pauses(events, 9), [(1, 3), (6, 9)])

    def test_beyond_the_window_is_said(self):
        with self.assertRaises(BeyondWindowError):
            WorkingTime([]).add(EPOCH, 1)
        self.assertEqual(WorkingTime([]).add(EPOCH, 0), EPOCH)

    def test_long_periods_cost_two_bisections(self):
        working = WorkingTime(office(ZoneInfo("UTC"), EPOCH, 3650))
        end = working.add(EPOCH, 8 * 3600 * 2000)
        self.assertEqual(working.count(EPOCH, end), 8 * 3600 * 2000)
