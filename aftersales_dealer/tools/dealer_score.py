"""How good a dealer was in a period (D11): points of readings and their weighted mean, pure."""

import datetime
from dataclasses import dataclass

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Reading:
    """One thing measured: ``good`` of ``total``, at ``value`` (0 to 100).

    ``floor`` is the value that gets no points, ``target`` the one that gets all; ``minimum`` how
    many cases there have to be to say anything. ``cases`` is ``total`` where that counts them,
    and not where it is an amount of money.
    """

    code: str
    good: float
    total: float
    value: float
    weight: float
    target: float = 100.0
    floor: float = 0.0
    minimum: int = 1
    cases: float | None = None

    @property
    def counts(self):
        """Whether there is enough to judge by, and it weighs anything."""
        cases = self.total if self.cases is None else self.cases
        return self.total > 0 and cases >= max(self.minimum, 1) and self.weight > 0

    @property
    def points(self):
        """Points between 0 and 100.

        >>> Reading("x", 8, 10, 80.0, 1, target=100.0, floor=60.0).points
        50.0
        >>> Reading("x", 10, 10, 100.0, 1, target=95.0, floor=60.0).points
        100.0
        """
        if self.target <= self.floor:
            return 100.0 if self.value >= self.target else 0.0
        share = (self.value - self.floor) / (self.target - self.floor)
        return round(100.0 * min(1.0, max(0.0, share)), 1)


def score(readings, parts=1):
    """Return the weighted mean of the points that count, None when fewer than ``parts`` do.

    >>> score([Reading("a", 1, 1, 100.0, 3), Reading("b", 0, 1, 0.0, 1), Reading("c", 0, 0, 0, 9)])
    75.0
    >>> score([]) is None, score([Reading("a", 1, 1, 100.0, 3)], parts=2) is None
    (True, True)
    """
    counted = [reading for reading in readings if reading.counts]
    weight = sum(reading.weight for reading in counted)
    if not weight or len(counted) < parts:
        return None
    return round(sum(reading.points * reading.weight for reading in counted) / weight, 1)


def proposed(current, grades, value, fraud=False):
    """Return the index of the grade to propose: one step towards what the score reaches.

    :param current: index of the present grade in ``grades``, None without one
    :param grades: least score of each grade, the best grade first
    :param value: the score, None when there is none
    :param fraud: no dealer rises in a period in which it cheated, and it falls one step

    >>> proposed(2, [90, 75, 0], 95.0), proposed(1, [90, 75, 0], 50.0)
    (1, 2)
    >>> proposed(0, [90, 75, 0], 95.0, fraud=True), proposed(None, [90, 75, 0], 80.0)
    (1, 1)
    """
    last = len(grades) - 1
    if current is not None and fraud:
        return min(current + 1, last)
    if value is None or last < 0:
        return current
    reached = next((index for index, least in enumerate(grades) if value >= least), last)
    if current is None:
        return reached
    return current + max(-1, min(1, reached - current))


def last_period(period, today):
    """Return (first, last) day of the last calendar period that is over.

    >>> last_period("quarter", datetime.date(2026, 5, 3))
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    >>> last_period("year", datetime.date(2026, 1, 1))
    (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    """
    months = MONTHS[period]
    begun = (today.month - 1) // months * months + 1
    end = datetime.date(today.year, begun, 1) - datetime.timedelta(days=1)
    first = end.month - months + 1
    return datetime.date(end.year, first, 1), end
