"""All the text of inquiries, as it was written: what their search documents are made of and what a hit is shown in.

Two queries, however many inquiries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, literal, select, union_all

from liju_contact.domain.search_words import Piece, PieceKind
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.file_tables import FileRow
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.tables import InquiryRow, MessageRow, NoteRow, ParticipantRow

_IDS: Any = bindparam("ids", expanding=True)
_NOTHING = literal("")
_HEADS = select(
    InquiryRow.id,
    InquiryRow.reference,
    InquiryRow.company,
    InquiryRow.name,
    InquiryRow.email,
    InquiryRow.phone,
    InquiryRow.country,
    InquiryRow.details,
).where(InquiryRow.id.in_(_IDS))


def _part(
    kind: PieceKind, inquiry_id: Any, row_id: Any, text: Any, *, name: Any = _NOTHING, address: Any = _NOTHING
) -> Any:
    columns = (inquiry_id.label("inquiry_id"), row_id.label("row_id"), text.label("text"))
    return select(literal(kind.value).label("kind"), *columns, name.label("name"), address.label("address")).where(
        inquiry_id.in_(_IDS)
    )


_OF_MESSAGE = MessageRow.inquiry_id
_PARTS = union_all(
    _part(PieceKind.PERSON, ParticipantRow.inquiry_id, literal(0), ParticipantRow.address, name=ParticipantRow.name),
    _part(PieceKind.TAG, InquiryTagRow.inquiry_id, TagRow.id, TagRow.name).where(TagRow.id == InquiryTagRow.tag_id),
    _part(PieceKind.FILE, _OF_MESSAGE, FileRow.id, FileRow.name).where(FileRow.message_id == MessageRow.id),
    _part(PieceKind.SUBJECT, _OF_MESSAGE, InboundRow.id, InboundRow.subject).where(
        InboundRow.message_id == MessageRow.id
    ),
    _part(PieceKind.SUBJECT, NoteRow.inquiry_id, InboundRow.id, InboundRow.subject).where(
        InboundRow.note_id == NoteRow.id
    ),
    _part(
        PieceKind.MESSAGE,
        _OF_MESSAGE,
        MessageRow.id,
        MessageRow.body,
        name=MessageRow.author_name,
        address=MessageRow.author_address,
    ),
    _part(
        PieceKind.NOTE,
        NoteRow.inquiry_id,
        NoteRow.id,
        NoteRow.body,
        name=NoteRow.author_name,
        address=NoteRow.author_address,
    ),
)
# What is short and named comes first: should there ever be more text than a document holds, it is in it.
_WEIGHT = (
    PieceKind.INQUIRY,
    PieceKind.COMPANY,
    PieceKind.PERSON,
    PieceKind.TAG,
    PieceKind.FILE,
    PieceKind.SUBJECT,
    PieceKind.MESSAGE,
    PieceKind.NOTE,
)


_ROW_ID = itemgetter(2)
_KINDS = {kind.value: kind for kind in PieceKind}
_PLACE = {kind: place for place, kind in enumerate(_WEIGHT)}


def pieces_of(
    tx: Connection, inquiry_ids: Sequence[int], country_names: Callable[[str], Sequence[str]]
) -> dict[int, list[Piece]]:
    """Return all that can be searched of inquiries; one that is not there is left out.

    ``country_names`` returns what a country is called in the languages of the house.
    """
    if not inquiry_ids:
        return {}
    pieces = {
        row.id: dict.fromkeys(_of_head(row, country_names)) for row in tx.execute(_HEADS, {"ids": list(inquiry_ids)})
    }
    rows = tx.execute(_PARTS, {"ids": list(inquiry_ids)}).all()
    for kind, inquiry_id, _row_id, text, name, address in sorted(rows, key=_ROW_ID):
        if (found := pieces.get(inquiry_id)) is not None:
            found.update(dict.fromkeys(_of_part(_KINDS[kind], text, name, address)))
    return {id_: sorted(found, key=_weight) for id_, found in pieces.items()}


def _weight(piece: Piece) -> int:
    return _PLACE[piece.kind]


def _of_head(row: Any, country_names: Callable[[str], Sequence[str]]) -> Iterator[Piece]:
    given = (f"{detail.get('typed') or ''} {detail.get('unit') or ''}".replace("_", "/") for detail in row.details)
    texts = (row.reference, row.phone, " / ".join(country_names(row.country)) if row.country else "", *given)
    yield from (Piece(PieceKind.INQUIRY, text) for text in texts if text.strip())
    if row.company:
        yield Piece(PieceKind.COMPANY, row.company)
    yield Piece(PieceKind.PERSON, f"{row.name} <{row.email}>")


def _of_part(kind: PieceKind, text: str, name: str, address: str) -> Iterator[Piece]:
    if kind is PieceKind.PERSON:
        yield Piece(kind, f"{name} <{text}>".strip())
        return
    if name or address:
        yield Piece(PieceKind.PERSON, f"{name} <{address}>" if address else name)
    if text:
        yield Piece(kind, text)
