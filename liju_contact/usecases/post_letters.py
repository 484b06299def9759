"""Puts letters into the transaction that gives the reason for them; every other story goes through here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Team
from liju_contact.domain.inquiry import Inquiry, StagedFile
from liju_contact.domain.letter import Addressee, Letter
from liju_contact.domain.message import MessageFile
from liju_contact.store.letters import post_letter
from liju_contact.usecases.deps import Deps, FileLine


def post_to_customer(
    deps: Deps,
    tx: Connection,
    letter: Letter,
    inquiry: Inquiry,
    inquiry_id: int | None,
    *,
    letter_key: str,
    now: datetime,
) -> None:
    """Send ``letter`` to the customer of ``inquiry``; the same ``letter_key`` gives the same Message-ID."""
    addressee = Addressee(name=inquiry.name, address=inquiry.email)
    message_id = _message_id(deps, inquiry.reference, letter_key, addressee)
    post_letter(tx, letter, [(addressee, message_id)], inquiry_id=inquiry_id, now=now)


def post_to_team(
    deps: Deps,
    tx: Connection,
    letter: Letter,
    inquiry: Inquiry,
    inquiry_id: int,
    *,
    letter_key: str,
    message_files_id: int | None,
    now: datetime,
) -> None:
    """Send ``letter`` to everyone in the inquiry's team, one delivery each."""
    addressees = [
        Addressee(name="", address=address, reply_to=_reply_to(deps, inquiry, address))
        for address in team_of(deps, inquiry).recipients
    ]
    ids = [_message_id(deps, inquiry.reference, letter_key, addressee) for addressee in addressees]
    pairs = list(zip(addressees, ids, strict=True))
    post_letter(tx, letter, pairs, inquiry_id=inquiry_id, message_files_id=message_files_id, now=now)


def team_of(deps: Deps, inquiry: Inquiry) -> Team:
    """Return the team that has the inquiry; the first one when the operator has removed it from the settings since."""
    catalogue = deps.settings.catalogue
    return catalogue.find_team(inquiry.team) or catalogue.teams[0]


def file_lines(deps: Deps, files: Iterable[StagedFile | MessageFile]) -> list[FileLine]:
    """List a message's files; they go along with the letter when all together are below the limit."""
    files = list(files)
    fits = sum(file.bytes_count for file in files) <= deps.settings.mail.attach_limit_bytes
    return [FileLine(name=file.name, bytes_count=file.bytes_count, is_attached=fits) for file in files]


def files_to_attach(lines: Sequence[FileLine], message_id: int) -> int | None:
    """Return the message whose files a letter carries, if it carries any."""
    return message_id if any(line.is_attached for line in lines) else None


def _reply_to(deps: Deps, inquiry: Inquiry, recipient: str) -> str:
    """Return where a staff member's plain reply goes: to our keyed address (D8), or straight to the customer without one."""
    public_address = deps.settings.mail.reply_address
    if public_address is None:
        return inquiry.email
    return deps.keys.reply_address(public_address, reference=inquiry.reference, recipient=recipient)


def _message_id(deps: Deps, reference: str, letter_key: str, addressee: Addressee) -> str:
    domain = deps.settings.mail.domain
    return deps.keys.message_id(reference=reference, letter_key=letter_key, recipient=addressee.address, domain=domain)
