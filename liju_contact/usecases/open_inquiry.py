"""The one door for customers: a reference and a key open an inquiry, or nothing is told (D7)."""

from __future__ import annotations

from sqlalchemy import Connection

from liju_contact.domain.errors import NotFound
from liju_contact.domain.inquiry import Inquiry
from liju_contact.store.inquiries import find_inquiry, get_inquiry_for_update
from liju_contact.usecases.deps import Deps


def open_for_reading(deps: Deps, tx: Connection, reference: str, key: str) -> Inquiry:
    """Return the inquiry ``key`` opens; raises ``NotFound`` alike for a wrong key and an unknown reference.

    The key is computed and compared also when there is no such inquiry, so that the time tells nothing either.
    """
    inquiry = find_inquiry(tx, reference)
    version = inquiry.key_version if inquiry else 1
    if not deps.keys.opens(key, reference, version) or inquiry is None:
        raise NotFound("This link opens no inquiry.")
    return inquiry


def open_for_update(deps: Deps, tx: Connection, reference: str, key: str) -> Inquiry:
    """The same, and nobody else changes the inquiry until the end of ``tx``.

    The key is looked at once more then: the link may have been renewed while we waited for our turn.
    """
    open_for_reading(deps, tx, reference, key)
    inquiry = get_inquiry_for_update(tx, reference)
    if not deps.keys.opens(key, reference, inquiry.key_version):
        raise NotFound("This link opens no inquiry.")
    return inquiry
