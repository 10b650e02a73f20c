"""When a warranty starts and which terms overlap: the rules of W04, without a database."""

ASPECTS = ("parts", "labour", "travel")


def warranty_start(event, fallback, is_latest, today):
    """Return (first day, "event" or "fallback") of a warranty, (None, None) while it waits.

    The answer depends on what is known only, not on the order in which it became known.

    :param event: day of the start event (date), None when it has not happened
    :param fallback: day from which the warranty runs without the event, None when there is none
    :param is_latest: whether ``fallback`` is the latest start: a later event no longer moves it.
        Otherwise the event counts whenever it becomes known
    :param today: the company's day; a fallback of the future has not come yet

    >>> from datetime import date
    >>> warranty_start(None, date(2026, 3, 1), True, date(2026, 2, 28))
    (None, None)
    >>> warranty_start(date(2026, 3, 5), date(2026, 3, 1), True, date(2026, 3, 9))[1]
    'fallback'
    >>> warranty_start(date(2026, 3, 5), date(2026, 3, 1), False, date(2026, 3, 9))[1]
    'event'
    """
    if event and not (is_latest and fallback and fallback < event):
        return event, "event"
    if fallback and (event or fallback <= today):
        return fallback, "fallback"
    return None, None


def find_overlap(terms):
    """Return the first two terms that promise the same for the same, None when all differ.

    :param terms: (what the term is for, set of aspects it covers) each; a term for parts and one
        for labour may stand beside each other
    """
    for index, (key, aspects) in enumerate(terms):
        for other, (other_key, other_aspects) in enumerate(terms[:index]):
            if key == other_key and aspects & other_aspects:
                return other, index
    return None
