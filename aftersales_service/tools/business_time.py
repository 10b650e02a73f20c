"""Working time, exact to the microsecond, without Odoo.

All moments are datetimes in UTC (all naive or all aware). A *span* is a pair ``(start, end)``.
A :class:`WorkingTime` is the sorted union of working spans inside a known window, with running
totals, so that adding and counting are two bisections however long the period is.
:class:`WorkingHours` are the hours of a week and the holidays of one calendar, and answer when a
promise ends.

>>> from datetime import datetime
>>> hour = [datetime(2026, 3, 2, h) for h in range(24)]
>>> office = WorkingTime([(hour[8], hour[12]), (hour[13], hour[17])])
>>> office.add(hour[11], 2 * 3600)
datetime.datetime(2026, 3, 2, 14, 0)
>>> office.count(hour[11], hour[14])
7200.0
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

ZERO = timedelta(0)
UNIT_SECONDS = {"minute": 60, "hour": 3600}
DAY_SECONDS = 86400
# Hours that hold less than was promised within these days count round the clock.
FURTHEST = timedelta(days=4000)


class BeyondWindowError(ValueError):
    """The answer lies after the last span that is known: ask again with a wider window."""


def merge_spans(spans):
    """Return ``spans`` sorted, without empty ones, overlapping and touching ones joined."""
    merged = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract_spans(spans, holes):
    """Return the parts of ``spans`` that lie in none of ``holes``."""
    result = []
    holes = merge_spans(holes)
    first = 0
    for start, end in merge_spans(spans):
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        for hole_start, hole_end in holes[first:]:
            if hole_start >= end:
                break
            if hole_start > start:
                result.append((start, hole_start))
            start = max(start, hole_end)
        if start < end:
            result.append((start, end))
    return result


class WorkingTime:
    """The working spans of a window, ready to add to and to count."""

    def __init__(self, spans):
        self.spans = merge_spans(spans)
        self._starts = [start for start, _end in self.spans]
        # _before[i]: working time before span i begins
        self._before = list(accumulate((end - start for start, end in self.spans), initial=ZERO))

    def _total_until(self, moment):
        """Working time of the window before ``moment``, as a timedelta."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return ZERO
        start, end = self.spans[index]
        return self._before[index] + min(moment, end) - start

    def count(self, start, end):
        """Return the working seconds (float) between two moments; negative when ``end`` is
        earlier.
        """
        return (self._total_until(end) - self._total_until(start)).total_seconds()

    def add(self, start, seconds):
        """Return the first moment when ``seconds`` of working time have gone by since ``start``.

        :raise BeyondWindowError: when the known spans do not reach that far
        """
        if seconds <= 0:
            return start
        total = self._total_until(start) + timedelta(seconds=seconds)
        index = bisect_left(self._before, total) - 1
        if index >= len(self.spans):
            raise BeyondWindowError(
                f"{seconds} s of working time after {start} are not in the known window."
            )
        return self.spans[index][0] + (total - self._before[index])

    def add_beside(self, start, seconds, pauses):
        """Return the first moment when ``seconds`` of working time outside of ``pauses`` (spans)
        have gone by since ``start``.

        :raise BeyondWindowError: as ``add``
        """
        end = self.add(start, seconds)
        for pause_start, pause_end in merge_spans(pauses):
            if pause_start >= end:
                break
            seconds += max(0, self.count(max(start, pause_start), max(start, pause_end)))
            end = self.add(start, seconds)
        return end


ROUND_THE_CLOCK = WorkingTime([(datetime.min, datetime.max)])


def month_seconds(start, months, tz):
    """Return the seconds from ``start`` (naive UTC) to the same local time ``months`` later.

    The day is clamped at month ends (31 January + 1 month = 28 February), the local time is that
    of the ``tz`` (tzinfo), so summer time beginning in between does not move the hour.
    """
    local = start.replace(tzinfo=UTC).astimezone(tz)
    wall = local.replace(tzinfo=None) + relativedelta(months=months)
    later = wall.replace(tzinfo=tz, fold=local.fold).astimezone(UTC).replace(tzinfo=None)
    return (later - start).total_seconds()


def wall_to_utc(wall, tz):
    """Return the naive UTC moment of a local time (naive) in ``tz`` (tzinfo).

    As in Odoo, a time that comes twice when clocks are set back is the second one (winter time),
    and a time left out when they are set forward comes an hour later.
    """
    return max(wall - wall.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))


def inclusive_end(moment):
    """Return the end of a leave: one second before a quarter of an hour means the quarter.

    Odoo writes the end of a whole day as 23:59:59 in somebody's time zone and means midnight.
    """
    whole = moment.second == 59 and moment.minute % 15 == 14
    return moment.replace(microsecond=0) + timedelta(seconds=1) if whole else moment


def flexible_week(day_seconds, week_seconds):
    """Return the lines of a week of flexible hours: they say how much is worked, not when.

    As Odoo does: so many hours a day around noon, from Monday on until those of the week are
    used up.
    """
    lines = []
    for weekday in range(7):
        seconds = min(day_seconds, week_seconds, DAY_SECONDS)
        week_seconds -= seconds
        if seconds > 0:
            half = seconds // 2
            lines.append((None, weekday, 43200 - half, 43200 - half + seconds))
    return lines


