"""Comparable forms of what people type about a person: pure text, no database."""

import unicodedata


def name_key(name):
    """Return ``name`` without accents, case and superfluous spaces.

    >>> name_key("  José   PÉREZ ")
    'jose perez'
    """
    decomposed = unicodedata.normalize("NFKD", name or "")
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())


def phone_key(phone):
    """Return the last nine digits of ``phone``: enough to compare numbers with and without country
    code.

    >>> phone_key("+34 600-123 456") == phone_key("600123456")
    True
    >>> phone_key("ext.") == ""
    True
    """
    return "".join(char for char in phone or "" if char.isdigit())[-9:]
