"""How files leave the house: as downloads, whatever they contain; never shown, never run, never guessed at."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, request

from liju_contact.domain.file_kind import media_type
from liju_contact.domain.picture import MEDIA_TYPE
from liju_contact.usecases.fetch_file import FetchedFile

FILE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


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
    """Show a small picture that this program wrote, or say that the browser has it already (304).

    A browser may keep it, yet asks each time: whoever has signed out, or may not see the file any more, gets no answer.
    """
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
