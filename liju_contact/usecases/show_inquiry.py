"""Somebody at the desk opens an inquiry: everything about it, in a number of queries that does not grow with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.event import Event, EventKind
from liju_contact.domain.inquiry import Inquiry, awaits_answer, fold_address
from liju_contact.domain.message import Author
from liju_contact.domain.person import Action, Person
from liju_contact.domain.quotation import missing_for_quotation
from liju_contact.domain.status_links import without_status_keys
from liju_contact.store.canned_replies import reply_titles
from liju_contact.store.deliveries import DeliveryLine, deliveries_of
from liju_contact.store.drafts import Draft, drafts_of
from liju_contact.store.events import events_of
from liju_contact.store.inquiries import newest_inquiries_of, reference_of
from liju_contact.store.presence import Present, present_in
from liju_contact.store.same_files import SameFile, same_files
from liju_contact.store.sheet_lines import (
    MailLine,
    MessageLine,
    NoteLine,
    mail_lines,
    message_lines,
    note_lines,
    words_by_delivery,
)
from liju_contact.store.spam_judgements import StoredJudgement, find_judgement
from liju_contact.store.staff import Account, every_account
from liju_contact.store.tags import every_tag, tags_of
from liju_contact.store.thumbnails import Thumbnail, thumbnails_of
from liju_contact.store.visits import Visit, newest_visits_of
from liju_contact.store.watchers import watchers_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.inquiry_sheet import (
    Colleague,
    InquirySheet,
    Nearby,
    Origin,
    OtherInquiry,
    Piece,
    SheetDelivery,
    SheetEvent,
    SheetLetter,
    SheetMail,
    SheetMessage,
    SheetNote,
    on_one_line,
)
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.usecases.post_letters import team_of

PRESENT_FOR = timedelta(seconds=30)
"""How long after their last sign of life somebody counts as here."""

_OTHERS_SHOWN = 8
_VISITS_SHOWN = 20
# What the line of time shows as a piece of its own needs no event beside it.
_SHOWN_ITSELF = frozenset({EventKind.INQUIRY_RECEIVED, EventKind.MESSAGE_ADDED, EventKind.NOTE_ADDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What the database says of one inquiry, at one moment."""

    inquiry: Inquiry
    messages: list[MessageLine]
    notes: list[NoteLine]
    events: list[Event]
    deliveries: list[DeliveryLine]
    words: dict[int, str]
    mails: list[MailLine]
    tags: list[str]
    every_tag: list[str]
    watchers: list[Person]
    others: list[Inquiry]
    accounts: list[Account]
    present: list[Present]
    drafts: list[Draft]
    reply_titles: list[tuple[int, str]]
    merged_into: str
    thumbnails: dict[int, Thumbnail]
    same_files: list[SameFile]
    visits: list[Visit]
    spam: StoredJudgement | None


def show_inquiry(deps: Deps, person: Person, reference: str, *, language: str, now: datetime) -> InquirySheet:
    """Return an inquiry ``person`` serves, with its labels in ``language``. Raises ``NotFound`` or ``StoreBusy``."""
    with deps.db.read() as tx:
        rows = _read(tx, person, reference, now)
    inquiry, catalogue = rows.inquiry, deps.settings.catalogue
    topic = catalogue.find_topic(inquiry.topic)
    colleagues = _colleagues(deps, rows, language)
    awaits = awaits_answer(inquiry.state)
    return InquirySheet(
        inquiry=inquiry,
        status_url=deps.status_url(inquiry.reference, inquiry.key_version),
        product=_product_label(deps, inquiry, language),
        topic=topic.label.in_language(language) if topic else inquiry.topic,
        team=team_of(deps, inquiry).label.in_language(language),
        assignee=_assignee_name(rows, colleagues),
        is_promised=awaits,
        is_overdue=awaits and inquiry.answer_due_at < now,
        merged_into=rows.merged_into,
        lines=on_one_line(_pieces(rows, person)),
        events={event.id: event for event in rows.events},
        newest_message_id=rows.messages[-1].id if rows.messages else 0,
        missing=missing_for_quotation(catalogue.find_product_line(inquiry.product), inquiry.details),
        tags=tuple(rows.tags),
        every_tag=tuple(rows.every_tag),
        watchers=tuple(watcher.name or watcher.address for watcher in rows.watchers),
        is_watched=any(watcher.id == person.id for watcher in rows.watchers),
        others=_others(deps, rows, person, language),
        colleagues=colleagues,
        nearby=tuple(nearby(rows.present)),
        drafts={draft.kind: draft for draft in rows.drafts},
        reply_titles=tuple(rows.reply_titles),
        thumbnails=rows.thumbnails,
        same_files=tuple(rows.same_files),
        visits=tuple(rows.visits),
        spam=rows.spam if rows.spam and rows.spam.held_at else None,
    )


