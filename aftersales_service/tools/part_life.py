"""How much of its normal life a part has lived (W08)."""

MONTH = 365.2425 / 12


def months_between(start, end):
    """Return the months from ``start`` to ``end`` (dates) with one decimal; never negative.

    >>> from datetime import date
    >>> months_between(date(2026, 1, 1), date(2026, 7, 1))
    5.9
    """
    return round(max((end - start).days, 0) / MONTH, 1)


def lived_share(months, normal_months, meter, normal_meter):
    """Return the lived share of a part's normal life as a fraction, or None when that is not
    known. Of calendar and meter the one that is used up further counts.

    >>> lived_share(6, 24, 1500, 2000), lived_share(6, 24, None, 2000), lived_share(6, 0, 9, 0)
    (0.75, 0.25, None)
    """
    shares = []
    if normal_months:
        shares.append(months / normal_months)
    if normal_meter and meter is not None:
        shares.append(max(meter, 0.0) / normal_meter)
    return max(shares) if shares else None
