"""Tells the team of a message, and whoever else it concerns: the letter, and the message's files with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from liju_contact.domain.inquiry import Inquiry, StagedFile
from liju_contact.domain.letter import Letter, LetterKind
from liju_contact.domain.message import Message
from liju_contact.domain.person import Action
from liju_contact.store.letters import Posting
from liju_contact.usecases.deps import Deps, FileLine
from liju_contact.usecases.post_letters import file_lines, files_to_attach, to_team
from liju_contact.usecases.watch_inquiry import addresses_concerned


def postings_of_message(
    deps: Deps,
    tx: Connection,
    inquiry: Inquiry,
    message: Message,
    files: Sequence[StagedFile],
    *,
    write: Callable[[list[FileLine]], Letter],
    kind: LetterKind,
    besides: str = "",
) -> list[Posting | None]:
    """Return the letter about ``message`` to its team and to whom it concerns, ``write`` being given its files.

    Where one of the files may be a mail of ours with the link in it, a watcher who may not answer gets a letter that
    names the files and carries none (D62). ``besides`` is somebody who gets no letter.
    """
    lines = file_lines(deps, files)
    concerned = addresses_concerned(deps, tx, inquiry)
    may_hold_link = any(file.kind.may_be_mail for file in files) and any(line.is_attached for line in lines)
    trusted = addresses_concerned(deps, tx, inquiry, who_may=Action.ANSWER) if may_hold_link else concerned

    def posting(lines: list[FileLine], *, also: Sequence[str] = (), addresses: Sequence[str] = ()) -> Posting | None:
        return to_team(
            deps,
            write(lines),
            inquiry,
            letter_key=f"{kind.value}/{message.id}/{message.written_at.isoformat()}",
            number=message.id,
            message_files_id=files_to_attach(lines, message.id),
            also=also,
            besides=besides,
            addresses=addresses,
        )

    whole = posting(lines, also=trusted)
    told = {addressee.address for addressee, _message_id in whole.addressees} if whole else set()
    rest = [address for address in concerned if address not in trusted and address not in told]
    return [whole, posting([replace(line, is_attached=False) for line in lines], addresses=rest) if rest else None]
