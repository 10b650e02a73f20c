"""When does the same fault come back too often: the counting behind W09, without a database."""

from datetime import timedelta


def find_series(events, count, days):
    """Return the ids of the latest series of at least ``count`` events within ``days`` days.

    :param events: iterable of (date, id), each one fault
    :param count: how many make a series; below 2 there is none
    :param days: the last fault of a series is at most so many days after its first
    :return: the ids in order of their dates, all that lie within the window; empty when no
        window holds enough

    >>> from datetime import date
    >>> find_series([(date(2026, 3, 1), 1), (date(2026, 3, 9), 2), (date(2026, 3, 31), 3)], 3, 30)
    [1, 2, 3]
    >>> find_series([(date(2026, 3, 1), 1), (date(2026, 3, 9), 2), (date(2026, 4, 1), 3)], 3, 30)
    []
    """
    if count < 2 or days < 0:
        return []
    ordered = sorted(events)
    for end in range(len(ordered) - 1, count - 2, -1):
        earliest = ordered[end][0] - timedelta(days=days)
        window = [event for event in ordered[: end + 1] if event[0] >= earliest]
        if len(window) >= count:
            return [key for _day, key in window]
    return []
