"""Addresses letters to the customer or the team of an inquiry; every other story goes through here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liju_contact.domain.catalogue import Team
from liju_contact.domain.inquiry import Inquiry, StagedFile
from liju_contact.domain.letter import Addressee, Letter
from liju_contact.domain.message import MessageFile
from liju_contact.store.letters import Posting
from liju_contact.usecases.deps import Deps, FileLine


def to_customer(deps: Deps, letter: Letter, inquiry: Inquiry, *, letter_key: str) -> Posting:
    """Address ``letter`` to the customer of ``inquiry``; the same ``letter_key`` gives the same Message-ID."""
    # Without the name: it is the customer's text too, and whoever typed it may not be whoever gets the letter.
    addressee = Addressee(name="", address=inquiry.email)
    return Posting(letter=letter, addressees=[_with_message_id(deps, inquiry, letter_key, addressee)])


def to_team(
    deps: Deps, letter: Letter, inquiry: Inquiry, *, letter_key: str, message_files_id: int | None = None
) -> Posting:
    """Address ``letter`` to everyone in the inquiry's team, with the files of a message where one is named."""
    addressees = [
        Addressee(name="", address=address, reply_to=_reply_to(deps, inquiry, address))
        for address in team_of(deps, inquiry).recipients
    ]
    pairs = [_with_message_id(deps, inquiry, letter_key, addressee) for addressee in addressees]
    return Posting(letter=letter, addressees=pairs, message_files_id=message_files_id)


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
    """Return where a staff member's reply goes: our keyed address (D8), or straight to the customer without one."""
    public_address = deps.settings.mail.reply_address
    if public_address is None:
        return inquiry.email
    return deps.keys.reply_address(public_address, reference=inquiry.reference, recipient=recipient)


def _with_message_id(deps: Deps, inquiry: Inquiry, letter_key: str, addressee: Addressee) -> tuple[Addressee, str]:
    message_id = deps.keys.message_id(
        reference=inquiry.reference,
        letter_key=letter_key,
        recipient=addressee.address,
        domain=deps.settings.mail.domain,
    )
    return addressee, message_id
