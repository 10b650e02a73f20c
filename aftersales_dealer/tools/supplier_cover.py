"""What a supplier's warranty covers of a cost (F07): pure decisions over plain values.

>>> Terms = dict
>>> covers("labour", Terms(covers_parts=True, covers_labour=False, covers_travel=False))
False
>>> claimable(100.0, 5.0, 0.01)
105.0
"""

# Kinds of cost by the term that covers them.
TERM_OF_KIND = {
    "part": "covers_parts",
    "labour": "covers_labour",
    "travel": "covers_travel",
    "freight": "covers_travel",
    "other": "covers_travel",
}


def covers(kind, terms):
    """Return whether ``terms`` (mapping with ``covers_parts`` …) cover a cost of ``kind``."""
    return bool(terms[TERM_OF_KIND.get(kind, "covers_travel")])


def claimable(cost, handling_percent, rounding):
    """Return the cost with its handling surcharge, rounded to the currency.

    :param float cost: ≥ 0
    :param float handling_percent: surcharge agreed with the supplier
    :param float rounding: the currency's rounding factor
    """
    return round(round(cost * (1 + handling_percent / 100.0) / rounding) * rounding, 10)


def answer_of(claimed_units, accepted_units):
    """Return ``accepted``, ``partly`` or ``refused``, of amounts in whole units.

    >>> answer_of(100, 100), answer_of(100, 40), answer_of(100, 0)
    ('accepted', 'partly', 'refused')
    """
    if accepted_units >= claimed_units:
        return "accepted"
    return "partly" if accepted_units else "refused"
