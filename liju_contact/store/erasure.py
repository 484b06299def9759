"""Takes inquiries away with everything that hangs on them, and nothing that hangs on others.

What was merged into one of them from an inquiry that stays goes back there first. What was written to one of them and
stands in another inquiry now goes too, unless the caller says otherwise. Files go when no other row has the same bytes.
On SQLite the bytes themselves are overwritten (``secure_delete``); the words of the search are only struck out here,
and ``store.scrub`` takes them out of the index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, delete, exists, func, or_, select, update

from liju_contact.domain.export import UNFINISHED, ExportState
from liju_contact.domain.inquiry import InquiryState
from liju_contact.store.desk_tables import ExportRow, InquiryTagRow, SearchDueRow, TagRow
from liju_contact.store.file_tables import BlobRow
from liju_contact.store.files import is_nobodys
from liju_contact.store.holdings import Holdings, blobs_of, chunked, gather, ids
from liju_contact.store.inbound_tables import InboundRow, PictureRow
from liju_contact.store.inquiries import refresh_conversation
from liju_contact.store.insight import forget_months_of
from liju_contact.store.search_documents import note_search_due, remove_documents
from liju_contact.store.tables import DeliveryRow, EventRow, InquiryRow, LetterRow, LinkRequestRow, MessageRow, NoteRow

_TEXTS: tuple[Any, ...] = (MessageRow, NoteRow, EventRow)
# Also those that only wait: so nobody takes one up who does not see yet what goes.
_BEGIN_ANEW = (
    update(ExportRow)
    .where(ExportRow.state.in_(UNFINISHED))
    .values(state=ExportState.WAITING.value, words="", row_count=0, bytes_count=0)
)


def erase_inquiries(tx: Connection, inquiry_ids: Iterable[int], *, with_moved: bool = True) -> Holdings:
    """Remove inquiries and everything that hangs on them; returns what went.

    The ids of inquiries that are not there are passed over. Call it for some dozens at a time.
    """
    there = ids(tx, InquiryRow.id, (InquiryRow.id, inquiry_ids))
    return erase(tx, Holdings(inquiries=there), with_moved=with_moved)


def with_merged(tx: Connection, inquiry_ids: Iterable[int]) -> frozenset[int]:
    """Return inquiries and all that were merged into them, at whatever remove."""
    found = frozenset(inquiry_ids)
    while more := ids(tx, InquiryRow.id, (InquiryRow.merged_into_id, found)) - found:
        found |= more
    return found


def erase(tx: Connection, seeds: Holdings, *, with_moved: bool = True) -> Holdings:
    """The same for whatever is to go, also where its inquiry stays."""
    staying = _bring_back(tx, seeds.inquiries)
    if not with_moved:
        _forget_origin(tx, seeds.inquiries)
    doomed = gather(tx, seeds, with_moved=with_moved)
    if seeds.inquiries:
        lists, requests = _letters_about_many(tx, seeds.inquiries), _references(tx, seeds.inquiries)
        doomed = gather(tx, replace(doomed, letters=doomed.letters | lists), with_moved=False)
        _forget_exports(tx, seeds.inquiries)
        tx.execute(delete(LinkRequestRow).where(LinkRequestRow.reference.in_(requests)))
    staying |= _touched(tx, doomed) - seeds.inquiries
    forget_months_of(tx, staying | doomed.inquiries)
    blobs, domains = blobs_of(tx, doomed), _domains(tx, doomed)
    _told_of(tx, seeds.inquiries, staying)
    _empty_letters_about(tx, doomed)
    _remove_rows(tx, doomed)
    drop_blobs(tx, blobs)
    _forget_pictures(tx, domains)
    for inquiry_id in sorted(staying):
        refresh_conversation(tx, inquiry_id)
        note_search_due(tx, inquiry_id)
    return doomed


def drop_blobs(tx: Connection, blob_ids: Iterable[int]) -> None:
    """Delete blobs, with their chunks and small pictures, that no row refers to any more."""
    for some in chunked(blob_ids):
        tx.execute(delete(BlobRow).where(BlobRow.id.in_(some), *is_nobodys()))


def _bring_back(tx: Connection, inquiry_ids: frozenset[int]) -> set[int]:
    """Give inquiries that stay their own back, where they were merged into one that goes; returns which."""
    merged = ids(tx, InquiryRow.id, (InquiryRow.merged_into_id, inquiry_ids)) - inquiry_ids
    for some in chunked(merged):
        for row in _TEXTS:
            theirs = row.moved_from_id.in_(some) & row.inquiry_id.in_(inquiry_ids)
            tx.execute(update(row).where(theirs).values(inquiry_id=row.moved_from_id, moved_from_id=None))
        for column, row in ((InboundRow.message_id, MessageRow), (InboundRow.note_id, NoteRow)):
            home = select(row.inquiry_id).where(row.id == column).scalar_subquery()
            astray = InboundRow.inquiry_id.in_(inquiry_ids) & home.in_(some)
            tx.execute(update(InboundRow).where(astray).values(inquiry_id=home))
        alone = {"merged_into_id": None, "state": InquiryState.CLOSED.value, "version": InquiryRow.version + 1}
        tx.execute(update(InquiryRow).where(InquiryRow.id.in_(some)).values(alone))
    return set(merged)


def _forget_origin(tx: Connection, inquiry_ids: frozenset[int]) -> None:
    """Let what was carried elsewhere be at home where it stands."""
    for some in chunked(inquiry_ids):
        for row in _TEXTS:
            elsewhere = row.moved_from_id.in_(some) & row.inquiry_id.not_in(some)
            tx.execute(update(row).where(elsewhere).values(moved_from_id=None))


def _touched(tx: Connection, doomed: Holdings) -> set[int]:
    """Return the inquiries that lose a message, a note or a mail."""
    return {
        *ids(tx, MessageRow.inquiry_id, (MessageRow.id, doomed.messages)),
        *ids(tx, NoteRow.inquiry_id, (NoteRow.id, doomed.notes)),
        *ids(tx, InquiryRow.merged_into_id, (InquiryRow.id, doomed.inquiries)),
    } - {None}


def _references(tx: Connection, inquiry_ids: frozenset[int]) -> list[str]:
    found: list[str] = []
    for some in chunked(inquiry_ids):
        found += tx.execute(select(InquiryRow.reference).where(InquiryRow.id.in_(some))).scalars()
    return found


def _letters_about_many(tx: Connection, inquiry_ids: frozenset[int]) -> frozenset[int]:
    """Return letters about several inquiries that name one of these: a list of links, or of promises."""
    named = [LetterRow.text.contains(reference, autoescape=True) for reference in _references(tx, inquiry_ids)]
    if not named:
        return frozenset()
    return frozenset(tx.execute(select(LetterRow.id).where(LetterRow.inquiry_id.is_(None), or_(*named))).scalars())


def _told_of(tx: Connection, inquiry_ids: frozenset[int], staying: set[int]) -> None:
    """Take away what the timelines of inquiries that stay tell of those that go."""
    named = [
        cast(EventRow.facts, String).contains(reference, autoescape=True) for reference in _references(tx, inquiry_ids)
    ]
    for some in chunked(staying) if named else ():
        tx.execute(delete(EventRow).where(EventRow.inquiry_id.in_(some), or_(*named)))


def _empty_letters_about(tx: Connection, doomed: Holdings) -> None:
    """Empty the letters of inquiries that stay which may quote a message that goes: those since it was written."""
    for some in chunked(doomed.messages):
        said = MessageRow.id.in_(some)
        is_theirs = LetterRow.inquiry_id.in_(select(MessageRow.inquiry_id).where(said))
        is_later = exists().where(
            said, MessageRow.inquiry_id == LetterRow.inquiry_id, LetterRow.written_at >= MessageRow.written_at
        )
        empty = {"text": "", "html": ""}
        tx.execute(update(LetterRow).where(is_theirs, is_later, ~is_on_its_way()).values(empty))


def is_on_its_way() -> ColumnElement[bool]:
    """Return what holds for a letter that has not reached everybody yet, and has to be sent as it is."""
    return exists().where(DeliveryRow.letter_id == LetterRow.id, DeliveryRow.due_at.is_not(None))


def _forget_exports(tx: Connection, inquiry_ids: frozenset[int]) -> None:
    """Take away the lists that may hold one of the inquiries; whoever wants one asks for it again.

    One that is not whole yet has been promised: it is written from its beginning, without them, and its writer notices.
    """
    for some in chunked(inquiry_ids):
        oldest: datetime | None = tx.execute(
            select(func.min(InquiryRow.received_at)).where(InquiryRow.id.in_(some))
        ).scalar_one()
        if oldest is not None:
            tx.execute(_BEGIN_ANEW)
            whole = (ExportRow.asked_at >= oldest, ExportRow.state.not_in(UNFINISHED))
            blobs = tx.execute(delete(ExportRow).where(*whole).returning(ExportRow.blob_id)).scalars()
            drop_blobs(tx, {blob for blob in blobs if blob is not None})


def _remove_rows(tx: Connection, doomed: Holdings) -> None:
    """Delete rows; what refers to an inquiry, a message, a letter or a delivery goes with it by its foreign key."""
    remove_documents(tx, sorted(doomed.inquiries))
    tags = ids(tx, InquiryTagRow.tag_id, (InquiryTagRow.inquiry_id, doomed.inquiries))
    rows: tuple[tuple[Any, frozenset[int]], ...] = (
        (InboundRow.id, doomed.mails),
        (DeliveryRow.id, doomed.deliveries),
        (LetterRow.id, doomed.letters),
        (EventRow.id, doomed.events),
        (NoteRow.id, doomed.notes),
        (MessageRow.id, doomed.messages),
        (SearchDueRow.inquiry_id, doomed.inquiries),
        (InquiryRow.id, doomed.inquiries),
    )
    for column, values in rows:
        for some in chunked(values):
            tx.execute(delete(column.class_).where(column.in_(some)))
    for some in chunked(tags):
        used = exists().where(InquiryTagRow.tag_id == TagRow.id)
        tx.execute(delete(TagRow).where(TagRow.id.in_(some), ~used))


def _domains(tx: Connection, doomed: Holdings) -> set[str]:
    """Return the domains whose mails go."""
    found: set[str] = set()
    for some in chunked(doomed.mails):
        senders = tx.execute(select(InboundRow.sender).where(InboundRow.id.in_(some))).scalars()
        found.update(domain_of(sender) for sender in senders)
    return found - {""}


def domain_of(sender: str) -> str:
    """Return the domain of ``Ana <ana@usina.example>``, as the counting of pictures has it."""
    return sender.rpartition("@")[2].strip(" >").casefold()


def _forget_pictures(tx: Connection, domains: set[str]) -> None:
    """Forget which pictures a domain's signatures had, once no mail from it is left.

    Few domains have any, and only for those is it looked through all mail.
    """
    having = tx.execute(select(PictureRow.domain).where(PictureRow.domain.in_(domains)).distinct()).scalars()
    for domain in sorted(having):
        from_there = func.lower(InboundRow.sender).contains(f"@{domain}", autoescape=True)
        if tx.execute(select(InboundRow.id).where(from_there).limit(1)).first() is None:
            tx.execute(delete(PictureRow).where(PictureRow.domain == domain))
