"""Spreadsheets that dealers send and get back: what the pages of sales and of claims share."""

from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..tools.sale_sheet import MAX_BYTES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Files that one dealer sends in an hour.
FILES, SECONDS = 60, 3600


def read_posted_sheet(sheets, dealer, throttle):
    """Return the record of the file that was posted as ``sheet``.

    :param sheets: the model (sudo) that reads it, ``_read_file(dealer, name, content)``
    :param dealer: who sends it
    :param str throttle: what is counted, so that no dealer sends too many
    :raise UserError: when there is none, or it cannot be read
    """
    env = request.env
    if not env["aftersales.throttle"]._allow(throttle, str(dealer.id), FILES, SECONDS):
        raise UserError(env._("That was a lot at once. Please wait an hour."))
    file = request.httprequest.files.get("sheet")
    content = file.read(MAX_BYTES + 1) if file else b""
    if not content:
        raise UserError(env._("Choose the spreadsheet to send."))
    return sheets._read_file(dealer, file.filename, content)


def send_sheet(content, name):
    """Return the response that downloads ``content`` (bytes of an .xlsx) as ``name``."""
    headers = [
        ("Content-Type", XLSX),
        ("Content-Disposition", content_disposition(name)),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return request.make_response(content, headers)
