"""Staff tell the program by mail what to do with an inquiry: close it, take it, set it aside as spam."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.event import Actor, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.staff_command import Command
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import assign, set_state
from liju_contact.usecases.answer_customer import name_for_customer
from liju_contact.usecases.deps import Deps


def follow_commands(
    deps: Deps, tx: Connection, inquiry: Inquiry, commands: frozenset[Command], *, author: Staff, now: datetime
) -> None:
    """Do what ``commands`` say that changes the inquiry; what is so already stays as it is."""
    name = name_for_customer(deps, inquiry, author)
    if Command.ASSIGN_ME in commands and inquiry.assignee != author.address:
        assign(tx, inquiry.id, author.address, now)
        add_event(tx, inquiry.id, EventKind.INQUIRY_ASSIGNED, Actor.STAFF, now, actor_name=name)
    state = InquiryState.SPAM if Command.SPAM in commands else InquiryState.CLOSED
    if commands & {Command.CLOSE, Command.SPAM} and inquiry.state is not state:
        set_state(tx, inquiry.id, state, now)
        add_event(tx, inquiry.id, EventKind.INQUIRY_CLOSED, Actor.STAFF, now, actor_name=name)