class WorkingHours:
    """The hours of a week and the holidays of one calendar: what it says at one time.

    :param str tz: name of the time zone that the lines are in
    :param lines: list of (week, weekday, from, to): seconds since local midnight, weekday 0 is
        Monday, week 0 or 1 in calendars of two weeks, else None. Without lines: round the clock
    :param leaves: spans in naive UTC in which nobody works
    :param day_seconds: working seconds of what is promised as "one day"
    """

    def __init__(self, tz="UTC", lines=(), leaves=(), day_seconds=DAY_SECONDS):
        self.tz = ZoneInfo(tz)
        self.day_seconds = day_seconds
        self.leaves = merge_spans(leaves)
        self._days = defaultdict(list)
        for week, weekday, start, end in lines:
            for each in (0, 1) if week is None else (week,):
                self._days[each, weekday].append((timedelta(seconds=start), timedelta(seconds=end)))
        self._known = None

    @classmethod
    def from_json(cls, data):
        """Return the hours that ``to_json`` has stored."""
        leaves = [tuple(map(datetime.fromisoformat, leave)) for leave in data["leaves"]]
        return cls(data["tz"], data["lines"], leaves, data["day_seconds"])

    @staticmethod
    def to_json(tz, lines, leaves, day_seconds):
        """Return the arguments of the class as plain data, equal for equal hours."""
        return {
            "tz": tz,
            "lines": sorted(map(list, lines), key=str),
            "leaves": [[start.isoformat(), end.isoformat()] for start, end in merge_spans(leaves)],
            "day_seconds": day_seconds,
        }

    def get_spans(self, start, end):
        """Return the working spans of the local days from ``start`` to ``end`` (naive UTC)."""
        spans = []
        for ordinal in range(start.toordinal() - 1, end.toordinal() + 2):
            # 1 January of year 1 was a Monday; the weeks are told apart as Odoo does.
            hours = self._days.get(((ordinal - 1) // 7 % 2, (ordinal - 1) % 7))
            if hours:
                midnight = datetime.fromordinal(ordinal)
                spans += [
                    (wall_to_utc(midnight + begin, self.tz), wall_to_utc(midnight + stop, self.tz))
                    for begin, stop in hours
                ]
        return subtract_spans(spans, self.leaves)

    def get_working_time(self, start, end):
        """Return a :class:`WorkingTime` that holds everything from ``start`` to ``end``."""
        if not self._days:
            return ROUND_THE_CLOCK
        known = self._known
        if known is None or start < known[0] or end > known[1]:
            if known:
                start, end = min(start, known[0]), max(end, known[1])
            # Set at once: other threads see the old window or the new one.
            known = self._known = (start, end, WorkingTime(self.get_spans(start, end)))
        return known[2]

    def get_seconds(self, start, duration, unit):
        """Return the seconds that "``duration`` ``unit``" promised at ``start`` allow: working
        seconds, but for months those of the wall clock.
        """
        if unit == "month":
            return month_seconds(start, duration, self.tz)
        return duration * (self.day_seconds if unit == "day" else UNIT_SECONDS[unit])

    def plan(self, start, seconds, pauses=()):
        """Return when ``seconds`` of working time outside of ``pauses`` are over since ``start``.

        Hours that do not hold that much within years (holidays for ever) count round the clock.
        """
        ahead = timedelta(days=120)
        while ahead <= FURTHEST * 4:
            working = self.get_working_time(start, start + ahead)
            try:
                end = working.add_beside(start, seconds, pauses)
            except BeyondWindowError:
                ahead *= 4
                continue
            if end - start <= FURTHEST or not self._days:
                return end
            break
        return ROUND_THE_CLOCK.add_beside(start, seconds, pauses)

    def get_moments(self, start, duration, unit, percent=100, pauses=()):
        """Return (deadline, moment of the warning at ``percent``) of a promise made at ``start``.

        A calendar month is counted round the clock: it ends at the same local time.
        """
        seconds = self.get_seconds(start, duration, unit)
        hours = ALWAYS if unit == "month" else self
        deadline = hours.plan(start, seconds, pauses)
        return deadline, hours.plan(start, round(seconds * percent / 100), pauses)


ALWAYS = WorkingHours()


def pair_pauses(events, until=None):
    """Return the paused spans told by ``events``: (moment, "pause" | "resume") in order.

    A pause that was not resumed lasts to ``until``; without ``until`` it is left out.
    """
    spans, since = [], None
    for moment, kind in events:
        if kind == "pause" and since is None:
            since = moment
        elif kind == "resume" and since is not None:
            spans.append((since, moment))
            since = None
    if since is not None and until is not None:
        spans.append((since, until))
    return merge_spans(spans)


def describe_seconds(seconds):
    """Return (days, hours, minutes) of a number of seconds, rounded down to the minute."""
    minutes = int(abs(seconds)) // 60
    return minutes // 1440, minutes % 1440 // 60, minutes % 60
