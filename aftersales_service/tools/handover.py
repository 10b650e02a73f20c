"""What is left of a promise when a machine is replaced: the arithmetic behind W16."""

from datetime import timedelta


def remaining_term(date_start, date_end, meter_limit, used, date):
    """Return (date_end, meter_limit) of the term that the replacement takes over.

    The dates stay as they are: nobody gains or loses a day. The replacement's counter starts at
    0, so that the limit is what the replaced machine had not used yet. When nothing was left of
    it, the term ends the day before the replacement, as 0 would mean "no limit".

    :param date_start, date_end: the term's dates, None when it has not started
    :param meter_limit: the term's limit; 0 means none
    :param used: the last reading of the replaced machine
    :param date: the day of the replacement

    >>> from datetime import date
    >>> remaining_term(date(2026, 1, 1), date(2028, 1, 1), 2000, 1500, date(2026, 9, 1))
    (datetime.date(2028, 1, 1), 500)
    >>> remaining_term(date(2026, 1, 1), date(2028, 1, 1), 2000, 2100, date(2026, 9, 1))
    (datetime.date(2026, 8, 31), 2000)
    """
    if not meter_limit or used < meter_limit:
        return date_end, meter_limit - used if meter_limit else meter_limit
    if date_start is None or date_end is None:
        return date_end, meter_limit
    last = max(date_start, date - timedelta(days=1))
    return min(date_end, last), meter_limit


def end_before(date_start, date_end, date):
    """Return the last day of a term that ends before ``date``, or None when nothing is left.

    >>> from datetime import date
    >>> end_before(date(2026, 1, 1), date(2028, 1, 1), date(2026, 9, 1))
    datetime.date(2026, 8, 31)
    >>> end_before(date(2026, 9, 1), date(2028, 1, 1), date(2026, 9, 1)) is None
    True
    """
    last = min(date_end, date - timedelta(days=1))
    return last if last >= date_start else None
