"""Staff tell the program by mail what to do with an inquiry: close it, take it, set it aside as spam."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.change import KEEP, Change
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.staff_command import Command
from liju_contact.usecases.apply_change import planned, write_steps
from liju_contact.usecases.deps import Deps


def follow_commands(
    deps: Deps, tx: Connection, inquiry: Inquiry, commands: frozenset[Command], *, author: Staff, now: datetime
) -> None:
    """Do what ``commands`` say that changes the inquiry; what is so already stays as it is."""
    state = InquiryState.SPAM if Command.SPAM in commands else InquiryState.CLOSED
    change = Change(
        state=state if commands & {Command.CLOSE, Command.SPAM} else None,
        assignee=author.address if Command.ASSIGN_ME in commands else KEEP,
    )
    steps = planned(deps, tx, inquiry, change, now=now)
    write_steps(deps, tx, inquiry, steps, author=author, now=now)
