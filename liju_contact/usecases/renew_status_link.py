"""A status link came into other hands: a new one goes to the customer by letter, and all old ones open nothing (D7).

The new link is shown to nobody but staff: whoever asks for it on the status page may be the one who should not have
had the old link. Where letters do not arrive the customer would be shut out by this, so there it is for staff alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.errors import Conflict
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.person import Action, Person
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import get_inquiry
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import newest_message_id
from liju_contact.store.status_keys import raise_key_version
from liju_contact.usecases.change_inquiry import open_unmerged
from liju_contact.usecases.count_rate import may_write_automatically
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import to_customer
from liju_contact.usecases.staff_directory import require
from liju_contact.usecases.staff_event import add_staff_event


def renew_link(deps: Deps, reference: str, key: str, *, now: datetime) -> bool:
    """Do so for whoever holds the link; False when it was done too often today.

    What staff call spam stays as it is and gets no letter, without a word about it. Raises ``NotFound``, ``StoreBusy``,
    or ``Conflict`` where letters do not arrive or the inquiry goes on in another.
    """
    with deps.db.begin() as tx:
        inquiry = open_for_update(deps, tx, reference, key)
        if inquiry.unreachable_since is not None or inquiry.merged_into_id is not None:
            raise Conflict("A new link would reach nobody.")
        if inquiry.state is InquiryState.SPAM:
            return True
        if not may_write_automatically(deps, tx, inquiry, now):
            return False
        add_event(tx, inquiry.id, EventKind.LINK_RENEWED, Actor.CUSTOMER, now)
        _renew(deps, tx, inquiry, now)
    return True


def renew_link_for(deps: Deps, person: Person, reference: str, *, now: datetime) -> None:
    """Do so by staff's hand.

    Raises ``Forbidden``, ``NotFound``, ``StoreBusy``, ``Conflict`` for what was merged or is called spam.
    """
    require(person, Action.DECIDE_MAIL)
    with deps.db.begin() as tx:
        inquiry = open_unmerged(tx, person, reference)
        if inquiry.state is InquiryState.SPAM:
            raise Conflict("No letter goes to whom staff call a spammer.")
        add_staff_event(deps, tx, person, inquiry, EventKind.LINK_RENEWED, facts={}, now=now)
        _renew(deps, tx, inquiry, now)


def _renew(deps: Deps, tx: Connection, inquiry: Inquiry, now: datetime) -> None:
    raise_key_version(tx, inquiry.id, now)
    renewed = get_inquiry(tx, inquiry.id)
    url = deps.status_url(renewed.reference, renewed.key_version)
    letter = deps.letters.new_status_link(renewed, status_url=url)
    number = newest_message_id(tx, inquiry.id)
    letter_key = f"new_status_link/{renewed.key_version}"
    posting = to_customer(deps, letter, renewed, letter_key=letter_key, number=number)
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)
