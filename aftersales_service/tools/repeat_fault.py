"""When does the same fault come back, and when too often: W09 and T16, without a database."""

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


def link_repeats(faults, days):
    """Return {id: id of the fault that it repeats, or None} for all ``faults`` of one asset.

    A fault repeats the latest one before it, at most ``days`` days earlier, that it shares a key
    with.

    :param faults: iterable of (date, id, keys), keys being what may be the same: symptom, cause

    >>> from datetime import date
    >>> leak, worn = ("symptom", 1), ("cause", 7)
    >>> link_repeats(
    ...     [
    ...         (date(2026, 3, 1), 1, {leak}),
    ...         (date(2026, 3, 9), 2, {worn}),
    ...         (date(2026, 3, 20), 3, {leak, worn}),
    ...         (date(2026, 5, 1), 4, {leak}),
    ...     ],
    ...     30,
    ... )
    {1: None, 2: None, 3: 2, 4: None}
    """
    links, seen = {}, []
    for day, key, keys in sorted(faults, key=lambda fault: fault[:2]):
        links[key] = next(
            (
                earlier
                for before, earlier, known in reversed(seen)
                if keys & known and (day - before).days <= days
            ),
            None,
        )
        seen.append((day, key, keys))
    return links
