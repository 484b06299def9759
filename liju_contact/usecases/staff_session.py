"""Begins, recognises and ends a session of the desk: a random value in a cookie, of which only the digest is stored."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.person import Person
from liju_contact.store.staff_sessions import add_session, end_session, find_session, note_seen
from liju_contact.usecases.deps import Deps

LIFETIME = timedelta(days=14)
REST = timedelta(days=3)
"""How long a session may go unused."""

_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(minutes=10)
_BROWSER_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who makes a request, and by which session; ``csrf`` is what every form of theirs carries."""

    person: Person
    session_id: int
    csrf: str


def begin_session(deps: Deps, tx: Connection, staff_id: int, *, browser: str, network: str, now: datetime) -> str:
    """Begin a session and return the value of its cookie."""
    token = base64.urlsafe_b64encode(deps.random_bytes(_TOKEN_BYTES)).decode().rstrip("=")
    add_session(
        tx,
        staff_id,
        digest=_digest(token),
        browser=browser[:_BROWSER_LENGTH],
        network=network,
        ends_at=now + LIFETIME,
        now=now,
    )
    return token


def recognise(deps: Deps, token: str, *, now: datetime) -> SignedIn | None:
    """Return who is signed in with this cookie, if anybody. Raises ``StoreBusy``."""
    if not token:
        return None
    with deps.db.read_each() as tx:
        found = find_session(tx, _digest(token), seen_after=now - REST, now=now)
    if found is None:
        return None
    if now - found.seen_at >= _SEEN_EVERY:
        # A sign of life is worth no waiting: the next request gives another.
        with contextlib.suppress(StoreBusy), deps.db.hurried(), deps.db.begin() as tx:
            note_seen(tx, found.id, now)
    return SignedIn(person=found.person, session_id=found.id, csrf=deps.keys.csrf_token(token))


def sign_out(deps: Deps, signed_in: SignedIn) -> None:
    with deps.db.begin() as tx:
        end_session(tx, signed_in.session_id, signed_in.person.id)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
