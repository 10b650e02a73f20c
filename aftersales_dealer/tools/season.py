"""When unsellable goods may go back (D12): seasons counted from the delivery, no database."""

import datetime

from .part_return import clamp_day


def season_end(delivered, month, day, seasons=2):
    """Return the last day of the ``seasons``-th season that goods delivered on ``delivered`` see.

    A season ends once a year; goods delivered on its last day have seen it.

    >>> season_end(datetime.date(2024, 5, 2), 10, 31)
    datetime.date(2025, 10, 31)
    >>> season_end(datetime.date(2024, 11, 1), 10, 31)
    datetime.date(2026, 10, 31)
    """
    first = clamp_day(delivered.year, month, day)
    year = delivered.year if delivered <= first else delivered.year + 1
    return clamp_day(year + seasons - 1, month, day)


def return_window(delivered, month, day, days, seasons=2):
    """Return (first day, last day) on which unsellable goods may be returned.

    >>> return_window(datetime.date(2024, 5, 2), 10, 31, 60)
    (datetime.date(2025, 10, 31), datetime.date(2025, 12, 30))
    """
    end = season_end(delivered, month, day, seasons)
    return end, end + datetime.timedelta(days=days)
