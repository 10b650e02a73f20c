"""Working time, exact to the microsecond, without Odoo.

All moments are datetimes in UTC (all naive or all aware). A *span* is a pair ``(start, end)``.
A :class:`WorkingTime` is the sorted union of working spans inside a known window, with running
totals, so that adding and counting are two bisections however long the period is.

>>> from datetime import datetime
>>> hour = [datetime(2026, 3, 2, h) for h in range(24)]
>>> office = WorkingTime([(hour[8], hour[12]), (hour[13], hour[17])])
>>> office.add(hour[11], 2 * 3600)
datetime.datetime(2026, 3, 2, 14, 0)
>>> office.count(hour[11], hour[14])
7200.0
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from dateutil.relativedelta import relativedelta

ZERO = timedelta(0)


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

    def without(self, holes):
        """Return the working time with ``holes`` (pauses, leaves) taken out."""
        return WorkingTime(subtract_spans(self.spans, holes)) if holes else self


ROUND_THE_CLOCK = WorkingTime([(datetime.min, datetime.max)])


def clip_spans(spans, until):
    """Return ``spans`` as far as they lie before ``until``."""
    return [(start, min(end, until)) for start, end in spans if start < until]


def month_seconds(start, months, tz):
    """Return the seconds from ``start`` (naive UTC) to the same local time ``months`` later.

    The day is clamped at month ends (31 January + 1 month = 28 February), the local time is that
    of the ``tz`` (tzinfo), so summer time beginning in between does not move the hour.
    """
    local = start.replace(tzinfo=UTC).astimezone(tz)
    wall = local.replace(tzinfo=None) + relativedelta(months=months)
    later = wall.replace(tzinfo=tz, fold=local.fold).astimezone(UTC).replace(tzinfo=None)
    return (later - start).total_seconds()


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
