"""What being late costs: whole days late, money per day, a cap (X05)."""

from datetime import timedelta

ONE_DAY = timedelta(days=1)


def days_late(deadline, reached):
    """Return the days from ``deadline`` to ``reached`` (datetimes), each day that began counts.

    >>> from datetime import datetime
    >>> days_late(datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 12))
    0
    >>> days_late(datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 12, 0, 1))
    1
    >>> days_late(datetime(2026, 3, 1, 12), datetime(2026, 3, 3, 12))
    2
    """
    return max(0, -((deadline - reached) // ONE_DAY))


def amount_late(days, per_day, cap=0.0):
    """Return what ``days`` late cost at ``per_day``, at most ``cap`` (0: no cap); not rounded.

    >>> amount_late(3, 50.0)
    150.0
    >>> amount_late(3, 50.0, cap=120.0)
    120.0
    """
    amount = days * per_day
    return min(amount, cap) if cap else amount


def per_day_of(value, percent):
    """Return ``percent`` of ``value``: what one day late costs when it is a share of an order.

    >>> per_day_of(12000.0, 0.5)
    60.0
    """
    return value * percent / 100
