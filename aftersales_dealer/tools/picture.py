"""A fingerprint of a picture that survives another size, format or compression (D19).

The difference hash: the picture in 9 × 8 grey points; each bit says whether a point is brighter
than its neighbour. Two pictures are the same when their bits differ in ``TOLERANCE`` places at
most; then one of four parts of 16 bits is equal, by which candidates are looked up.
"""

import io

from PIL import Image

TOLERANCE = 3
# Fewer or more bits than this: a blank or evenly shaded picture, which resembles any other.
LEAST_BITS = 8


def fingerprint(content):
    """Return the 64 bits of the picture ``content`` (bytes) as 16 hex digits, "" when it is no
    picture or has nothing to compare.
    """
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.draft("L", (64, 64))  # a JPEG is read small at once
            grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    points = list(grey.getdata())
    bits = 0
    for row in range(8):
        for column in range(8):
            left, right = points[row * 9 + column], points[row * 9 + column + 1]
            bits = bits << 1 | (left > right)
    return f"{bits:016x}" if LEAST_BITS <= bits.bit_count() <= 64 - LEAST_BITS else ""


def parts(print_):
    """Return the four parts of a fingerprint, each with its place.

    >>> parts("0123456789abcdef")
    ['0:0123', '1:4567', '2:89ab', '3:cdef']
    """
    return [f"{place}:{print_[place * 4 : place * 4 + 4]}" for place in range(4)]


def differences(one, other):
    """Return in how many of 64 bits two fingerprints differ.

    >>> differences("0000000000000000", "0000000000000003")
    2
    """
    return (int(one, 16) ^ int(other, 16)).bit_count()
