"""Which of the parts inside a machine go out when others are taken out or fitted (W13)."""

from dataclasses import dataclass


@dataclass
class Inside:
    """A part that sits in a machine: ``key`` of its record, its ``lot`` and ``quantity``."""

    key: int
    lot: int | None
    quantity: float


def pick(inside, quantity, lot=None):
    """Take ``quantity`` out of ``inside`` (list of ``Inside``, oldest first, changed in place):
    those of ``lot`` when it is named, else the oldest without a serial, else the oldest.

    Return ([(key, quantity)], what was not found).

    >>> parts = [Inside(1, None, 2.0), Inside(2, None, 1.0)]
    >>> pick(parts, 2.5), parts
    (([(1, 2.0), (2, 0.5)], 0.0), [Inside(key=2, lot=None, quantity=0.5)])
    >>> pick([Inside(1, 7, 1.0)], 1.0, lot=8)
    ([], 1.0)
    """
    picked = []
    if lot:
        wanted = [part for part in inside if part.lot == lot]
    else:
        wanted = sorted(inside, key=lambda part: part.lot is not None)
    for part in wanted:
        if quantity <= 0:
            break
        taken = min(part.quantity, quantity)
        picked.append((part.key, taken))
        part.quantity -= taken
        quantity -= taken
    inside[:] = [part for part in inside if part.quantity > 0]
    return picked, quantity


def replaced_quantity(fitted, taken_out, per_machine):
    """Return how much goes out because as much is fitted: a machine of whose parts list we know
    holds no more than it did. ``taken_out`` was reported already; ``per_machine`` is 0 when the
    parts list does not name the part.

    >>> replaced_quantity(2, 0, 4), replaced_quantity(2, 1, 4), replaced_quantity(2, 0, 0)
    (2, 1, 0)
    """
    return max(min(fitted, per_machine) - taken_out, 0)
