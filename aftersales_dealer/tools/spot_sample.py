"""Which documents a spot check draws (D10): pure, and the same again for the same seed."""

import math
import random


def sample_size(population, share, minimum=0):
    """Return how many of ``population`` are drawn: the share rounded up, at least ``minimum``.

    Nothing is drawn where the share is zero: that dealer is not checked.

    :param int population: how many there are
    :param float share: percent, 0 to 100
    :param int minimum: at least so many, as far as there are

    >>> sample_size(12, 10)
    2
    >>> sample_size(12, 10, minimum=3), sample_size(2, 10, minimum=3), sample_size(12, 0, minimum=3)
    (3, 2, 0)
    """
    if population <= 0 or share <= 0:
        return 0
    # A share of 10 % of 30 is 3, whatever floats make of it.
    wanted = math.ceil(round(population * share / 100.0, 6))
    return min(population, max(wanted, minimum))


def draw(ids, size, seed, salt):
    """Return ``size`` of ``ids``, sorted; the same for the same ids, seed and salt.

    :param salt: what tells one draw of a round from the next, e.g. the dealer's id

    >>> draw([3, 1, 2], 2, seed=7, salt="a") == draw([1, 2, 3], 2, seed=7, salt="a")
    True
    >>> draw([1, 2], 5, seed=7, salt="a")
    [1, 2]
    """
    pool = sorted(set(ids))
    return sorted(random.Random(f"{seed}:{salt}").sample(pool, min(size, len(pool))))
