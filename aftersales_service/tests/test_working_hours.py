from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import BaseCase, TransactionCase, tagged

from ..tools.business_time import WorkingHours, inclusive_end, wall_to_utc

HOUR = 3600
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
)


def hours(tz, *lines, days=range(5), **more):
    """Working hours with the same lines ((from, to) in hours) on the given weekdays."""
    week = [(None, day, start * HOUR, end * HOUR) for day in days for start, end in lines]
    return WorkingHours(tz, week, **more)


@tagged("post_install", "-at_install")
class TestWorkingHours(BaseCase):
    """S03: deadlines worked out by hand, exact to the second."""

    def test_summer_time_begins_in_europe(self):
        # Saturday night 22–06 in Berlin: on 29 March 2026 the hour from 2 to 3 does not exist.
        night = hours("Europe/Berlin", (22, 24), (0, 6), days=range(7))
        start = datetime(2026, 3, 28, 21)  # 22:00 local
        self.assertEqual(night.plan(start, 7 * HOUR), datetime(2026, 3, 29, 4))  # 06:00 local
        self.assertEqual(night.plan(start, 7 * HOUR + 1), datetime(2026, 3, 29, 20, 0, 1))

    def test_summer_time_ends_in_europe(self):
        # On 25 October 2026 the hour from 2 to 3 comes twice: the shift is nine hours long.
        night = hours("Europe/Berlin", (22, 24), (0, 6), days=range(7))
        start = datetime(2026, 10, 24, 20)  # 22:00 local
        self.assertEqual(night.plan(start, 9 * HOUR), datetime(2026, 10, 25, 5))  # 06:00 local
        self.assertEqual(night.plan(start, 9 * HOUR + 1), datetime(2026, 10, 25, 21, 0, 1))

    def test_summer_time_in_america_moves_the_day(self):
        office = hours("America/New_York", (9, 17))
        # Friday 6 March 2026 16:00 EST; from Sunday 8 March it is EDT.
        self.assertEqual(office.plan(datetime(2026, 3, 6, 21), 2 * HOUR), datetime(2026, 3, 9, 14))
        # Friday 30 October 16:00 EDT; from Sunday 1 November it is EST.
        self.assertEqual(
            office.plan(datetime(2026, 10, 30, 20), 2 * HOUR), datetime(2026, 11, 2, 15)
        )

    def test_summer_time_in_the_south_ends_in_april(self):
        office = hours("Australia/Sydney", (9, 17))
        # Friday 3 April 2026 16:00 AEDT (UTC+11); from Sunday 5 April it is AEST (UTC+10).
        self.assertEqual(office.plan(datetime(2026, 4, 3, 5), 2 * HOUR), datetime(2026, 4, 6, 0))
        # Friday 2 October 16:00 AEST; from Sunday 4 October it is AEDT.
        self.assertEqual(office.plan(datetime(2026, 10, 2, 6), 2 * HOUR), datetime(2026, 10, 4, 23))

    def test_half_an_hour_of_summer_time(self):
        # Lord Howe moves its clocks by half an hour: on 5 April 2026 from 02:00 back to 01:30.
        day = hours("Australia/Lord_Howe", (0, 24), days=range(7))
        start = datetime(2026, 4, 4, 13)  # midnight local, UTC+11
        self.assertEqual(
            day.get_working_time(start, start + timedelta(days=2)).count(
                start, datetime(2026, 4, 5, 13, 30)
            ),
            24.5 * HOUR,
        )

    def test_hours_that_do_not_exist_and_hours_that_come_twice(self):
        berlin = ZoneInfo("Europe/Berlin")
        self.assertEqual(
            wall_to_utc(datetime(2026, 3, 29, 2, 30), berlin), datetime(2026, 3, 29, 1, 30)
        )
        self.assertEqual(
            wall_to_utc(datetime(2026, 10, 25, 2, 30), berlin), datetime(2026, 10, 25, 1, 30)
        )
        # A line within the hour left out is worked an hour later, not lost and not negative.
        odd = hours("Europe/Berlin", (2, 3), days=(6,))
        self.assertEqual(
            odd.get_spans(datetime(2026, 3, 29), datetime(2026, 3, 29, 12)),
            [],
        )

    def test_attendance_across_midnight_is_one_span(self):
        shift = hours("UTC", (18, 24), (0, 2), days=range(7))
        self.assertEqual(
            shift.get_spans(datetime(2026, 3, 3), datetime(2026, 3, 3))[1],
            (datetime(2026, 3, 2, 18), datetime(2026, 3, 3, 2)),
        )
        self.assertEqual(
            shift.plan(datetime(2026, 3, 2, 23, 59, 59), 2), datetime(2026, 3, 3, 0, 0, 1)
        )

    def test_a_pause_that_spans_a_leave(self):
        # Tuesday is a holiday; the clock waits from Monday 16:00 to Wednesday 10:00.
        office = hours(
            "UTC", (8, 12), (13, 17), leaves=[(datetime(2026, 3, 3), datetime(2026, 3, 4))]
        )
        pause = (datetime(2026, 3, 2, 16), datetime(2026, 3, 4, 10))
        start = datetime(2026, 3, 2, 15)
        # One hour before the pause, then from Wednesday 10:00: 2 h, lunch, 1 h.
        self.assertEqual(office.plan(start, 4 * HOUR, [pause]), datetime(2026, 3, 4, 14))
        # A pause within the holiday moves nothing.
        within = (datetime(2026, 3, 3, 9), datetime(2026, 3, 3, 15))
        self.assertEqual(office.plan(start, 4 * HOUR, [within]), office.plan(start, 4 * HOUR))
        # A pause that begins when the promise is over moves nothing.
        end = office.plan(start, 4 * HOUR)
        late = (end, end + timedelta(hours=5))
        self.assertEqual(office.plan(start, 4 * HOUR, [late]), end)

    def test_days_and_months(self):
        office = hours("Europe/Berlin", (8, 16), day_seconds=8 * HOUR)
        friday = datetime(2026, 3, 27, 8)  # 09:00 in winter
        self.assertEqual(office.get_moments(friday, 1, "day")[0], datetime(2026, 3, 30, 7))
        deadline, warning = office.get_moments(friday, 1, "month", 50)
        # 27 April 09:00 in summer: the same hour of the clock on the wall.
        self.assertEqual(deadline, datetime(2026, 4, 27, 7))
        self.assertEqual(warning, friday + (deadline - friday) / 2)
        ends = [office.get_moments(datetime(2026, 1, 31, 11), n, "month")[0].day for n in (1, 2, 3)]
        self.assertEqual(ends, [28, 31, 30])

    def test_hours_without_work_count_round_the_clock(self):
        start = datetime(2026, 3, 2, 9)
        self.assertEqual(WorkingHours("UTC").plan(start, 60), start + timedelta(minutes=1))
        forever = [(datetime(2026, 1, 1), datetime(2090, 1, 1))]
        office = hours("UTC", (8, 16), leaves=forever)
        self.assertEqual(office.plan(start, HOUR), start + timedelta(hours=1))

    def test_ends_of_leaves(self):
        day = datetime(2026, 3, 3)
        # Midnight of some time zone, also those of quarters of an hour.
        for minute in (14, 29, 44, 59):
            end = day.replace(hour=18, minute=minute, second=59)
            self.assertEqual(inclusive_end(end), end + timedelta(seconds=1))
        # Somebody meant this second.
        odd = day.replace(hour=12, minute=7, second=59)
        self.assertEqual(inclusive_end(odd), odd)

    def test_the_same_hours_are_the_same_data(self):
        lines = [(None, 1, 0, HOUR), (None, 0, 0, HOUR)]
        leaves = [(datetime(2026, 3, 3), datetime(2026, 3, 4))]
        data = WorkingHours.to_json("UTC", lines, leaves, HOUR)
        self.assertEqual(data, WorkingHours.to_json("UTC", lines[::-1], leaves * 2, HOUR))
        again = WorkingHours.from_json(data)
        start = datetime(2026, 3, 2)
        self.assertEqual(again.plan(start, HOUR + 1), datetime(2026, 3, 9, 0, 0, 1))


