"""What a dealer may charge for a paid repair, and by how much it charged more: pure (D05)."""


def get_excess(charged, allowed):
    """Return (amount above what is allowed, percent above); nothing was allowed: 100 %.

    >>> get_excess(120, 100), get_excess(90, 100), get_excess(30, 0)
    ((20, 20.0), (0, 0.0), (30, 100.0))
    """
    over = max(charged - allowed, 0)
    if not over:
        return 0, 0.0
    return over, round(100.0 * over / allowed, 2) if allowed > 0 else 100.0


def is_flagged(over, percent, tolerance):
    """Return whether the customer was overcharged, beyond ``tolerance`` percent.

    >>> is_flagged(5, 5.0, 5), is_flagged(6, 6.0, 5)
    (False, True)
    """
    return over > 0 and percent > tolerance
