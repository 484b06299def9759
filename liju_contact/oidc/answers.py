"""Fetches JSON from a service: over HTTPS (or from this machine), without following redirects, soon and not much."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from liju_contact.config_desk import is_protected
from liju_contact.domain.errors import ProviderDown

_TIMEOUT_SECONDS = 5.0
_BYTES = 1_000_000
_PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``fields`` is empty for an answer that is no JSON object."""

    status: int
    fields: Mapping[str, Any]


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """A service that sends us elsewhere is none of the settings; its answer counts as what it is."""


_opener = build_opener(_NoRedirect)


def fetch(url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer, a refusal too. Raises ``ProviderDown`` where there is none, or one of a server in trouble."""
    if not is_protected(url):
        raise ProviderDown("The service names an address without HTTPS.")
    body = urlencode(form).encode() if form is not None else None
    request = Request(url, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310  # checked above
    until = time.monotonic() + _TIMEOUT_SECONDS
    try:
        with _opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
            return Answer(status=response.status, fields=_object(_read(response, until)))
    except HTTPError as refused:
        with refused:
            if not 400 <= refused.code < 500:  # noqa: PLR2004  # RFC 9110 section 15.5: what we sent is at fault
                raise ProviderDown(f"The service answered {refused.code}.") from None
            return Answer(status=refused.code, fields=_object(_read(refused, until)))
    except (OSError, HTTPException, ValueError) as error:
        raise ProviderDown(f"The service cannot be reached: {type(error).__name__}.") from error


def _read(response: IO[bytes], until: float) -> bytes:
    """Read all there is; one that drips ends as one that is silent does."""
    pieces, count = [], 0
    read: Any = getattr(response, "read1", response.read)
    while piece := read(_PIECE_BYTES):
        pieces.append(piece)
        count += len(piece)
        if count > _BYTES or time.monotonic() > until:
            raise ProviderDown("The service answers too much, or too slowly.")
    return b"".join(pieces)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
