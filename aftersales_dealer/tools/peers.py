"""What others claim for the same job, by statistics that single outliers do not move (D08, D19)."""

from dataclasses import dataclass
from math import sqrt

# Makes the median absolute deviation comparable with a standard deviation.
SCALE = 1.4826
LEAST_DEALERS = 2


@dataclass(frozen=True)
class Peers:
    """What other dealers claim: the median of the dealers' medians, how far they usually differ
    from it (median absolute deviation), how many claims of how many dealers.
    """

    median: float
    deviation: float
    claims: int
    dealers: int


def get_allowed(peers, factor, percent, least):
    """Return up to where a value is usual; None when too few others are known to say so.

    >>> get_allowed(Peers(100.0, 10.0, 20, 4), 3.5, 25.0, 8)
    151.89
    >>> get_allowed(Peers(100.0, 0.0, 20, 4), 3.5, 25.0, 8)
    125.0
    >>> get_allowed(Peers(100.0, 10.0, 7, 4), 3.5, 25.0, 8) is None
    True

    :param float factor: how many usual deviations are usual
    :param float percent: what is usual in any case, in percent above the median
    :param int least: the least number of claims of others
    """
    if peers is None or peers.claims < least or peers.dealers < LEAST_DEALERS:
        return None
    spread = peers.median + factor * SCALE * peers.deviation
    return round(max(spread, peers.median * (1.0 + percent / 100.0)), 2)


# A dealer's share is apart when so many claims stand behind it, it is so much above the others',
# and so many standard errors: chance alone does that to one dealer in a thousand.
LEAST_CLAIMS, TIMES, ERRORS = 20, 1.5, 3.0
# A day is busy with so many repairs, so many times the dealer's median, of so many days.
LEAST_REPAIRS, BUSY_DAY, LEAST_DAYS = 6, 4.0, 8


def get_rate(part, whole):
    """Return the share in percent.

    >>> get_rate(1, 8)
    12.5
    """
    return round(100.0 * part / whole, 1) if whole else 0.0


def is_apart(part, whole, others_part, others_whole):
    """Whether the share ``part`` / ``whole`` is far above that of all others.

    >>> is_apart(30, 60, 100, 1000), is_apart(8, 60, 100, 1000), is_apart(5, 6, 100, 1000)
    (True, False, False)
    """
    if whole < LEAST_CLAIMS or others_whole < LEAST_CLAIMS:
        return False
    # One claim more on the others' side: a share of nothing has an error, too.
    others = (others_part + 1.0) / (others_whole + 1.0)
    error = sqrt(others * (1.0 - min(others, 0.99)) / whole)
    share = part / whole
    return share >= TIMES * others and (share - others) >= ERRORS * error
