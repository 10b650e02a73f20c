"""Which of somebody's appointments run into each other; pure Python (V02)."""


def overlapping_pairs(intervals):
    """Return the pairs of ``intervals`` that share some time, earliest first.

    Touching is not overlapping: a visit may start at the second the one before ends.

    :param intervals: iterable of ``(start, end, key)`` with comparable, ordered start and end
    :return: list of ``(key, key)``, the earlier start first

    >>> overlapping_pairs([(1, 3, "a"), (3, 5, "b"), (4, 6, "c")])
    [('b', 'c')]
    >>> overlapping_pairs([(1, 9, "a"), (2, 3, "b"), (4, 5, "c")])
    [('a', 'b'), ('a', 'c')]
    """
    pairs = []
    running = []
    for start, end, key in sorted(intervals, key=lambda item: item[:2]):
        running = [(other_end, other) for other_end, other in running if other_end > start]
        if end > start:
            pairs.extend((other, key) for __, other in running)
            running.append((end, key))
    return pairs
