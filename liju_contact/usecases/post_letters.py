"""Addresses letters to the customer or the team of an inquiry; every other story goes through here.

Each recipient gets a key of their own, in the Reply-To address, in References and in the text (D8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from liju_contact.config_mail import KEY
from liju_contact.domain.catalogue import Team
from liju_contact.domain.inquiry import Inquiry, StagedFile, fold_address
from liju_contact.domain.letter import Addressee, Letter
from liju_contact.domain.message import MessageFile
from liju_contact.domain.reply_key import Purpose
from liju_contact.domain.status_links import without_status_keys
from liju_contact.store.letters import Posting
from liju_contact.usecases.deps import Deps, FileLine

# The Message-ID of somebody else's mail may be anything; one that cannot stand in a header field is left out.
_PLAIN_ID = re.compile(r"<[!-;=?-~]{1,400}>")


def to_customer(
    deps: Deps,
    letter: Letter,
    inquiry: Inquiry,
    *,
    letter_key: str,
    number: int | None,
    answers: str = "",
    message_files_id: int | None = None,
    participants: Sequence[str] = (),
) -> Posting:
    """Address ``letter`` to the customer of ``inquiry``; ``letter_key`` tells its Message-ID from that of any other.

    ``number`` is the id of the newest message; None makes a letter that no answer is known by. ``answers`` is the
    Message-ID of the mail that is answered, if it was one.
    """
    # Without the name: it is the customer's text too, and whoever typed it may not be whoever gets the letter.
    addresses = (inquiry.email, *participants)
    addressees = [_addressee(deps, inquiry, address, Purpose.CONVERSATION, number) for address in addresses]
    return Posting(
        letter=_threaded(deps, letter, inquiry, answers),
        addressees=[_with_message_id(deps, inquiry, letter_key, addressee) for addressee in addressees],
        message_files_id=message_files_id,
    )


def to_team(
    deps: Deps,
    letter: Letter,
    inquiry: Inquiry,
    *,
    letter_key: str,
    number: int,
    purpose: Purpose = Purpose.CONVERSATION,
    message_files_id: int | None = None,
    also: Sequence[str] = (),
    besides: str = "",
    only: str = "",
    addresses: Sequence[str] = (),
) -> Posting | None:
    """Address ``letter`` to everyone in the inquiry's team, with the files of a message where one is named.

    ``addresses`` are others of ours in place of the team; ``also`` get it besides it. Nobody gets it twice,
    whichever addresses they have. ``besides`` leaves out the staff member with that address, ``only`` everybody else;
    None when nobody is left. What stands in it is masked: among its readers are some who may not answer, and whoever
    may finds the link on the inquiry's page (D62).
    """
    everybody = (*(addresses or team_of(deps, inquiry).recipients), *also)
    addresses = [only] if only else _each_once(deps, everybody, besides=besides)
    addressees = [_addressee(deps, inquiry, address, purpose, number, is_staff=True) for address in addresses]
    pairs = [_with_message_id(deps, inquiry, letter_key, addressee) for addressee in addressees]
    letter = _threaded(deps, without_keys_of_customers(letter), inquiry, "")
    return Posting(letter=letter, addressees=pairs, message_files_id=message_files_id) if pairs else None


def without_keys_of_customers(letter: Letter) -> Letter:
    """Return a letter to staff in which no status link is whole, whoever wrote what it tells."""
    return replace(
        letter,
        subject=without_status_keys(letter.subject),
        text=without_status_keys(letter.text),
        html=without_status_keys(letter.html),
    )


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


def thread_id(deps: Deps, reference: str) -> str:
    """Return the id all letters about an inquiry refer to, so that mail programs show them together.

    It proves nothing and opens nothing.
    """
    return f"<{reference.replace('-', '').lower()}@{deps.settings.mail.domain}>"


def _each_once(deps: Deps, addresses: Iterable[str], *, besides: str) -> list[str]:
    """Return one address of each person, the first they are named with."""
    named = set(_addresses_of(deps, besides))
    chosen = []
    for address in addresses:
        theirs = _addresses_of(deps, address)
        if named.isdisjoint(theirs):
            chosen.append(address)
        named |= theirs
    return chosen


def _addresses_of(deps: Deps, address: str) -> frozenset[str]:
    staff = deps.settings.catalogue.find_staff(address)
    return staff.addresses if staff else frozenset({fold_address(address)})


def _addressee(
    deps: Deps, inquiry: Inquiry, address: str, purpose: Purpose, number: int | None, *, is_staff: bool = False
) -> Addressee:
    """Return who gets a letter and where their reply goes.

    Where no mail reaches this program a reply goes straight to the other side: to the customer, or to the sender.
    """
    pattern = deps.settings.mail.reply_address
    if pattern is None or number is None or not deps.settings.hears_replies:
        reaches_customer = is_staff and purpose is Purpose.CONVERSATION  # never from a letter about a note
        return Addressee(name="", address=address, reply_to=inquiry.email if reaches_customer else None)
    key = str(deps.keys.reply_key(inquiry.reference, purpose, number, recipient=address))
    return Addressee(name="", address=address, reply_to=pattern.replace(KEY, key), reply_key=key)


def _threaded(deps: Deps, letter: Letter, inquiry: Inquiry, answers: str) -> Letter:
    root = thread_id(deps, inquiry.reference)
    answers = answers if _PLAIN_ID.fullmatch(answers) else ""
    thread = {"In-Reply-To": answers or root, "References": f"{root} {answers}".strip()}
    return replace(letter, headers=letter.headers | thread)


def _with_message_id(deps: Deps, inquiry: Inquiry, letter_key: str, addressee: Addressee) -> tuple[Addressee, str]:
    message_id = deps.keys.message_id(
        reference=inquiry.reference,
        letter_key=letter_key,
        recipient=addressee.address,
        domain=deps.settings.mail.domain,
    )
    return addressee, message_id
