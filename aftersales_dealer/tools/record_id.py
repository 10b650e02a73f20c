"""Ids that come as text, from JSON and forms. Pure: no database."""

# A longer text is no id; Python itself refuses to read the longest.
MAX_DIGITS = 9


def read_id(text):
    """Return the id that ``text`` is, None for anything else.

    >>> read_id("12"), read_id(12), read_id("-1"), read_id("²"), read_id("9" * 5000), read_id(None)
    (12, 12, None, None, None, None)
    """
    text = str(text)
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None
