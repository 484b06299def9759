"""The empty form as bytes.

Rendered once per language and pre-filled choice, with only the visitor's own fields written for each of them.

These stand at the very end of the document (``<input form=…>`` may stand anywhere), so everything before them can be
kept, plain and compressed: a copy of the compressor's state is finished with the visitor's few bytes. When the day or
the visitor's network is loud, the challenge of a proof of work and its script are among them; else nobody loads either.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request
from markupsafe import Markup

from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import is_loud
from liju_contact.usecases.prove_work import new_challenge
from liju_contact.web.assets import Assets
from liju_contact.web.form_token import new_form_token
from liju_contact.web.network import network_of
from liju_contact.web.rendering import current_language, render

_GZIP = 16 + zlib.MAX_WBITS
_HEADERS = {"Vary": "Accept-Encoding", "X-Robots-Tag": "all"}  # the one page that may be found by searching
_PLACE = "@own-fields@"
_TOKEN = Markup('<input type="hidden" name="token" form="inquiry" value="{}">')
_PROOF = Markup(
    '\n<input type="hidden" name="proof" form="inquiry" value="{}" data-challenge="{}">'
    '\n<script src="{}" defer></script>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    before: bytes
    after: bytes
    compressor: Any  # zlib has no public name for the type of compressobj()
    compressed_before: bytes

    def plain(self, own: str) -> bytes:
        return self.before + own.encode() + self.after

    def compressed(self, own: str) -> bytes:
        rest = self.compressor.copy()
        end: bytes = rest.compress(own.encode() + self.after) + rest.flush()
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
            page = self._pages[key] = _split(render("public/inquiry.html", own=_PLACE, **context()))
        own = own_inputs(deps, new_form_token(deps))
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return Response(page.plain(own), mimetype="text/html", headers=_HEADERS)
        headers = {**_HEADERS, "Content-Encoding": "gzip"}
        return Response(page.compressed(own), mimetype="text/html", headers=headers)


def own_inputs(deps: Deps, token: str, *, proof: str = "") -> Markup:
    """Return what the form has for one visitor alone; ``proof`` is one it was sent with and came back."""
    own = _TOKEN.format(token)
    now = deps.now()
    if not is_loud(deps, network_of(request.remote_addr), now):
        return own
    assets: Assets = current_app.extensions["liju_assets"]
    return own + _PROOF.format(proof, new_challenge(deps, token, now) or "", assets.url("proof.js"))


def _split(page: str) -> FormPage:
    before, after = (part.encode() for part in page.split(_PLACE))
    compressor = zlib.compressobj(9, wbits=_GZIP)
    compressed = compressor.compress(before) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return FormPage(before=before, after=after, compressor=compressor, compressed_before=compressed)
