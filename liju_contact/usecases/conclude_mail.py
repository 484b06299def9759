"""Does what the verdict about a mail means and returns what its entry says; all within the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.delivery import Answer as ServerAnswer
from liju_contact.domain.delivery import Stage
from liju_contact.domain.errors import NotFound
from liju_contact.domain.inbound import HoldReason, InboundState, Verdict
from liju_contact.domain.inquiry import Inquiry, fold_address
from liju_contact.domain.person import Action
from liju_contact.domain.reply_key import find_bounce_keys
from liju_contact.domain.staff_command import Command
from liju_contact.domain.text import clean_line
from liju_contact.domain.verdict import DECIDED, JOINS, Judgement
from liju_contact.store.absences import Absence, note_absence
from liju_contact.store.inbound import Conclusion
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import newest_message_id
from liju_contact.store.sent_letters import SentLetter, find_sent, find_sent_by_message_id, mark_bounced
from liju_contact.usecases.apply_mail import (
    Incoming,
    apply_answer,
    apply_command,
    apply_note,
    apply_reply,
    conclusion,
    inquiry_of,
)
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.decide_held import decide_by_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.hold_mail import tell_held
from liju_contact.usecases.open_by_mail import open_by_mail
from liju_contact.usecases.post_letters import to_team
from liju_contact.usecases.report_failure import report_failure
from liju_contact.usecases.staff_directory import find_colleague
from liju_contact.usecases.watch_inquiry import addresses_concerned
from liju_contact.usecases.weigh_mail import Weighed

_WORDS_LENGTH = 300
_DAY = timedelta(days=1)


def conclude_mail(
    deps: Deps, tx: Connection, incoming: Incoming, judgement: Judgement, weighed: Weighed, *, now: datetime
) -> Conclusion:
    match judgement.verdict:
        case Verdict.BOUNCE | Verdict.COMPLAINT:
            return _report(deps, tx, incoming, judgement, now)
        case Verdict.AUTOMATIC | Verdict.ABSENCE:
            return _automatic(deps, tx, incoming, judgement, now)
        case Verdict.STRANGER:
            return _stranger(deps, tx, incoming, judgement, now)
        case Verdict.HELD:
            inquiry = inquiry_of(tx, judgement)
            tell_held(deps, tx, incoming, judgement, weighed, inquiry=inquiry, now=now)
            held = conclusion(incoming, judgement, InboundState.HELD)
            return replace(held, inquiry_id=inquiry.id if inquiry else None)
        case Verdict.REPLY | Verdict.ANSWER | Verdict.NOTE | Verdict.COMMAND | Verdict.DECISION:
            return _in_conversation(deps, tx, incoming, judgement, weighed, now=now)
        case _:
            assert_never(judgement.verdict)


def _in_conversation(
    deps: Deps, tx: Connection, incoming: Incoming, judgement: Judgement, weighed: Weighed, *, now: datetime
) -> Conclusion:
    inquiry = inquiry_of(tx, judgement)
    if inquiry is None or judgement.key is None:
        raise NotFound("A mail that belongs to an inquiry names none.")
    entry = replace(conclusion(incoming, judgement, InboundState.APPLIED), inquiry_id=inquiry.id)
    if judgement.verdict is Verdict.REPLY:
        joins = judgement.rule == JOINS
        return replace(entry, message_id=apply_reply(deps, tx, incoming, inquiry, joins=joins, now=now))
    author = _author(deps, tx, judgement, weighed)
    match judgement.verdict:
        case Verdict.ANSWER:
            return replace(entry, message_id=apply_answer(deps, tx, incoming, inquiry, author, now=now))
        case Verdict.NOTE:
            return replace(entry, note_id=apply_note(deps, tx, incoming, inquiry, author, now=now))
        case Verdict.COMMAND:
            apply_command(deps, tx, incoming, inquiry, author, now=now)
        case _:
            told = weighed.evidence.staff_mail
            command = Command.SEND if told and Command.SEND in told.commands else Command.DROP
            held_id = judgement.key.number or 0
            words = decide_by_mail(tx, held_id, command, inquiry_id=inquiry.id, by=author.address, now=now)
            return replace(entry, words=words)
    return entry


def _author(deps: Deps, tx: Connection, judgement: Judgement, weighed: Weighed) -> Staff:
    """Return who of the staff speaks: who wrote, or whom the key was made for."""
    holder = judgement.key.holder if judgement.key else ""
    for address in filter(None, (weighed.staff_address, holder)):
        if author := find_colleague(deps, tx, address, who_may=Action.ANSWER):
            return author
    raise NotFound("Who this mail is from is not of the staff any more.")


def _stranger(deps: Deps, tx: Connection, incoming: Incoming, judgement: Judgement, now: datetime) -> Conclusion:
    if not deps.settings.inbound.new_inquiries:
        entry = conclusion(incoming, judgement, InboundState.HELD)
        return replace(entry, reason=HoldReason.NO_NEW_INQUIRIES)
    is_let_in = judgement.rule.startswith(DECIDED)
    inquiry_id, message_id = open_by_mail(deps, tx, incoming, is_let_in=is_let_in, now=now)
    entry = conclusion(incoming, judgement, InboundState.APPLIED)
    return replace(entry, inquiry_id=inquiry_id, message_id=message_id)


def _automatic(deps: Deps, tx: Connection, incoming: Incoming, judgement: Judgement, now: datetime) -> Conclusion:
    entry = conclusion(incoming, judgement, InboundState.NOTED, words=_first_words(incoming))
    inquiry = inquiry_of(tx, judgement)
    sent = _letter_that_came_back(deps, tx, incoming, ())
    if judgement.verdict is Verdict.ABSENCE and judgement.key and inquiry:
        _absence(deps, tx, inquiry, judgement.key.holder, entry.words, now)
        entry = replace(entry, state=InboundState.APPLIED)
    inquiry_id = inquiry.id if inquiry else sent.inquiry_id if sent else None
    return replace(entry, inquiry_id=inquiry_id, delivery_id=sent.delivery_id if sent else None)


def _absence(deps: Deps, tx: Connection, inquiry: Inquiry, holder: str, words: str, now: datetime) -> None:  # noqa: PLR0917  # all are looked at together and none is optional
    """Remember who is away; where the inquiry is theirs, tell the colleagues, once a day."""
    staff = find_colleague(deps, tx, holder)
    if staff is None:
        return
    note_absence(tx, Absence(address=staff.address, noted_at=now, words=words))
    is_theirs = fold_address(inquiry.assignee or "") in staff.addresses
    who = f"{inquiry.reference} {staff.address}"
    if not is_theirs or count_in_window(deps, tx, "absence letter", who, window=_DAY, now=now) > 1:
        return
    name = staff.name.in_language(deps.settings.default_language) or staff.address
    posting = to_team(
        deps,
        deps.letters.absence_for_team(inquiry, name=name, words=words),
        inquiry,
        letter_key=f"absence_for_team/{staff.address}/{now.isoformat()}",
        number=newest_message_id(tx, inquiry.id),
        also=addresses_concerned(deps, tx, inquiry),
        besides=staff.address,
    )
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)


def _report(deps: Deps, tx: Connection, incoming: Incoming, judgement: Judgement, now: datetime) -> Conclusion:
    """Enter a bounce or a complaint at the letter it is about; a bounce for good changes what became of that letter."""
    bounce, complaint = incoming.mail.bounce, incoming.mail.complaint
    ids = complaint.original_ids if complaint else bounce.original_ids if bounce else ()
    sent = _letter_that_came_back(deps, tx, incoming, ids)
    words = clean_line(bounce.words)[:_WORDS_LENGTH] if bounce else ""
    entry = conclusion(incoming, judgement, InboundState.NOTED, words=words)
    if sent is None:
        return entry
    if bounce and bounce.failed and judgement.verdict is Verdict.BOUNCE:
        answer = ServerAnswer(stage=Stage.ACCEPTED, code=0, words=words)
        if mark_bounced(tx, sent.delivery_id, answer, now):
            report_failure(deps, tx, sent, words, now=now)
            entry = replace(entry, state=InboundState.APPLIED)
    return replace(entry, inquiry_id=sent.inquiry_id, delivery_id=sent.delivery_id)


def _letter_that_came_back(deps: Deps, tx: Connection, incoming: Incoming, ids: tuple[str, ...]) -> SentLetter | None:
    """Return the letter of ours a report is about: by the signed envelope sender, else by our Message-ID in it."""
    for key in find_bounce_keys(" ".join([*incoming.envelope.recipients, *incoming.mail.recipients])):
        if deps.keys.is_ours(key) and (sent := find_sent(tx, key.delivery_id)):
            return sent
    for id_ in (*ids[:20], *incoming.mail.references[:20]):
        if sent := find_sent_by_message_id(tx, f"<{id_.strip('<>')}>"):
            return sent
    return None


def _first_words(incoming: Incoming) -> str:
    return clean_line(incoming.body[: 4 * _WORDS_LENGTH])[:_WORDS_LENGTH]
