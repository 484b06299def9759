"""The letters that a new inquiry leads to: the confirmation to the customer, and the inquiry to the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.inquiry import Inquiry, StagedFile
from liju_contact.domain.letter import Letter
from liju_contact.domain.message import MessageFile
from liju_contact.store.letters import post_letters
from liju_contact.usecases.deps import Deps, FileLine
from liju_contact.usecases.post_letters import file_lines, files_to_attach, team_of, to_customer, to_team


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetters:
    """To the customer and to the team; ``lines`` are the files as the team's letter lists them."""

    confirmation: Letter
    sheet: Letter
    lines: list[FileLine]


def first_letters(
    deps: Deps, inquiry: Inquiry, *, body: str, files: Sequence[StagedFile | MessageFile]
) -> FirstLetters:
    """Write the letters of a new inquiry; on the web that is done before the transaction."""
    lines = file_lines(deps, files)
    return FirstLetters(
        confirmation=deps.letters.inquiry_received(
            inquiry,
            status_url=deps.status_url(inquiry.reference, inquiry.key_version),
            team=team_of(deps, inquiry).label.in_language(inquiry.language),
        ),
        sheet=deps.letters.inquiry_for_team(inquiry, body=body, files=lines),
        lines=lines,
    )


def post_first_letters(
    deps: Deps,
    tx: Connection,
    inquiry: Inquiry,
    letters: FirstLetters,
    *,
    message_id: int,
    now: datetime,
    is_confirmed: bool = True,
    answers: str = "",
    again: str = "",
) -> None:
    """Post them; without ``is_confirmed`` the customer gets none.

    ``answers`` is the Message-ID of the mail that opened the inquiry. ``again`` tells letters from those of the same
    inquiry that were dropped before.
    """
    to_them = to_customer(
        deps,
        letters.confirmation,
        inquiry,
        letter_key=f"inquiry_received{again}",
        number=message_id,
        answers=answers,
    )
    to_us = to_team(
        deps,
        letters.sheet,
        inquiry,
        letter_key=f"inquiry_for_team{again}",
        number=message_id,
        message_files_id=files_to_attach(letters.lines, message_id),
    )
    post_letters(tx, [to_us, to_them if is_confirmed else None], inquiry_id=inquiry.id, now=now)
