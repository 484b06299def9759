"""Customers asking for their status links; written by the page, answered and deleted by the worker.

The page only ever writes one such row, whatever is true about the reference or the address, so that neither its answer
nor the time it takes can tell whether there is such an inquiry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from liju_contact.store.tables import LinkRequestRow

_OLDEST = select(LinkRequestRow.id).order_by(LinkRequestRow.id).limit(1)
_TAKE_OLDEST = _OLDEST.with_for_update(skip_locked=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """Asked for by ``reference`` or by folded ``address``, never both."""

    reference: str | None
    address: str | None
    language: str


def add_link_request(
    tx: Connection, *, reference: str | None, address: str | None, language: str, now: datetime
) -> None:
    values = {"reference": reference, "address": address, "language": language, "asked_at": now}
    tx.execute(insert(LinkRequestRow), values)


def is_link_asked_for(tx: Connection) -> bool:
    """Tell whether a request waits, without taking a writer's turn for it."""
    return tx.execute(_OLDEST).first() is not None


def take_link_request(tx: Connection) -> LinkRequest | None:
    """Remove the oldest request and return it."""
    id_ = tx.execute(_TAKE_OLDEST).scalar_one_or_none()
    if id_ is None:
        return None
    taken = (
        delete(LinkRequestRow)
        .where(LinkRequestRow.id == id_)
        .returning(LinkRequestRow.reference, LinkRequestRow.address, LinkRequestRow.language)
    )
    reference, address, language = tx.execute(taken).one()
    return LinkRequest(reference=reference, address=address, language=language)
