"""How much of a quotation the work has used up (T11). Pure: no database."""


def allocate(lines, used):
    """Spread what was used over the lines of accepted quotations, first come first served.

    Never more than a line offers: what goes beyond was not accepted by the customer.

    :param lines: list of (line, key, quantity) in the order of acceptance
    :param used: dict {key: quantity used}; None means "all that is offered"
    :return: ({line: quantity to invoice}, {key: quantity beyond all lines})

    >>> allocate([("a", "pump", 1.0), ("b", "pump", 2.0)], {"pump": 2.5, "belt": 1.0})
    ({'a': 1.0, 'b': 1.5}, {'belt': 1.0})
    >>> allocate([("a", "labour", 2.0)], {"labour": 3.5})
    ({'a': 2.0}, {'labour': 1.5})
    >>> allocate([("a", "other", 1.0)], {"other": None})
    ({'a': 1.0}, {})
    >>> allocate([("a", "other", 1.0)], {})
    ({'a': 0.0}, {})
    """
    left = dict(used)
    delivered = {}
    for line, key, quantity in lines:
        rest = left.get(key, 0.0)
        taken = quantity if rest is None else max(min(rest, quantity), 0.0)
        delivered[line] = taken
        if rest is not None and key in left:
            left[key] = rest - taken
    return delivered, {key: rest for key, rest in left.items() if rest is not None and rest > 1e-6}
