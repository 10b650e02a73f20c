"""Sales to end users that a dealer sends as a spreadsheet: reading and writing it (D02).

Pure: no database. ``read_sheet`` turns bytes into rows of strings and dates, within limits;
``match_columns`` finds which column is which; ``write_sheet`` makes the template and the file of
rows to correct.
"""

import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl
import xlsxwriter

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 30
MAX_CELL = 512
# A small file may claim to be a big one.
MAX_UNPACKED = 120 * 1024 * 1024
ZIP_MAGIC, OLD_XLS_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class SheetRefused(ValueError):
    """The file is not taken; ``reason`` is ``size``, ``type``, ``empty`` or ``rows``."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def read_sheet(content):
    """Return the rows of an .xlsx or .csv file as lists of ``str`` or ``date``; the first is the
    header, empty rows are left out.

    :raise SheetRefused: when the file is too big, no spreadsheet, empty or too long

    >>> read_sheet("serial;sold\\nA-1;2026-03-01\\n;\\n".encode())
    [['serial', 'sold'], ['A-1', '2026-03-01']]
    """
    if not content:
        raise SheetRefused("empty")
    if len(content) > MAX_BYTES:
        raise SheetRefused("size")
    if content.startswith(OLD_XLS_MAGIC):
        raise SheetRefused("type")
    rows = _read_xlsx(content) if content.startswith(ZIP_MAGIC) else _read_csv(content)
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        raise SheetRefused("empty")
    return rows


def _read_xlsx(content):
    """Return the rows of the first sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise SheetRefused("size")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = []
        for cells in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            row = [clean_cell(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            if any(row):
                rows.append(row)
            if len(rows) > MAX_ROWS + 1:
                raise SheetRefused("rows")
        return rows
    except SheetRefused:
        raise
    except Exception as error:  # pylint: disable=broad-except
        # Whatever a broken file does to its reader: it is no spreadsheet.
        raise SheetRefused("type") from error


def _read_csv(content):
    """Return the rows of a text with commas, semicolons or tabs, in the usual encodings."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetRefused("type")
    text = None
    for encoding in ("utf-16", "utf-8-sig", "gb18030", "cp1252"):
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None:
        raise SheetRefused("type")
    header = text.partition("\n")[0]
    delimiter = max(";,\t", key=header.count)
    rows = []
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter):
            row = [clean_cell(cell) for cell in cells[:MAX_COLUMNS]]
            if any(row):
                rows.append(row)
            if len(rows) > MAX_ROWS + 1:
                raise SheetRefused("rows")
    except csv.Error as error:
        raise SheetRefused("type") from error
    return rows


def clean_cell(value):
    """Return a cell as ``date`` or as text of bounded length.

    >>> clean_cell(26101.0), clean_cell(" GT904 "), clean_cell(None), clean_cell(12.5)
    ('26101', 'GT904', '', '12.5')
    >>> clean_cell(datetime(2026, 3, 1, 12))
    datetime.date(2026, 3, 1)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"[\x00-\x1f]+", " ", str(value)).strip()[:MAX_CELL]


def column_key(title):
    """Return a column's title without accents, case, stars and punctuation.

    >>> column_key("Número de serie *") == column_key("numero  de serie")
    True
    """
    plain = unicodedata.normalize("NFKD", str(title))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def match_columns(header, names):
    """Return {field: position} of the columns of ``header``.

    :param names: {field: titles by which it is known}

    >>> match_columns(["Serial *", "Sold on", "x"], {"serial": ["serial"], "date": ["sold on"]})
    {'serial': 0, 'date': 1}
    """
    known = {column_key(title): field for field, titles in names.items() for title in titles}
    found = {}
    for position, title in enumerate(header):
        field = known.get(column_key(title))
        if field:
            found.setdefault(field, position)
    return found


def parse_day(value, date_format):
    """Return the day (``date``) that a cell means, None when it is none.

    :param str date_format: ``strptime`` format of the reader's language

    >>> parse_day("01/03/2026", "%d/%m/%Y"), parse_day("2026-3-1", "%d/%m/%Y")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    >>> parse_day("soon", "%d/%m/%Y") is None
    True
    """
    if isinstance(value, date):
        return value
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", date_format, "%d.%m.%Y"):
        try:
            day = datetime.strptime(str(value).strip()[:10], pattern).date()
        except ValueError:
            continue
        return day if 1990 <= day.year < 2200 else None
    return None


def write_sheet(header, rows, widths=None):
    """Return the bytes of an .xlsx file with a bold, frozen ``header`` and ``rows`` of str, number
    or ``date``; text is never taken for a formula.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bg_color": "#E9ECEF"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, bold)
        sheet.set_column(column, column, (widths or {}).get(column, 18))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif value not in (None, "", False):
                sheet.write_string(number, column, str(value), text)
    book.close()
    return stream.getvalue()
