"""When the end of a cover is told: the arithmetic behind W10."""

from datetime import timedelta


def read_steps(text):
    """Return the days before the end on which it is told, longest first, each once.

    :param text: "60, 30"; empty for never
    :raise ValueError: when one is no whole number or negative

    >>> read_steps("30, 60,30")
    [60, 30]
    """
    steps = {int(step) for step in (text or "").replace(";", ",").split(",") if step.strip()}
    if any(step < 0 for step in steps):
        raise ValueError(text)
    return sorted(steps, reverse=True)


def next_day(end, steps, today):
    """Return the first day after ``today`` on which ``end`` is told again, None after the last.

    >>> from datetime import date
    >>> next_day(date(2026, 3, 31), [60, 30], date(2026, 2, 10))
    datetime.date(2026, 3, 1)
    >>> next_day(date(2026, 3, 31), [60, 30], date(2026, 3, 1)) is None
    True
    """
    days = sorted(end - timedelta(days=step) for step in steps)
    return next((day for day in days if day > today), None)
