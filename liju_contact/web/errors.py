"""The one table from errors to HTTP answers.

A page of ours says what happened and what to do, in the reader's language.
"""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, make_response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from liju_contact.domain.errors import Conflict, Forbidden, LijuError, NotFound, StoreBusy, TooOften, Unfit, Withheld
from liju_contact.log_lines import request_id
from liju_contact.web.inquiry import RETRY_SECONDS
from liju_contact.web.notices import log_busy
from liju_contact.web.rendering import render
from liju_contact.web.rendering import translated as _

_log = logging.getLogger(__name__)
_STATUS: dict[type[LijuError], int] = {
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Unfit: 422,
    TooOften: 429,
    Withheld: 451,
    StoreBusy: 503,
}
_DRAIN_SECONDS = 1.0
_DRAIN_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 256 * 1024


def install_errors(app: Flask) -> None:
    app.register_error_handler(LijuError, _house_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.before_request(_limit_body)


def _limit_body() -> None:
    """Refuse a body that was compressed, and let only one with files be larger than the text of a form.

    No browser compresses what it sends, and nothing here unpacks what a stranger has packed. Werkzeug limits the text
    of a form only where it comes in parts: any other is read and taken apart as a whole, whatever its length.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    if request.mimetype != "multipart/form-data":
        request.max_content_length = request.max_form_memory_size


def _house_error(error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    if status == 500:  # noqa: PLR2004  # an error of the house that no table knows is a fault of ours
        _log.error("A request failed.", exc_info=error)
    if isinstance(error, StoreBusy):
        log_busy(error)
    return error_page(status, retry_seconds=error.retry_seconds if isinstance(error, TooOften) else 0)


def _http_error(error: Exception) -> Response:
    if not isinstance(error, HTTPException) or error.code is None:
        return _unexpected(error)
    if isinstance(error, RequestEntityTooLarge):
        _drain()
    response = error_page(error.code)
    if error.response is None and error.code == 405:  # noqa: PLR2004  # RFC 9110 section 15.5.6 wants Allow with it
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    if error.code == 415:  # noqa: PLR2004  # RFC 9110 section 15.5.16 wants to know how it could be sent
        response.headers["Accept-Encoding"] = "identity"
    return response


def _unexpected(error: Exception) -> Response:
    """Log what went wrong with the name of the view and never with its address, which may hold a key."""
    _log.error("The view %s failed.", request.endpoint, exc_info=error)
    return error_page(500)


def error_page(status: int, *, retry_seconds: int = 0) -> Response:
    number = request_id.get() if status == 500 else ""  # noqa: PLR2004  # the log has more of it
    page = render("errors/error.html", status=status, sentence=_sentence(status), number=number)
    response = make_response(page, status)
    if status == 503:  # noqa: PLR2004  # passes by itself
        retry_seconds = RETRY_SECONDS
    if retry_seconds:
        response.headers["Retry-After"] = str(retry_seconds)
    return response


def _sentence(status: int) -> str:
    sentences = {
        403: lambda: _("Your account may not do this. Ask an administrator if it should."),
        404: lambda: _(
            "There is nothing at this address. A status link works only in full, as it stands in our letter."
        ),
        405: lambda: _("This page cannot be used that way."),
        409: lambda: _("Somebody else changed the same thing at the same moment. Please try once more."),
        413: lambda: _("That was too much at once. Please go back, remove some files and send again."),
        415: lambda: _("This address takes a form, and something else was sent."),
        429: lambda: _("That was too often. Please wait a while and try again."),
        451: lambda: _("A virus was found in this file, so it is not handed out."),
        503: lambda: _("Our database is busy just now. Please try again in a moment."),
    }
    if status in sentences:
        return sentences[status]()
    if status >= 500:  # noqa: PLR2004  # RFC 9110 section 15.6
        return _("Something went wrong on our side. We have noted it. Please try again.")
    return _("Your browser sent something that we could not read.")


def _drain() -> None:
    """Read on for a moment after a body that is too large.

    A browser that is still sending would not read our answer.
    """
    until, left = time.monotonic() + _DRAIN_SECONDS, _DRAIN_BYTES
    stream = request.environ["wsgi.input"]
    while left > 0 and time.monotonic() < until and (piece := stream.read(_PIECE_BYTES)):
        left -= len(piece)
