import base64
import binascii

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from ..tools.record_id import read_id

MAX_PHOTOS, MAX_PHOTO_BYTES = 10, 10 * 1024 * 1024
MAX_SIGNATURE_BYTES = 1024 * 1024
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")


class PostedValues:
    """Reads what forms post: texts that anybody may have forged. What cannot be read is refused in
    words that name the field.
    """

    def _parse_int(self, text):
        """Return the whole number that ``text`` is, 0 for anything else and for what no id is."""
        return read_id(str(text or "").strip()) or 0

    def _parse_date(self, text, label):
        try:
            return fields.Date.to_date((text or "").strip()) or False
        except ValueError:
            raise UserError(
                request.env._("“%(field)s”: enter the day as year-month-day.", field=label)
            ) from None

    def _parse_number(self, text, label):
        try:
            number = float((text or "").strip().replace(",", "."))
        except ValueError:
            number = -1.0
        if not 0 <= number < 10**9:
            raise UserError(
                request.env._("“%(field)s”: enter a number, for example 12.5.", field=label)
            )
        return number

    def _parse_signature(self, text):
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if guess_mimetype(content) != "image/png" or len(content) > MAX_SIGNATURE_BYTES:
            raise UserError(
                request.env._("The signature could not be read. Let the user sign again.")
            )
        return text

    def _read_photos(self, claim):
        """Return the values of the attachments for the posted photos."""
        files = [file for file in request.httprequest.files.getlist("photos") if file.filename]
        if len(files) + len(claim.photo_ids) > MAX_PHOTOS:
            raise UserError(
                request.env._(
                    "No more than %(count)s photos can be kept with a claim.", count=MAX_PHOTOS
                )
            )
        photos = []
        for file in files:
            content = file.read(MAX_PHOTO_BYTES + 1)
            if len(content) > MAX_PHOTO_BYTES or guess_mimetype(content) not in IMAGE_TYPES:
                raise UserError(
                    request.env._(
                        "“%(name)s” is not a photo, or larger than 10 MB. Choose another.",
                        name=file.filename,
                    )
                )
            photos.append(
                {
                    "name": file.filename,
                    "raw": content,
                    "res_model": claim._name,
                    "res_id": claim.id,
                }
            )
        return photos
