"""What an appraised old part leaves of the amount claimed for it (D09, D18): pure arithmetic."""

# Nothing is paid for a part that failed through one of these.
AT_FAULT = ("dealer", "customer")


def default_percent(responsible):
    """Return how much of the amount is released when ``responsible`` answers for the fault.

    >>> default_percent("supplier"), default_percent("dealer")
    (100.0, 0.0)
    """
    return 0.0 if responsible in AT_FAULT else 100.0


def release(amount, quantity, received, percent=100.0):
    """Return the unrounded amount that the verdict leaves: only what came back is paid.

    >>> release(90.0, 3, 2)
    60.0
    >>> release(90.0, 3, 3, 50.0)
    45.0
    >>> release(90.0, 3, 5)
    90.0
    """
    if quantity <= 0:
        return 0.0
    came = min(max(received, 0.0), quantity) / quantity
    return amount * came * min(max(percent, 0.0), 100.0) / 100.0
