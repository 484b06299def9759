"""A customer has lost the link: fresh ones are mailed to the address the inquiry came from.

The page writes one row and says the same whatever is true; the worker looks whether there is such an inquiry. So
neither the answer nor its time can be used to ask who is a customer (the count per address and per network holds back
who tries it often).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.inquiry import Inquiry, fold_address
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.reference import read_reference
from liju_contact.store.inquiries import find_inquiry, newest_inquiries_of
from liju_contact.store.letters import post_letters
from liju_contact.store.link_requests import LinkRequest, add_link_request, is_link_asked_for, take_link_request
from liju_contact.usecases.count_rate import count_in_window, may_write_automatically
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller, count_entry
from liju_contact.usecases.post_letters import to_customer

LINKS_PER_LETTER = 20


def ask_for_links(deps: Deps, typed: str, *, language: str, caller: Caller, now: datetime) -> None:
    """Note that somebody asks for links by what they ``typed``; raises ``TooOften`` when this network asked too often.

    An address or reference that was asked for too often is left out silently: whoever owns it has letters enough.
    """
    reference = read_reference(typed, deps.settings.company.reference_prefix)
    address = None if reference else fold_address(typed)
    with deps.db.begin() as tx:
        count_entry(deps, tx, PublicDoor.FIND, caller, now=now)
        limits = deps.settings.limits.doors[PublicDoor.FIND]
        who = reference or address or ""
        count = count_in_window(deps, tx, "find address", who, window=limits.window, now=now)
        if not 0 < limits.per_subject < count:
            add_link_request(tx, reference=reference, address=address, language=language, now=now)


def answer_link_request(deps: Deps, *, now: datetime) -> bool:
    """Answer the oldest request, by a letter if there is anything to tell; False when there is none."""
    with deps.db.read() as tx:
        if not is_link_asked_for(tx):
            return False
    with deps.db.begin() as tx:
        request = take_link_request(tx)
        if request is None:
            return False
        inquiries = _asked_for(tx, request)
        if inquiries and may_write_automatically(deps, tx, inquiries[0], now):
            _post_links(deps, tx, inquiries, request.language, now)
    return True


def _asked_for(tx: Connection, request: LinkRequest) -> list[Inquiry]:
    if request.address is not None:
        return newest_inquiries_of(tx, request.address, limit=LINKS_PER_LETTER)
    inquiry = find_inquiry(tx, request.reference or "")
    return [inquiry] if inquiry else []


def _post_links(deps: Deps, tx: Connection, inquiries: list[Inquiry], language: str, now: datetime) -> None:
    """Mail the links to the address of the newest inquiry, as that customer spelled it."""
    links = [(inquiry, deps.status_url(inquiry.reference, inquiry.key_version)) for inquiry in inquiries]
    letter = deps.letters.status_links(links, language=language)
    only_inquiry = inquiries[0].id if len(inquiries) == 1 else None
    letter_key = f"status_links/{now.isoformat()}/{deps.random_bytes(8).hex()}"
    post_letters(
        tx,
        [to_customer(deps, letter, inquiries[0], letter_key=letter_key, number=None)],
        inquiry_id=only_inquiry,
        now=now,
    )
