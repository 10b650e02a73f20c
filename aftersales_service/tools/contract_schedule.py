"""When a service contract is invoiced, and how much: plain arithmetic behind W11, no database.

The price of an asset is for its whole term. The term is cut into windows (the periods that are
invoiced); their amounts always add up to the price, to the smallest coin.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from dateutil.relativedelta import relativedelta

PERIOD_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The part of one period that lies within a term: first and last day, and its weight, 1 for
    a whole period.
    """

    start: date
    end: date
    weight: Fraction

    @property
    def days(self):
        """How many days the window has."""
        return (self.end - self.start).days + 1

    def is_due_on(self, invoicing):
        """The first day on which the window is invoiced: its own first day in advance, the day
        after it in arrears.
        """
        return self.end + ONE_DAY if invoicing == "arrears" else self.start


def last_day(date_start, duration, unit):
    """Return the last day of a term of ``duration`` days, months or years; the first one counts.

    >>> last_day(date(2026, 1, 15), 12, "month")
    datetime.date(2027, 1, 14)
    >>> last_day(date(2026, 1, 31), 1, "month")
    datetime.date(2026, 2, 27)
    """
    return date_start + relativedelta(**{f"{unit}s": duration}) - ONE_DAY


def anchor_of(date_start, months, alignment):
    """Return the day from which periods of ``months`` months are counted.

    >>> anchor_of(date(2026, 5, 20), 3, "calendar")
    datetime.date(2026, 4, 1)
    """
    if alignment != "calendar" or not months:
        return date_start
    return date(date_start.year, (date_start.month - 1) // months * months + 1, 1)


@lru_cache(maxsize=4096)
def cut(date_start, date_end, anchor, months):
    """Cut a term (first and last day) into its ``Window``s, in order.

    Periods are counted from ``anchor``, each from the anchor itself, so that month ends clamp
    without drifting. ``months`` of 0: one window for all.

    >>> [(w.start.day, w.end.day) for w in cut(date(2026, 1, 31), date(2026, 4, 29),
    ...     date(2026, 1, 31), 1)]
    [(31, 27), (28, 30), (31, 29)]
    """
    if not months:
        return (Window(date_start, date_end, Fraction(1)),)
    elapsed = (date_start.year - anchor.year) * 12 + date_start.month - anchor.month
    number = elapsed // months - 1
    windows = []
    start = anchor + relativedelta(months=number * months)
    while start <= date_end:
        number += 1
        following = anchor + relativedelta(months=number * months)
        first, last = max(start, date_start), min(following - ONE_DAY, date_end)
        if first <= last:
            weight = Fraction((last - first).days + 1, (following - start).days)
            windows.append(Window(first, last, weight))
        start = following
    return tuple(windows)


@lru_cache(maxsize=4096)
def amounts(price, windows, rounding):
    """Return the amount of each window: by weight, and together exactly ``price`` (rounded).

    :param price: the price of the whole term (float)
    :param rounding: the currency's smallest amount (float), such as 0.01

    >>> amounts(100.0, cut(date(2026, 1, 1), date(2026, 3, 31), date(2026, 1, 1), 1), 0.01)
    (33.33, 33.34, 33.33)
    """
    step = Fraction(str(rounding))
    coins = _round(Fraction(str(price)) / step)
    total, weight, before = sum((w.weight for w in windows), Fraction(0)), Fraction(0), 0
    result = []
    for window in windows:
        weight += window.weight
        until = _round(coins * weight / total)
        result.append(float((until - before) * step))
        before = until
    return tuple(result)


def until(amount, window, day, rounding):
    """Return the part of a window's ``amount`` that is earned by the end of ``day``, by the day.

    >>> until(31.0, Window(date(2026, 1, 1), date(2026, 1, 31), Fraction(1)),
    ...     date(2026, 1, 10), 0.01)
    10.0
    """
    if day >= window.end:
        return amount
    if day < window.start:
        return 0.0
    step = Fraction(str(rounding))
    share = Fraction((day - window.start).days + 1, window.days)
    return float(_round(Fraction(str(amount)) * share / step) * step)


def split(total, count, rounding):
    """Split ``total`` into ``count`` amounts that differ by a coin at most and add up to it.

    >>> split(100.0, 3, 0.01)
    [33.34, 33.33, 33.33]
    """
    step = Fraction(str(rounding))
    each, left = divmod(_round(Fraction(str(total)) / step), count)
    return [float((each + (number < left)) * step) for number in range(count)]


def _round(number):
    """Round a non-negative Fraction half up to an int."""
    return int((number * 2 + 1) // 2)
