"""Arithmetic of the settlement (F03, F04): pure functions over whole units of a currency.

Amounts arrive as floats that Odoo has rounded to the currency; they are counted here in whole
units of the currency's rounding (a cent, a yen, a tenth of a fils), so sums are exact.

>>> to_units(12.34, 0.01)
1234
>>> allocate(150, [("a", 100), ("b", 80), ("c", 10)])
([('a', 100), ('b', 50)], 0)
>>> allocate(150, [("a", 100)])
([('a', 100)], 50)
"""

from itertools import accumulate


def to_units(amount, rounding):
    """Return ``amount`` as a whole number of the smallest unit of a currency.

    :param float amount: an amount that is already rounded to the currency
    :param float rounding: the currency's rounding factor, > 0
    :return: int
    """
    return round(amount / rounding)


def allocate(amount, residuals):
    """Deduct ``amount`` from open residuals in their order, each as far as it goes.

    :param int amount: what is to be deducted, in units, ≥ 0
    :param list residuals: pairs (key, open residual in units), oldest first; residuals ≤ 0 are
        skipped
    :return: (list of (key, deducted units) with deducted > 0, units that stay as open credit)
    :raise ValueError: when ``amount`` is negative
    """
    if amount < 0:
        raise ValueError("The amount to deduct cannot be negative.")
    rest, deductions = amount, []
    for key, residual in residuals:
        taken = min(rest, residual)
        if taken > 0:
            deductions.append((key, taken))
            rest -= taken
        if not rest:
            break
    return deductions, rest


def running_balances(opening, movements):
    """Return the balance after each movement, the last one being the closing balance.

    >>> running_balances(100, [50, -120])
    [150, 30]
    """
    return list(accumulate(movements, initial=opening))[1:]
