"""How files leave the house: as downloads, whatever they contain; never shown, never run, never guessed at."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response

from liju_contact.domain.file_kind import media_type
from liju_contact.domain.picture import MEDIA_TYPE
from liju_contact.usecases.fetch_file import FetchedFile

FILE_POLICY = "default-src 'none'; sandbox"
_PICTURE_SECONDS = 30 * 24 * 3600


def as_download(file: FetchedFile) -> Response:
    return bytes_as_download(file.chunks, name=file.name, bytes_count=file.bytes_count, mimetype=media_type(file.kind))


def bytes_as_download(
    chunks: Iterator[bytes], *, name: str, bytes_count: int, mimetype: str = "application/octet-stream"
) -> Response:
    response = Response(chunks, mimetype=mimetype)
    response.content_length = bytes_count
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def as_picture(content: bytes) -> Response:
    """Show a small picture that this program wrote; the file of an address never changes, so a browser keeps it."""
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = f"private, max-age={_PICTURE_SECONDS}, immutable"
    return response
