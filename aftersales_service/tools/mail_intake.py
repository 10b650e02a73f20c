"""What an incoming e-mail says about itself: pure functions, no database (T15).

``mend`` makes unreadable messages readable, ``get_kind`` tells people from machines,
``find_serials`` and ``get_codes`` read what the text names.
"""

import codecs
import email
import email.policy
import hashlib
import re

ADDRESS = re.compile(rb"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
ADDRESS_HEADERS = {"from", "to", "cc", "reply-to", "delivered-to", "sender", "return-path"}
REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|rv|fwd?|wg|tr|enc|回复|回覆|答复|转发|轉寄)\s*(?:\[\d+\])?\s*[:：]\s*)+",
    re.I,
)
# A word of letters, digits and the signs that serials use, with a digit in it.
CODE = re.compile(r"(?<![\w])[\w][\w./-]{2,38}[\w](?![\w])")
BULK = {"bulk", "junk", "list", "auto_reply"}
SUPPRESSING = {"all", "oof", "autoreply"}
ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.I)
MAX_TEXT = 50_000


def get_kind(message, sender=""):
    """Tell who speaks: ``person``, ``robot`` or ``quiet``.

    A robot answers by itself or writes to a list: it is never answered and moves nothing. Who is
    quiet asks for no automatic answer; what it writes counts like a person's.

    :param message: ``email.message.Message`` or any mapping of header names
    :param sender: the address it comes from
    """

    def header(name):
        return str(message.get(name) or "").strip().lower()

    submitted = header("Auto-Submitted")
    if submitted.startswith("auto-replied") or header("X-Autoreply") or header("X-Autorespond"):
        return "robot"
    if header("Precedence") in BULK or header("List-Id") or header("List-Unsubscribe"):
        return "robot"
    if header("Return-Path") == "<>" or ROBOTS.match(sender or ""):
        return "robot"
    if submitted and not submitted.startswith("no"):
        return "quiet"
    suppressed = {part.strip() for part in header("X-Auto-Response-Suppress").split(",")}
    return "quiet" if suppressed & SUPPRESSING else "person"


def is_auto_reply(message):
    """Whether the message answers another one by itself ("out of office"): whoever it comes from
    asks for nothing. Alarms of machines and mails of lists answer nobody.

    >>> is_auto_reply({"Auto-Submitted": "auto-replied (vacation)"})
    True
    >>> is_auto_reply({"Auto-Submitted": "auto-generated", "Precedence": "bulk"})
    False
    """
    submitted = str(message.get("Auto-Submitted") or "").strip().lower()
    precedence = str(message.get("Precedence") or "").strip().lower()
    return bool(
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or message.get("X-Autoreply")
        or message.get("X-Autorespond")
    )


def normalise_subject(subject):
    """Return what a subject is about: without "Re:" and the like, blanks and case.

    >>> normalise_subject("Re: AW:  Pump   broken")
    'pump broken'
    """
    return " ".join(REPLY_PREFIX.sub("", subject or "").split()).lower()


def get_codes(text, limit=60):
    """Return the words of ``text`` that may be serials or numbers: those with a digit.

    >>> get_codes("Serial TX-100/7, since 2 days. (T2600012)")
    ['TX-100/7', 'T2600012']
    """
    found = {}
    for word in CODE.findall((text or "")[:MAX_TEXT]):
        if any(char.isdigit() for char in word):
            found.setdefault(word)
            if len(found) == limit:
                break
    return list(found)


def _squeeze(text):
    return re.sub(r"[\s]+", "", text).lower()


def find_serials(text, serials):
    """Return those of ``serials`` that ``text`` names, whatever case and blanks, as whole words.

    >>> find_serials("our chk 77-a leaks", ["CHK77-A", "CHK 7", "7"])
    ['CHK77-A']
    """
    found = []
    text = " ".join((text or "")[:MAX_TEXT].split()).lower()
    for serial in serials:
        letters = _squeeze(serial or "")
        if len(letters) < 3:
            continue
        pattern = r"\s?".join(re.escape(char) for char in letters)
        if re.search(rf"(?<![\w-]){pattern}(?![\w]|-\w)", text):
            found.append(serial)
    return found


def get_addresses(raw):
    """Return the addresses in the head of the bytes ``raw``, however broken it is."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    return [match.decode("ascii", "ignore").lower() for match in ADDRESS.findall(head)]


def get_header(raw, name):
    """Return the header ``name`` of the bytes ``raw`` as text, however broken it is."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    value = str(message.get(name) or "")
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except Exception:  # pylint: disable=broad-except
        # An encoding that nobody knows: better the raw text than none.
        return value


def mend(raw):
    """Return the message's bytes with what its readers stumble over put right: headers that cannot
    be parsed, character sets and encodings that do not exist.
    """
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in message.walk():
        _mend_headers(part)
        _mend_charset(part)
    return message.as_bytes()


def _mend_headers(part):
    for name, value in list(part.items()):
        text = str(value)
        if _is_readable(name, text):
            continue
        plain = re.sub(r"[^\x20-\x7e]+", " ", text).strip()
        if name.lower() in ADDRESS_HEADERS:
            found = ADDRESS.findall(plain.encode("ascii", "ignore"))
            plain = ", ".join(address.decode() for address in found)
        elif name.lower() == "message-id":
            # The same mail read again is known by it.
            plain = f"<{hashlib.sha256(text.encode()).hexdigest()[:32]}@unreadable>"
        del part[name]
        if _is_readable(name, plain):
            part[name] = plain


def _is_readable(name, text):
    try:
        str(email.policy.SMTP.header_fetch_parse(name, text))
    except Exception:  # pylint: disable=broad-except
        # Python's parser raises whatever comes along on broken headers.
        return False
    return True


def _mend_charset(part):
    charset = part.get_param("charset")
    if part.is_multipart() or not charset:
        return
    try:
        codecs.lookup(str(charset))
    except (LookupError, ValueError):
        try:
            part.get_payload(decode=True).decode("utf-8")
            part.set_param("charset", "utf-8")
        except UnicodeDecodeError:
            part.set_param("charset", "latin-1")
