"""Serial numbers as people write them down: pasted lists, ranges, spreadsheets.

Plain Python, without a database. What cannot be read raises ``SerialListError`` with a code and
its arguments; the caller words it in the user's language.
"""

import csv
import io
import re
import zipfile

# What separates serials on one line, in Western and Chinese text.
_SEPARATORS = re.compile("[,;\t，；、]")
# Titles of the column with the serials, in lower case; else the first column counts.
_HEADERS = {
    "serial",
    "serial number",
    "serial no",
    "serial / lot",
    "lot",
    "lot/serial",
    "lot/serial number",
    "lot_id",
    "sn",
    "序列号",
    "序列號",
    "出厂编号",
    "出廠編號",
    "número de serie",
    "numero de serie",
    "serie",
}
MAX_UNITS = 500_000


class SerialListError(ValueError):
    """Serials that cannot be read: ``code`` says why, ``arguments`` are for the message."""

    def __init__(self, code, **arguments):
        super().__init__(code)
        self.code = code
        self.arguments = arguments


def parse_list(text):
    """Return [(line number, serial)] of a pasted list: one a line, or separated by commas.

    >>> parse_list("A-1\\n\\n A-2 , A-3;")
    [(1, 'A-1'), (3, 'A-2'), (3, 'A-3')]
    """
    return [
        (number, serial)
        for number, line in enumerate((text or "").splitlines(), start=1)
        for serial in (piece.strip() for piece in _SEPARATORS.split(line))
        if serial
    ]


def expand_range(first, last):
    """Return the serials from ``first`` to ``last``, both included, in their natural order.

    Both are the same but for the last number in them. Numbers of the same width keep it; without
    leading zeros the width grows.

    >>> expand_range("GT-098", "GT-101")
    ['GT-098', 'GT-099', 'GT-100', 'GT-101']
    >>> expand_range("K9", "K11")
    ['K9', 'K10', 'K11']
    """
    begin, end = _split(first), _split(last)
    if begin[0] != end[0] or begin[2] != end[2]:
        raise SerialListError("range_text", first=first, last=last)
    if len(begin[1]) != len(end[1]) and (begin[1].startswith("0") or end[1].startswith("0")):
        raise SerialListError("range_width", first=first, last=last)
    low, high = int(begin[1]), int(end[1])
    if low > high:
        raise SerialListError("range_order", first=first, last=last)
    if high - low >= MAX_UNITS:
        raise SerialListError("too_many", count=high - low + 1, limit=MAX_UNITS)
    width = len(begin[1]) if len(begin[1]) == len(end[1]) else 0
    return [f"{begin[0]}{number:0{width}d}{begin[2]}" for number in range(low, high + 1)]


def _split(serial):
    """Return (prefix, digits, suffix) of a serial, the last number being what is counted."""
    text = (serial or "").strip()
    match = re.search(r"(\d+)(\D*)$", text)
    if not match:
        raise SerialListError("range_number", serial=text)
    return text[: match.start()], match.group(1), match.group(2)


def read_file(content, filename):
    """Return [(row number, serial)] of a spreadsheet (``.xlsx``) or text file (``.csv``,
    ``.txt``).

    The column titled "Serial" counts (or its translations), else the first one.

    :param bytes content: the file
    :param str filename: its name, whose ending says what it is
    """
    if (filename or "").lower().endswith((".xlsx", ".xlsm")):
        rows = _read_xlsx(content, filename)
    elif (filename or "").lower().endswith((".csv", ".txt", ".tsv")):
        rows = _read_csv(content)
    else:
        raise SerialListError("file_kind", filename=filename or "")
    return _pick_column(rows)


def _read_xlsx(content, filename):
    import openpyxl  # Odoo needs it for its own imports; slow to load

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise SerialListError("file_broken", filename=filename) from error


def _read_csv(content):
    text = None
    for encoding in ("utf-8-sig", "gb18030", "latin-1"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _pick_column(rows):
    titles = [_to_text(value).lower() for value in rows[0]] if rows else []
    column = next((place for place, title in enumerate(titles) if title in _HEADERS), None)
    start = 0 if column is None else 1
    found = [
        (number, _to_text(row[column or 0]))
        for number, row in enumerate(rows[start:], start=start + 1)
        if len(row) > (column or 0)
    ]
    return [(number, serial) for number, serial in found if serial]


def _to_text(value):
    """Text of a cell; a number that a spreadsheet keeps as 26001.0 is the serial 26001."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