moments = st.integers(0, 330 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 5) + timedelta(minutes=minutes)
)
# Two periods a day, cut at quarters of an hour; some begin or end at midnight.
periods = st.lists(st.integers(0, 96), min_size=4, max_size=4, unique=True).map(
    lambda cuts: [cut / 4 for cut in sorted(cuts)]
)
weeks = st.lists(st.tuples(st.integers(0, 6), periods), min_size=1, max_size=7).map(dict)
leaves = st.lists(st.tuples(moments, st.integers(1, 10 * 24 * 60)), max_size=5)


@tagged("post_install", "-at_install")
class TestWorkingHoursOfOdoo(TransactionCase):
    """S03: the same answers as Odoo's calendar gives, on any calendar, holiday and time zone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].search([]).unlink()

    def make_calendar(self, zone, one, two=None):
        by_week = ((False, one),) if two is None else (("0", one), ("1", two))
        lines = [
            {
                "name": "x",
                "dayofweek": str(day),
                "hour_from": start,
                "hour_to": end,
                "week_type": week,
            }
            for week, days in by_week
            for day, cuts in days.items()
            for start, end in (cuts[:2], cuts[2:])
        ]
        return self.env["resource.calendar"].create(
            {
                "name": "Any",
                "tz": zone,
                "two_weeks_calendar": two is not None,
                "attendance_ids": [Command.create(line) for line in lines],
            }
        )

    def add_leaves(self, calendar, spans):
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "x",
                    "calendar_id": calendar.id,
                    "date_from": start,
                    "date_to": start + timedelta(minutes=minutes),
                }
                for start, minutes in spans
            ]
        )

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(ZONES),
        weeks,
        st.none() | weeks,
        leaves,
        moments,
        st.integers(1, 60),
        st.integers(1, 90 * 60),
    )
    def test_like_odoo(self, zone, one, two, spans, start, days, minutes):
        calendar = self.make_calendar(zone, one, two)
        self.add_leaves(calendar, spans)
        company = self.env.company
        end = start + timedelta(days=days)
        ours = calendar._get_working_time(company, start, end).count(start, end)
        theirs = calendar.get_work_duration_data(start, end)["hours"] * 3600
        # Odoo leaves out the last microsecond of a day.
        self.assertAlmostEqual(ours, theirs, delta=1)
        planned = calendar.plan_hours(minutes / 60, start, compute_leaves=True)
        hours_model = self.env["aftersales.sla.hours"]
        pair = (calendar, company)
        deadline = hours_model._load(hours_model._get_current({pair})[pair].id).plan(
            start, minutes * 60
        )
        # The end of a period and the beginning of the next are the same working moment.
        first, last = sorted((planned, deadline))
        between = calendar._get_working_time(company, first, last).count(first, last)
        self.assertLess(between, 1, (planned, deadline))

    def test_flexible_hours_are_worked_around_noon(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Flexible",
                "tz": "UTC",
                "schedule_type": "flexible",
                "hours_per_day": 8,
                "full_time_required_hours": 20,
            }
        )
        monday, company = datetime(2026, 3, 2), self.env.company
        working = calendar._get_working_time(company, monday, monday + timedelta(days=7))
        self.assertEqual(working.count(monday, monday + timedelta(days=7)), 20 * HOUR)
        self.assertEqual(working.add(monday, 1), datetime(2026, 3, 2, 8, 0, 1))
        # Two days of eight hours and one of four.
        self.assertEqual(working.add(monday, 20 * HOUR), datetime(2026, 3, 4, 14))
        self.assertEqual(
            calendar.get_work_duration_data(monday, monday + timedelta(days=7))["hours"], 20
        )

    def test_a_minute_before_the_hour_does_not_break(self):
        # Odoo's own conversion of 8.9999 hours fails: there is no minute 60.
        calendar = self.make_calendar("UTC", {0: [8.9999, 11.9999, 13, 17]})
        self.assertEqual(
            calendar._get_working_time(
                self.env.company, datetime(2026, 3, 2), datetime(2026, 3, 3)
            ).add(datetime(2026, 3, 2), 1),
            datetime(2026, 3, 2, 9, 0, 1),
        )

    def test_one_day_is_exact_when_the_average_is_not_round(self):
        # 8 + 8 + 7 hours: Odoo's average is 7.67, exactly 27600 seconds are meant.
        calendar = self.make_calendar(
            "UTC", {0: [8, 12, 13, 17], 1: [8, 12, 13, 17], 2: [8, 12, 13, 16]}
        )
        row = calendar._read_sla_hours()[calendar.id]
        data = calendar._prepare_sla_hours(row, self.env.company)
        self.assertEqual(data["day_seconds"], 27600)
        calendar.hours_per_day = 5
        row = calendar._read_sla_hours()[calendar.id]
        data = calendar._prepare_sla_hours(row, self.env.company)
        self.assertEqual(data["day_seconds"], 5 * HOUR)
