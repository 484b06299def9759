"""The doors for staff: somebody signed in opens inquiries of the product lines they serve, or nothing is told."""

from __future__ import annotations

from sqlalchemy import Connection

from liju_contact.domain.errors import NotFound
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.person import Person
from liju_contact.store.inbound_lines import InboundLine, find_inbound
from liju_contact.store.inquiries import find_inquiry, get_inquiry, get_inquiry_for_update


def open_for_staff(tx: Connection, person: Person, reference: str, *, for_update: bool = False) -> Inquiry:
    """Return an inquiry ``person`` serves; ``for_update`` keeps it from changing until the end of ``tx``.

    Raises ``NotFound`` alike for one that is not theirs and one that is not.
    """
    inquiry = get_inquiry_for_update(tx, reference) if for_update else find_inquiry(tx, reference)
    if inquiry is None or not person.serves(inquiry.product, inquiry.assignee):
        raise NotFound(f"There is no inquiry {reference}.")
    return inquiry


def open_both(tx: Connection, person: Person, first: str, second: str) -> tuple[Inquiry, Inquiry]:
    """Return two inquiries ``person`` serves and keep both from changing; they may be the same one.

    They are locked in the order of their ids, as everybody does who needs two, so that no two wait for each other.
    """
    found = [open_for_staff(tx, person, reference) for reference in (first, second)]
    locked = {id_: get_inquiry(tx, id_) for id_ in sorted({inquiry.id for inquiry in found})}
    return locked[found[0].id], locked[found[1].id]


def open_mail_for_staff(tx: Connection, person: Person, inbound_id: int) -> InboundLine:
    """Return a received mail of an inquiry ``person`` serves, or of none: that is everybody's.

    Raises ``NotFound`` alike for one that is not theirs and one that is not.
    """
    line = find_inbound(tx, inbound_id)
    if line is None or (line.inquiry_id is not None and not person.serves(line.product or "", line.assignee)):
        raise NotFound(f"There is no mail {inbound_id}.")
    return line
