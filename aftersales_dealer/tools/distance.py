"""How far two places are apart.

>>> round(kilometres(52.52, 13.405, 48.137, 11.575))
504
>>> kilometres(0.0, 0.0, 48.137, 11.575) is None
True
"""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS = 6371.0


def kilometres(latitude, longitude, other_latitude, other_longitude):
    """Return the length of the straight line over ground in km; None when a place is unknown
    (0, 0).
    """
    if not (latitude or longitude) or not (other_latitude or other_longitude):
        return None
    first, second = radians(latitude), radians(other_latitude)
    across = sin((second - first) / 2.0) ** 2
    along = sin(radians(other_longitude - longitude) / 2.0) ** 2
    return 2.0 * EARTH_RADIUS * asin(sqrt(min(1.0, across + cos(first) * cos(second) * along)))
