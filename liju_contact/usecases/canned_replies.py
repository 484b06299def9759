"""Answers that are given often: written by staff for all of them, and filled for one inquiry when they are used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from liju_contact.domain.canned_reply import fill_placeholders, text_for
from liju_contact.domain.errors import NotFound
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.person import Person
from liju_contact.store.canned_replies import (
    CannedReply,
    add_reply,
    change_reply,
    every_reply,
    find_reply,
    remove_reply,
)
from liju_contact.usecases.answer_customer import name_for_customer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.staff_directory import staff_of


def list_replies(deps: Deps) -> list[CannedReply]:
    with deps.db.read() as tx:
        return every_reply(tx)


def get_reply(deps: Deps, reply_id: int) -> CannedReply:
    """Return a canned reply. Raises ``NotFound``."""
    with deps.db.read() as tx:
        found = find_reply(tx, reply_id)
    if found is None:
        raise NotFound(f"There is no canned reply {reply_id}.")
    return found


def write_reply(
    deps: Deps, person: Person, reply_id: int | None, *, title: str, texts: Mapping[str, str], now: datetime
) -> int:
    """Write a new canned reply, or an old one anew; returns its id. Raises ``NotFound`` when that was deleted."""
    by = person.name or person.address
    with deps.db.begin() as tx:
        if reply_id is None:
            return add_reply(tx, title=title, texts=texts, by=by, now=now)
        if not change_reply(tx, reply_id, title=title, texts=texts, by=by, now=now):
            raise NotFound(f"There is no canned reply {reply_id}.")
    return reply_id


def delete_reply(deps: Deps, reply_id: int) -> None:
    with deps.db.begin() as tx:
        remove_reply(tx, reply_id)


def fill_reply(deps: Deps, person: Person, reference: str, reply_id: int) -> str:
    """Return a canned reply for the customer of an inquiry, in their language. Raises ``NotFound``."""
    with deps.db.read() as tx:
        inquiry = open_for_staff(tx, person, reference)
        found = find_reply(tx, reply_id)
    if found is None:
        raise NotFound(f"There is no canned reply {reply_id}.")
    return fill_placeholders(text_for(found.texts, inquiry.language), _values(deps, person, inquiry))


def _values(deps: Deps, person: Person, inquiry: Inquiry) -> dict[str, str]:
    product_line = deps.settings.catalogue.find_product_line(inquiry.product)
    return {
        "name": inquiry.name,
        "reference": inquiry.reference,
        "product": product_line.label.in_language(inquiry.language) if product_line else inquiry.product,
        "me": name_for_customer(deps, inquiry, staff_of(deps, person)),
        "status_link": deps.status_url(inquiry.reference, inquiry.key_version),
    }
