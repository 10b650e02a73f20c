"""Serial numbers in the order people read them: PU-9 before PU-10."""

import re


def natural_key(serial):
    """Return what sorts ``serial`` (str) with its numbers as numbers.

    >>> sorted(["PU-10", "pu-9", "PU-9A"], key=natural_key)
    ['pu-9', 'PU-9A', 'PU-10']
    """
    chunks = re.split(r"(\d+)", (serial or "").strip().casefold())
    # Texts stand at even places and numbers at odd ones, so that like is compared with like.
    return [int(chunk) if place % 2 else chunk for place, chunk in enumerate(chunks)]


def is_between(serial, first, last):
    """Return whether ``serial`` lies from ``first`` to ``last``; an empty bound is open.

    >>> is_between("PU-10", "PU-2", "PU-11"), is_between("PU-1", "PU-2", None)
    (True, False)
    """
    key = natural_key(serial)
    return not (first and key < natural_key(first)) and not (last and key > natural_key(last))
