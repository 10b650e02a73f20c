from odoo.exceptions import UserError
from odoo.http import request

from ..tools.upload import MAX_BYTES, MAX_FILES, UploadRefused, check_files

# The biggest form that is read at all: all its files, and some room for its fields.
MAX_FORM_BYTES = MAX_FILES * MAX_BYTES + 1024 * 1024
ACCEPT = "image/jpeg,image/png,application/pdf"


def read_uploads(field="photos"):
    """Return the checked files of the posted form's ``field`` (several inputs or one multiple),
    as ``tools.upload.Upload``; all or none.

    Give routes that call it ``max_content_length=MAX_FORM_BYTES``, and their input the attribute
    ``accept`` with ``ACCEPT``.

    :raise UserError: naming the file and what may be sent, when one is refused
    """
    storages = request.httprequest.files.getlist(field)
    for storage in storages:
        # Read from its beginning when Odoo tries the request again: it rewinds the first file only.
        storage.stream.seek(0)
    try:
        return check_files([(storage.filename, storage.stream) for storage in storages])
    except UploadRefused as refusal:
        raise UserError(_get_message(refusal)) from refusal


def _get_message(refusal):
    """Return what the sender of the file is told."""
    env = request.env
    megabytes = MAX_BYTES // 1024 // 1024
    if refusal.reason == "count":
        return env._("Please send %s files at most.", MAX_FILES)
    if refusal.reason == "size":
        return env._(
            "“%(file)s” is larger than %(size)s MB. Please send a smaller picture.",
            file=refusal.name,
            size=megabytes,
        )
    return env._(
        "“%(file)s” is neither a picture (JPEG, PNG) nor a PDF document. Please send another file.",
        file=refusal.name,
    )


def keep_uploads(record, uploads):
    """Return the attachments (sudo) made of ``uploads`` on ``record``, readable by those only who
    may read the record.

    Call it after the access check; give their ids to ``message_post(attachment_ids=…)``.
    """
    # sudo: visitors and customers have no rights on attachments; the record was checked.
    return (
        request.env["ir.attachment"]
        .sudo()
        .create(
            [
                {
                    "name": upload.name,
                    "raw": upload.content,
                    "mimetype": upload.mimetype,
                    "res_model": record._name,
                    "res_id": record.id,
                    "public": False,
                }
                for upload in uploads
            ]
        )
    )
