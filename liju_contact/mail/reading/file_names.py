"""The name of a file in a mail: the sender's, made harmless, or one made from what the file is and where it stands."""

import re
from urllib.parse import unquote_to_bytes

from liju_contact.domain.file_name import safe_name
from liju_contact.domain.text import is_blank
from liju_contact.mail.reading.encoded_words import readable
from liju_contact.mail.reading.parameters import parameters
from liju_contact.mail.reading.part import ENCLOSED_MAIL, Part

# What is longer than this is no name; ``safe_name`` shortens further, and keeps the ending.
_LONGEST_NAME = 1000
_SEPARATORS = re.compile(r"[/\\]+")
_PERCENT_ENCODED = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")

_USUAL_NAMES = {
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "pgp-version.txt",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
}
_ENDINGS = {
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tiff",
    "image/vnd.dwg": ".dwg",
    "image/vnd.dxf": ".dxf",
    "image/webp": ".webp",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/xml": ".xml",
    "video/mp4": ".mp4",
}


def name_of(part: Part, number: int) -> str:
    """Return the name of the file that ``part`` is, the mail's file ``number``."""
    disposition = parameters(part.value("Content-Disposition"))[1]
    written = disposition.get("filename") or disposition.get("name") or part.params.get("name", "")
    if part.media_type in ENCLOSED_MAIL:
        return _mail_name(part, written, number)
    return named(written, part.media_type, number) if written else made_name(part, number)


def named(written: str, media_type: str, number: int) -> str:
    """Return the sender's name made harmless, or one made for the file where nothing is left of it."""
    name = _percent_decoded(written[-_LONGEST_NAME:])
    return safe_name(name) if not is_blank(_SEPARATORS.sub("", name)) else _made(media_type, number)


def made_name(part: Part, number: int) -> str:
    """Return a name for a file that the sender did not name."""
    return _USUAL_NAMES.get(part.media_type) or _made(part.media_type, number)


def _made(media_type: str, number: int) -> str:
    fallback = ".txt" if media_type.startswith(("text/", "message/")) else ".bin"
    return f"file-{number}{_ENDINGS.get(media_type, fallback)}"


def _mail_name(part: Part, written: str, number: int) -> str:
    """Name an enclosed mail by its subject, whose slashes separate no folders."""
    subject = readable(part.children[0].value("Subject")) if part.children else ""
    title = written or _SEPARATORS.sub("-", subject[:_LONGEST_NAME])
    if is_blank(title):
        return f"file-{number}.eml"
    return safe_name(title if title.lower().endswith(".eml") else f"{title}.eml")


def _percent_decoded(name: str) -> str:
    """Decode a name that a web mail encoded as in an address: ``%E5%9B%BE%E7%BA%B8.dwg``."""
    if not _PERCENT_ENCODED.search(name):
        return name
    try:
        return unquote_to_bytes(name).decode("utf-8")
    except UnicodeDecodeError:
        return name