def nearby(present: Sequence[Present]) -> list[Nearby]:
    """Return colleagues as a page shows them."""
    return [Nearby(name=one.name or one.address, is_typing=one.typed_at is not None) for one in present]


def _read(tx: Connection, person: Person, reference: str, now: datetime) -> _Rows:
    inquiry = open_for_staff(tx, person, reference)
    return _Rows(
        inquiry=inquiry,
        messages=message_lines(tx, inquiry.id),
        notes=note_lines(tx, inquiry.id),
        events=events_of(tx, inquiry.id),
        deliveries=deliveries_of(tx, inquiry.id),
        words=words_by_delivery(tx, inquiry.id),
        mails=mail_lines(tx, inquiry.id),
        tags=tags_of(tx, [inquiry.id]).get(inquiry.id, []),
        every_tag=every_tag(tx),
        watchers=watchers_of(tx, inquiry.id),
        others=newest_inquiries_of(tx, inquiry.email, limit=_OTHERS_SHOWN + 1),
        accounts=every_account(tx),
        present=present_in(tx, inquiry.id, besides=person.id, since=now - PRESENT_FOR),
        drafts=drafts_of(tx, inquiry.id, person.id),
        reply_titles=reply_titles(tx),
        thumbnails=thumbnails_of(tx, inquiry.id),
        same_files=same_files(tx, inquiry.id, person=person),
        visits=newest_visits_of(tx, inquiry.id, limit=_VISITS_SHOWN),
        spam=find_judgement(tx, inquiry.id),
        merged_into=reference_of(tx, inquiry.merged_into_id) if inquiry.merged_into_id else "",
    )


def _pieces(rows: _Rows, person: Person) -> list[Piece]:
    may_write = person.may(Action.ANSWER)
    by_message = {mail.message_id: mail for mail in rows.mails if mail.message_id}
    by_note = {mail.note_id: mail for mail in rows.mails if mail.note_id}
    first = rows.messages[0].id if rows.messages else 0
    pieces: list[Piece] = [
        _message(line, by_message.get(line.id), is_first=line.id == first, may_write=may_write)
        for line in rows.messages
    ]
    pieces += [_note(line, by_note.get(line.id), may_write=may_write) for line in rows.notes]
    pieces += [SheetEvent(at=event.happened_at, event=event) for event in rows.events if _is_shown(event)]
    pieces += _letters(rows)
    pieces += [
        SheetMail(at=mail.received_at, mail=replace(mail, subject=without_status_keys(mail.subject)))
        for mail in rows.mails
        if not (mail.message_id or mail.note_id)
    ]
    return pieces


def _is_shown(event: Event) -> bool:
    return event.kind not in _SHOWN_ITSELF


def _message(line: MessageLine, mail: MailLine | None, *, is_first: bool, may_write: bool) -> SheetMessage:
    """Staff who may answer read what staff wrote as it was sent, also the link; all else is masked (D62)."""
    is_whole = may_write and line.author is Author.STAFF
    return SheetMessage(
        id=line.id,
        at=line.written_at,
        author=line.author,
        author_name=line.author_name,
        author_address=line.author_address,
        body=line.body if is_whole else without_status_keys(line.body),
        files=line.files,
        origin=_origin(line, mail, is_first=is_first),
        mail=mail,
        moved_from=line.moved_from,
    )


