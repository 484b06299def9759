"""The empty form as bytes.

Rendered once per language and pre-filled choice, with only the token written for each visitor.

The token stands at the very end of the document (``<input form=…>`` may stand anywhere), so everything before it can be
kept, plain and compressed: a copy of the compressor's state is finished with the visitor's few bytes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from liju_contact.usecases.deps import Deps
from liju_contact.web.form_token import new_form_token
from liju_contact.web.rendering import current_language, render

_GZIP = 16 + zlib.MAX_WBITS
_HEADERS = {"Vary": "Accept-Encoding", "X-Robots-Tag": "all"}  # the one page that may be found by searching
_PLACE = "@form-token@"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    before: bytes
    after: bytes
    compressor: Any  # zlib has no public name for the type of compressobj()
    compressed_before: bytes

    def plain(self, token: str) -> bytes:
        return self.before + token.encode() + self.after

    def compressed(self, token: str) -> bytes:
        rest = self.compressor.copy()
        end: bytes = rest.compress(token.encode() + self.after) + rest.flush()
        return self.compressed_before + end


class FormPages:
    """The pages of one running program; at most one for each language, product line and topic."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str, str], FormPage] = {}

    def response(self, deps: Deps, product: str, topic: str, context: Any) -> Response:
        """Return the empty form with ``product`` and ``topic`` (known ids or "") chosen.

        ``context()`` gives the template's.
        """
        key = (current_language(), product, topic)
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = _split(render("public/inquiry.html", token=_PLACE, **context()))
        token = new_form_token(deps)
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return Response(page.plain(token), mimetype="text/html", headers=_HEADERS)
        headers = {**_HEADERS, "Content-Encoding": "gzip"}
        return Response(page.compressed(token), mimetype="text/html", headers=headers)


def _split(page: str) -> FormPage:
    before, after = (part.encode() for part in page.split(_PLACE))
    compressor = zlib.compressobj(9, wbits=_GZIP)
    compressed = compressor.compress(before) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return FormPage(before=before, after=after, compressor=compressor, compressed_before=compressed)
