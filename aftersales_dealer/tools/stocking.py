"""How many of a part a dealer should have for a season: pure arithmetic (D06)."""

import math


def recommend(fitted, growth=0.0):
    """Return the whole number of parts to recommend.

    :param fitted: quantities fitted in each of the last seasons, the latest first; the latest
        counts twice, seasons before the first part was fitted do not count
    :param float growth: percent more (or less) than before

    >>> recommend([4, 2]), recommend([4, 2], growth=50), recommend([3, 0]), recommend([0, 0])
    (4, 5, 3, 0)
    """
    known = list(fitted)
    while known and not known[-1]:
        known.pop()
    if not known:
        return 0
    weights = [2, *[1] * (len(known) - 1)]
    mean = sum(weight * value for weight, value in zip(weights, known, strict=True)) / sum(weights)
    return math.ceil(round(mean * (1 + growth / 100), 6))


def get_shortfall(planned, stock, ordered):
    """Return what is still lacking of a planned quantity.

    >>> get_shortfall(10, 3, 4), get_shortfall(5, 9, 0)
    (3, 0.0)
    """
    return max(planned - stock - ordered, 0.0)
