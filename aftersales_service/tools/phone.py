"""Phone numbers as people write them, compared as numbers (T01).

>>> digits("+49 (0)30 1234-567 ext. 12")
'49301234567'
>>> digits("010-8888 7777转123")
'1088887777'
>>> same_number("010 88887777", "+86 10 8888-7777"), same_number("02188887777", "+861088887777")
(True, False)
"""

import re
import unicodedata

# By as many last digits a number is found, with and without country and area code.
KEY_LENGTH = 7
# The same as ``phone_key``, worked out by the database for the column %s, and indexed so.
KEY_SQL = (
    "right(ltrim(regexp_replace(regexp_replace(%s, "
    r"'\(0\)|([;#x,]|ext|转|轉).*$', '', 'gi'), '[^0-9]', '', 'g'), '0'), 7)"
)
# What is dialled after the call is taken, and the zero that is left out from abroad.
EXTENSION = r"\(0\)|([;#x,]|ext|转|轉).*$"


def digits(number):
    """Return the digits of ``number`` (str) without leading zeros, national zero, extension."""
    plain = unicodedata.normalize("NFKC", number or "")
    plain = re.sub(EXTENSION, "", plain, flags=re.IGNORECASE | re.DOTALL)
    return "".join(c for c in plain if c.isascii() and c.isdigit()).lstrip("0")


def phone_key(number):
    """Return what numbers that may be the same have in common; "" when there are no digits."""
    return digits(number)[-KEY_LENGTH:]


def same_number(first, second):
    """Whether both are the same number, one perhaps without its country or area code."""
    short, long = sorted((digits(first), digits(second)), key=len)
    if len(short) < KEY_LENGTH:
        return bool(short) and short == long
    return long.endswith(short)


def looks_like_number(text):
    """Whether somebody who typed ``text`` means a phone number rather than a name or serial."""
    text = unicodedata.normalize("NFKC", text or "").strip()
    return bool(re.fullmatch(r"\+?[\d\s()./-]+", text)) and len(digits(text)) >= 5
