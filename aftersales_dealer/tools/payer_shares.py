"""Who pays which part of an amount (D17), to the cent: pure, property-tested.

Shares are percentages that add up to 100. The parts add up to the amount exactly: what rounding
leaves over goes, unit by unit, to whoever lost most by it (largest remainder).
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

# The order decides between equal remainders: what the dealer is paid comes first.
PAYERS = ("company", "supplier", "dealer", "customer")
PAID_TO_DEALER = ("company", "supplier")


def split(amount, shares, rounding):
    """Return {payer: part of ``amount``} whose parts add up to the rounded amount.

    :param float amount: what is shared, in the currency
    :param dict shares: {payer: percent}; missing payers have none
    :param float rounding: the currency's smallest unit, e.g. 0.01

    >>> split(100.0, {"company": 70, "customer": 30}, 0.01)["customer"]
    30.0
    >>> split(0.01, {"company": 50, "supplier": 50}, 0.01)
    {'company': 0.01, 'supplier': 0.0, 'dealer': 0.0, 'customer': 0.0}
    >>> sum(split(100.0, {"company": 33.34, "dealer": 33.33, "customer": 33.33}, 1.0).values())
    100.0
    """
    unit = Decimal(repr(rounding))
    units = (Decimal(repr(amount)) / unit).to_integral_value(ROUND_HALF_UP)
    sign = -1 if units < 0 else 1
    whole = sum((Decimal(repr(shares.get(payer, 0.0))) for payer in PAYERS), Decimal(0))
    exact = {
        payer: abs(units) * Decimal(repr(shares.get(payer, 0.0))) / whole if whole else Decimal(0)
        for payer in PAYERS
    }
    parts = {payer: value.to_integral_value(ROUND_FLOOR) for payer, value in exact.items()}
    left = int(abs(units) - sum(parts.values())) if whole else 0
    by_remainder = sorted(PAYERS, key=lambda payer: parts[payer] - exact[payer])
    for payer in by_remainder[:left]:
        parts[payer] += 1
    return {payer: float(sign * parts[payer] * unit) for payer in PAYERS}


def paid_to_dealer(parts):
    """Return what the dealer is paid of the ``parts`` of ``split``: company's and supplier's.

    >>> paid_to_dealer({"company": 50.0, "supplier": 20.0, "dealer": 10.0, "customer": 20.0})
    70.0
    """
    return sum(parts[payer] for payer in PAID_TO_DEALER)
