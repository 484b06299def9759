"""What an uploaded file is, judged by its name and its content together.

The type a browser states is not looked at: browsers send DWG as octet-stream and DXF as text/plain. Name and content
must agree; only among photos the content alone decides, because phones rename HEIC to .jpg and back. Nothing is
unpacked or interpreted here, and whatever is accepted is still served as a download only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from liju_contact.domain.file_name import extension_of, safe_name
from liju_contact.domain.zip_entries import zip_entry_names

__all__ = [
    "HEAD_BYTES",
    "FileKind",
    "FileRefusal",
    "RefusalReason",
    "judge_file",
    "may_be_pictured",
    "media_type",
    "safe_name",
]

HEAD_BYTES = 8192
_PDF_HEADER_WITHIN = 1024
_IGES_COLUMNS = 80


class FileKind(StrEnum):
    PDF = "pdf"
    DWG = "dwg"
    DXF = "dxf"
    STEP = "step"
    IGES = "iges"
    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    XLSX = "xlsx"
    DOCX = "docx"
    ZIP = "zip"
    TXT = "txt"
    OTHER = "other"  # came by mail, where nobody can be asked for another type; only ever downloaded

    @property
    def may_be_mail(self) -> bool:
        """Tell whether a mail program may have made it of a letter of ours, with all that the letter holds (D62).

        That is how a mail goes along as a file: as itself, or as its text or HTML. A drawing, a picture or a document
        holds a link where somebody put it there, and nobody reads a drawing who may not open it.
        """
        return self in {FileKind.TXT, FileKind.OTHER}


class RefusalReason(StrEnum):
    EMPTY = "empty"
    TYPE_NOT_TAKEN = "type_not_taken"
    CONTENT_DIFFERS = "content_differs"


@dataclass(frozen=True, slots=True)
class FileRefusal:
    reason: RefusalReason


_MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DWG: "image/vnd.dwg",
    FileKind.DXF: "image/vnd.dxf",
    FileKind.STEP: "model/step",
    FileKind.IGES: "model/iges",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.HEIC: "image/heic",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.ZIP: "application/zip",
    FileKind.TXT: "text/plain",
    FileKind.OTHER: "application/octet-stream",
}
_EXTENSIONS = {kind.value: kind for kind in FileKind if kind is not FileKind.OTHER} | {
    "jpg": FileKind.JPEG,
    "jpe": FileKind.JPEG,
    "stp": FileKind.STEP,
    "p21": FileKind.STEP,
    "igs": FileKind.IGES,
    "heif": FileKind.HEIC,
}
_PHOTOS = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.HEIC})
_PICTURED = frozenset({FileKind.PDF, FileKind.JPEG, FileKind.PNG})
_PICTURED_BY_NAME = frozenset({"gif", "webp", "bmp", "tif", "tiff"})

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif"})
_DWG_VERSION = re.compile(rb"AC10[0-9]{2}|AC1\.[0-9]|AC2\.[0-9]|MC0\.0")
# Pairs of lines: any comments (group code 999), then group code 0 with SECTION.
_DXF_START = re.compile(rb"(?:[ \t]*999[ \t]*\n[^\n]*\n)*[ \t]*0[ \t]*\n[ \t]*SECTION[ \t]*\n")
_DXF_BINARY = b"AutoCAD Binary DXF\r\n\x1a\x00"
# Column 73 names the section: S(tart), or the flag of the C(ompressed) or B(inary) form; then its sequence number.
_IGES_SECTION = re.compile(rb"[SCB][ 0]{6}1")
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ACTIVE_START = re.compile(
    rb"MZ[^\n]{0,100}\0|\x7fELF|#!|<\?php|<%|<!doctype|<!--|<(?:html|head|body|script|svg|iframe|meta)\b|<\?xml",
    re.IGNORECASE,
)
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
# What no text in any ASCII-based encoding holds: C0 controls except BS, TAB, LF, VT, FF, CR, Ctrl-Z (DOS end) and ESC.
_NEVER_IN_TEXT = re.compile("[\x00-\x07\x0e-\x19\x1c-\x1f\x7f]")


def judge_file(name: str, head: bytes, tail: bytes = b"") -> FileKind | FileRefusal:
    """Return what the file is, or why it is not taken.

    ``head`` are its first ``HEAD_BYTES`` bytes, all of them if it is shorter; ``tail`` its last bytes, which help with
    XLSX and DOCX whose first entry is large.
    """
    if not head:
        return FileRefusal(RefusalReason.EMPTY)
    claimed = _EXTENSIONS.get(extension_of(name))
    if claimed is None:
        return FileRefusal(RefusalReason.TYPE_NOT_TAKEN)
    head = head[:HEAD_BYTES]
    if _ACTIVE_START.match(head.removeprefix(_UTF8_BOM).lstrip()):
        return FileRefusal(RefusalReason.CONTENT_DIFFERS)
    for kind in [claimed, *sorted(_PHOTOS - {claimed})] if claimed in _PHOTOS else [claimed]:
        if _CHECKS[kind](head, tail):
            return kind
    return FileRefusal(RefusalReason.CONTENT_DIFFERS)


def media_type(kind: FileKind) -> str:
    """Return the registered media type; TXT without a charset, because nobody has said which it is."""
    return _MEDIA_TYPES[kind]


def may_be_pictured(kind: FileKind, name: str) -> bool:
    """Tell whether a small picture may be made of a file; what came by mail as another kind goes by its name."""
    return kind in _PICTURED or (kind is FileKind.OTHER and extension_of(name) in _PICTURED_BY_NAME)


def _is_pdf(head: bytes, _tail: bytes) -> bool:
    return b"%PDF-" in head[:_PDF_HEADER_WITHIN]


def _is_dwg(head: bytes, _tail: bytes) -> bool:
    return _DWG_VERSION.match(head) is not None


def _is_dxf(head: bytes, _tail: bytes) -> bool:
    lines = head.removeprefix(_UTF8_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return head.startswith(_DXF_BINARY) or _DXF_START.match(lines) is not None


def _is_step(head: bytes, _tail: bytes) -> bool:
    return head.removeprefix(_UTF8_BOM).lstrip().startswith(b"ISO-10303-21;")


def _is_iges(head: bytes, _tail: bytes) -> bool:
    return _IGES_SECTION.fullmatch(head[72:_IGES_COLUMNS]) is not None


def _is_jpeg(head: bytes, _tail: bytes) -> bool:
    return head.startswith(b"\xff\xd8\xff")


def _is_png(head: bytes, _tail: bytes) -> bool:
    return head.startswith(b"\x89PNG\r\n\x1a\n")


def _is_heic(head: bytes, _tail: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS


def _is_xlsx(head: bytes, tail: bytes) -> bool:
    return _is_office(head, tail, folder="xl/")


def _is_docx(head: bytes, tail: bytes) -> bool:
    return _is_office(head, tail, folder="word/")


def _is_office(head: bytes, tail: bytes, *, folder: str) -> bool:
    """Tell an OOXML package of one application by the names of its entries; one with macros is none of ours."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    names = zip_entry_names(head) | zip_entry_names(tail)
    if any(name.endswith("vbaproject.bin") for name in names):
        return False
    folders = {candidate for candidate in ("xl/", "word/", "ppt/") if any(n.startswith(candidate) for n in names)}
    return folders == {folder} or (not folders and "[content_types].xml" in names)


def _is_zip(head: bytes, _tail: bytes) -> bool:
    return head.startswith(_ZIP_STARTS)


def _is_txt(head: bytes, tail: bytes) -> bool:
    """Tell text, whatever its encoding: UTF-16 by its mark, everything else by having no bytes that no text has."""
    if head.startswith(_UTF16_BOMS):
        # The head may end inside a character, so an odd byte or half a pair at its end does not count.
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
        return "\ufffd" not in text[:-1] and _NEVER_IN_TEXT.search(text) is None
    return _NEVER_IN_TEXT.search(head.decode("latin-1")) is None and not _is_pdf(head, tail)


_CHECKS: dict[FileKind, Callable[[bytes, bytes], bool]] = {
    FileKind.PDF: _is_pdf,
    FileKind.DWG: _is_dwg,
    FileKind.DXF: _is_dxf,
    FileKind.STEP: _is_step,
    FileKind.IGES: _is_iges,
    FileKind.JPEG: _is_jpeg,
    FileKind.PNG: _is_png,
    FileKind.HEIC: _is_heic,
    FileKind.XLSX: _is_xlsx,
    FileKind.DOCX: _is_docx,
    FileKind.ZIP: _is_zip,
    FileKind.TXT: _is_txt,
}
