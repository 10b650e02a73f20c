"""Claims that a dealer sends as a spreadsheet (D07): which rows are one claim, and what of them can
be read. Pure: no database.
"""

from .sale_sheet import parse_day

HEADER = ("serial", "date_failure", "date_repair", "meter", "symptom", "description", "signed_by")
REQUIRED = ("reference", "serial", "date_failure", "date_repair", "kind", "quantity")
NUMBERS = ("meter", "quantity", "price_unit")
DAYS = ("date_failure", "date_repair")
MOST = 10.0**9


def parse_number(text):
    """Return the number that a cell means, None when it is none or negative.

    >>> parse_number("12,5"), parse_number("1 200.5"), parse_number("-3"), parse_number("x")
    (12.5, 1200.5, None, None)
    """
    try:
        number = float(str(text).replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number < MOST else None


def read_row(cells, date_format):
    """Return (values, problems) of one row.

    :param dict cells: {field: text or date}
    :return: days and numbers parsed; problems are (code, field)
    """
    values = {name: str(value).strip() for name, value in cells.items()}
    problems = [("missing", name) for name in REQUIRED if not values.get(name)]
    for name in DAYS:
        if cells.get(name):
            values[name] = parse_day(cells[name], date_format)
            if values[name] is None:
                problems.append(("day", name))
    for name in NUMBERS:
        if values.get(name):
            values[name] = parse_number(values[name])
            if values[name] is None:
                problems.append(("number", name))
    return values, problems


def group_claims(rows):
    """Return {reference: positions of its rows} of ``rows`` (dicts of values), in their order."""
    claims = {}
    for position, values in enumerate(rows):
        claims.setdefault(values.get("reference") or "", []).append(position)
    return claims


def find_contradictions(rows):
    """Return the names of header fields in which the rows of one claim differ; empty cells of
    later rows mean "as above".

    >>> find_contradictions([{"serial": "A"}, {"serial": ""}, {"serial": "B"}])
    ['serial']
    """
    first = rows[0]
    return [
        name
        for name in HEADER
        if any(row.get(name) not in (None, "", first.get(name)) for row in rows[1:])
    ]
