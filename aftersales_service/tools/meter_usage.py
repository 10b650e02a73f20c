"""What the readings of a counter tell: total run, usage per month, when a limit is reached.

Plain values in, plain values out, without a database. A reading is a ``Reading``; a counter that
was replaced starts anew, the machine goes on.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS_PER_MONTH = 365.2425 / 12
# Usage of long ago says little about the next months.
WINDOW_DAYS = 365
# Beyond this a forecast is no more than a guess.
HORIZON_DAYS = 20 * 365


@dataclass(frozen=True)
class Reading:
    """A reading; ``replaced`` when it is the first of a new counter."""

    date: date
    value: float
    replaced: bool = False


def in_order(readings):
    """Return readings in the order in which they were taken: by day, those of one day as entered.

    ``readings`` come in the order in which they were entered.
    """
    return sorted(readings, key=lambda reading: reading.date)


def first_backward(readings):
    """Return the first pair (earlier, later) of ordered readings that runs backward, or None."""
    for earlier, later in zip(readings, readings[1:], strict=False):
        if later.value < earlier.value and not later.replaced:
            return earlier, later
    return None


def totals(readings):
    """Return what the machine had run at each of the ordered readings, over all its counters.

    >>> day = date(2026, 1, 1)
    >>> totals([Reading(day, 100), Reading(day, 5, True), Reading(day, 25)])
    [100, 100, 120]
    """
    result, offset = [], 0.0
    for reading in readings:
        if reading.replaced and result:
            offset = result[-1] - reading.value
        result.append(reading.value + offset)
    return result


def meter_used(readings):
    """Return what the machine had run at the last of the ordered readings, 0 without readings."""
    return totals(readings)[-1] if readings else 0.0


def used_before(readings):
    """Return what the machine had run before its counter of now counted from zero.

    A limit of 1000 hours is reached when that counter shows 1000 less this.

    >>> day = date(2026, 1, 1)
    >>> used_before([Reading(day, 100), Reading(day, 5, True), Reading(day, 25)])
    95
    """
    return totals(readings)[-1] - readings[-1].value if readings else 0.0


def meter_reached(readings, limit):
    """Return the day on which the machine was first seen to have run more than ``limit``, None if
    it was not; 0 means no limit.
    """
    run = zip(readings, totals(readings), strict=True) if limit else ()
    return next((reading.date for reading, total in run if total > limit), None)


def usage_per_day(readings):
    """Return the average usage a day in the year before the last of the ordered readings.

    None when there are no two readings of different days.
    """
    if not readings:
        return None
    run = list(zip(readings, totals(readings), strict=True))
    last, last_total = run[-1]
    recent = [
        (reading, total) for reading, total in run if (last.date - reading.date).days <= WINDOW_DAYS
    ]
    if recent[0][0].date == last.date:
        # One reading in the last year: from the one before it.
        recent = run[-len(recent) - 1 :]
    first, first_total = recent[0]
    days = (last.date - first.date).days
    return (last_total - first_total) / days if days else None


def forecast(readings, limit):
    """Return the day on which the machine will have run ``limit``, at the usage of the last year.

    It is the day of the last reading when the limit is passed already; None when it cannot be
    told: no usage is known, or the day is further away than twenty years.
    """
    if not readings:
        return None
    last, total = readings[-1], totals(readings)[-1]
    if total >= limit:
        return last.date
    usage = usage_per_day(readings)
    if not usage or usage <= 0:
        return None
    days = (limit - total) / usage
    return last.date + timedelta(days=round(days)) if days <= HORIZON_DAYS else None