def _origin(line: MessageLine, mail: MailLine | None, *, is_first: bool) -> Origin:
    if mail:
        return Origin.MAIL
    if line.author is Author.STAFF:
        return Origin.DESK
    return Origin.FORM if is_first and not line.moved_from else Origin.STATUS_PAGE


def _note(line: NoteLine, mail: MailLine | None, *, may_write: bool) -> SheetNote:
    return SheetNote(
        id=line.id,
        at=line.written_at,
        author_name=line.author_name,
        author_address=line.author_address,
        body=line.body if may_write else without_status_keys(line.body),
        mail=mail,
        moved_from=line.moved_from,
    )


def _letters(rows: _Rows) -> list[SheetLetter]:
    by_letter: dict[int, list[DeliveryLine]] = defaultdict(list)
    for delivery in rows.deliveries:
        by_letter[delivery.letter_id].append(delivery)
    return [
        SheetLetter(
            id=letter_id,
            at=deliveries[0].written_at,
            kind=deliveries[0].kind,
            subject=without_status_keys(deliveries[0].subject),
            deliveries=tuple(_delivery(delivery, rows.words) for delivery in deliveries),
        )
        for letter_id, deliveries in by_letter.items()
    ]


def _delivery(line: DeliveryLine, words: dict[int, str]) -> SheetDelivery:
    return SheetDelivery(
        id=line.id,
        recipient=line.recipient,
        state=line.state,
        words=words.get(line.id, ""),
        attempt_count=line.attempt_count,
        next_attempt_at=line.due_at if line.attempt_count else None,
    )


def _colleagues(deps: Deps, rows: _Rows, language: str) -> tuple[Colleague, ...]:
    """Return who can have the inquiry: accounts that may answer and serve its product line, and staff of the settings.

    Whoever is both is called what the settings call them, if anything, and may what the account does.
    """
    found: dict[str, Colleague] = {}
    for account in rows.accounts:
        person = account.person
        if account.is_active and person.may(Action.ANSWER) and person.serves(rows.inquiry.product, None):
            colleague = Colleague(address=person.address, name=person.name or person.address)
            found[fold_address(person.address)] = colleague
    names = {fold_address(account.person.address): account.person.name for account in rows.accounts}
    for staff in deps.settings.catalogue.staff:
        folded = fold_address(staff.address)
        if folded in found or folded not in names:
            name = staff.name.in_language(language) or names.get(folded) or staff.address
            found[folded] = Colleague(address=staff.address, name=name)
    return tuple(sorted(found.values(), key=lambda colleague: colleague.name.casefold()))


def _assignee_name(rows: _Rows, colleagues: Sequence[Colleague]) -> str:
    """Return who has it, also where nobody would give it to them any more."""
    assignee = rows.inquiry.assignee
    if assignee is None:
        return ""
    names = {fold_address(account.person.address): account.person.name for account in rows.accounts}
    names |= {fold_address(colleague.address): colleague.name for colleague in colleagues}
    return names.get(fold_address(assignee)) or assignee


def _others(deps: Deps, rows: _Rows, person: Person, language: str) -> tuple[OtherInquiry, ...]:
    others = [other for other in rows.others if other.id != rows.inquiry.id]
    return tuple(
        OtherInquiry(
            reference=other.reference,
            state=other.state,
            product=_product_label(deps, other, language),
            received_at=other.received_at,
        )
        for other in others[:_OTHERS_SHOWN]
        if person.serves(other.product, other.assignee)
    )


def _product_label(deps: Deps, inquiry: Inquiry, language: str) -> str:
    """Return what the product line is called, or its id where the operator has removed it since."""
    product_line = deps.settings.catalogue.find_product_line(inquiry.product)
    return product_line.label.in_language(language) if product_line else inquiry.product
