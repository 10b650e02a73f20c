"""Which old parts of a shipment are appraised (D18): a draw that its seed repeats."""

import math
import random


def sample_size(count, percent, minimum):
    """Return how many of ``count`` parts are drawn: ``percent`` of them rounded up, at least
    ``minimum``.

    >>> sample_size(40, 10, 3), sample_size(8, 10, 3), sample_size(2, 10, 3)
    (4, 3, 2)
    """
    return min(count, max(minimum, math.ceil(count * percent / 100.0)))


def draw(labels, size, seed):
    """Return the set of ``size`` of the ``labels``, the same for the same seed and labels.

    >>> draw(["a", "b", "c", "d"], 2, 7) == draw(["d", "c", "b", "a"], 2, 7)
    True
    """
    ordered = sorted(labels)
    return set(random.Random(seed).sample(ordered, min(size, len(ordered))))


def extended_percent(percents, rule):
    """Return what the sample's released ``percents`` say about the parts that were not drawn.

    ``release``: all is released; ``share``: the mean of the sample; ``full``: None when the sample
    has a finding, for then all parts are appraised.

    >>> extended_percent([100.0, 0.0], "share"), extended_percent([100.0, 50.0], "full")
    (50.0, None)
    """
    mean = sum(percents) / len(percents) if percents else 100.0
    if rule == "share":
        return round(mean, 2)
    if rule == "full" and mean < 100.0:
        return None
    return 100.0
