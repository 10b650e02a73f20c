"""Arithmetic of recourse (F05): in which order what was paid for a dealer comes back from it.

Amounts are whole units of a currency, as in ``settlement.py``.

>>> plan_recourse(1000, deposit=600, deductible=150)
(600, 150, 250)
>>> plan_recourse(100, deposit=600, deductible=150)
(100, 0, 0)
>>> age_bucket(31)
'60'
"""

# Upper ends of the buckets in days, and the key of each; older ones are "over".
BUCKETS = ((30, "30"), (60, "60"), (90, "90"), (180, "180"))


def plan_recourse(open_amount, deposit, deductible):
    """Return what is taken from the deposit, from the next notice, and by debit note.

    :param int open_amount: what is to be recovered, ≥ 0
    :param int deposit: balance of the dealer's deposit; negative counts as none
    :param int deductible: what the dealer has coming in the next notice; negative counts as none
    :return: (deposit, deduction, debit note), with the sum ``open_amount``
    :raise ValueError: when ``open_amount`` is negative
    """
    if open_amount < 0:
        raise ValueError("What is open cannot be negative.")
    by_deposit = min(open_amount, max(deposit, 0))
    by_deduction = min(open_amount - by_deposit, max(deductible, 0))
    return by_deposit, by_deduction, open_amount - by_deposit - by_deduction


def age_bucket(days):
    """Return the key of the bucket that ``days`` fall into."""
    return next((key for end, key in BUCKETS if days <= end), "over")
