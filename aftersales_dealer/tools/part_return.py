"""When old parts are due back (D09): pure date arithmetic, no database."""

import calendar
import datetime


def clamp_day(year, month, day):
    """Return the date, with ``day`` pulled back to the month's last one.

    >>> clamp_day(2026, 2, 30)
    datetime.date(2026, 2, 28)
    """
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def next_window(day, windows):
    """Return the first of the yearly ``windows`` on or after ``day``.

    :param day: date of the repair
    :param windows: iterable of (month, day) pairs, at least one
    :return: date

    >>> next_window(datetime.date(2026, 7, 1), [(6, 30), (12, 31)])
    datetime.date(2026, 12, 31)
    >>> next_window(datetime.date(2026, 12, 31), [(6, 30)])
    datetime.date(2027, 6, 30)
    """
    dates = (clamp_day(year, *window) for year in (day.year, day.year + 1) for window in windows)
    return min(date for date in dates if date >= day)


def due_date(day, windows=(), days=0):
    """Return the day by which parts replaced on ``day`` are back.

    The next window when there are windows, else ``days`` after ``day``; None when neither is
    agreed.
    """
    windows = list(windows)
    if windows:
        return next_window(day, windows)
    return day + datetime.timedelta(days=days) if days else None
