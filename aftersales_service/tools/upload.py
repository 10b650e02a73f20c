"""What strangers send us: photos and documents, told by their content and not by their name.

Pure: no database. ``check_files`` looks at name and bytes and says what may be kept.
"""

import io
import re
from dataclasses import dataclass

from PIL import Image

MAX_FILES = 6
MAX_BYTES = 8 * 1024 * 1024
# A file of some bytes may claim to be a picture that fills the memory.
MAX_PIXELS = 50_000_000
EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
PIL_MIMETYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
PDF_MAGIC = b"%PDF-"


@dataclass(frozen=True)
class Upload:
    """A checked file: a harmless name, its bytes and what they are."""

    name: str
    content: bytes
    mimetype: str


class UploadRefused(ValueError):
    """A file is not taken. ``reason`` is ``count``, ``size`` or ``type``; ``name`` the file's."""

    def __init__(self, reason, name=""):
        super().__init__(f"{reason}: {name}")
        self.reason = reason
        self.name = name


def get_mimetype(content):
    """Return the mimetype of JPEG, PNG and PDF bytes; None for everything else.

    >>> get_mimetype(b"%PDF-1.7 ...")
    'application/pdf'
    >>> get_mimetype(b"<html><script>alert(1)</script>") is None
    True
    """
    if content.startswith(PDF_MAGIC):
        return "application/pdf"
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "MPO")) as image:
            width, height = image.size
            mimetype = PIL_MIMETYPES.get(image.format)
            image.verify()
    except Exception:  # pylint: disable=broad-except
        # Whatever a broken picture does to its reader: it is none.
        return None
    return mimetype if width * height <= MAX_PIXELS else None


def clean_name(name, mimetype):
    """Return a file name without path and control characters, with the content's extension.

    >>> clean_name("../../etc/pass\\x00wd.php", "image/png")
    'passwd.png'
    >>> clean_name("\\u202egpj.exe", "image/jpeg")
    'gpj.jpg'
    >>> clean_name("", "application/pdf")
    'file.pdf'
    """
    base = re.split(r"[\\/]", name or "")[-1]
    base = re.sub(r"[\x00-\x1f\x7f<>:\"|?*]", "", base)
    # What turns the direction of reading makes "gpj.exe" look like a picture.
    base = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", base).strip(" .")
    stem = base.rpartition(".")[0] or base
    return (stem[:80] or "file") + EXTENSIONS[mimetype]


def check_files(files, max_files=MAX_FILES, max_bytes=MAX_BYTES):
    """Return the ``Upload`` of each of ``files``, all or none.

    :param files: iterable of (name, stream); a stream without bytes is an empty field of a form
    :raise UploadRefused: when there are too many, or one is too big or of another kind
    """
    uploads = []
    for name, stream in files:
        content = stream.read(max_bytes + 1)
        if not content:
            continue
        if len(uploads) == max_files:
            raise UploadRefused("count")
        if len(content) > max_bytes:
            raise UploadRefused("size", name)
        mimetype = get_mimetype(content)
        if not mimetype:
            raise UploadRefused("type", name)
        uploads.append(Upload(clean_name(name, mimetype), content, mimetype))
    return uploads
