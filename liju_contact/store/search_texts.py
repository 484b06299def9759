"""All the text of inquiries: what their search documents are made of and what a hit is shown in.

It is as it was written but for the keys of status links: nobody looks for one, and who may read does not get one, whole
in what a hit is shown in or digit by digit from what is found (D62). Two queries, however many inquiries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, literal, select, type_coerce, union_all

from liju_contact.domain.search_words import Piece, PieceKind
from liju_contact.domain.status_links import without_status_keys
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
    cast(type_coerce(InquiryRow.details, Text()), Text).label("details"),
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
_ROW_ID = itemgetter(2)
_KINDS = {kind.value: kind for kind in PieceKind}
_OF_HEAD = frozenset({PieceKind.INQUIRY, PieceKind.COMPANY, PieceKind.PERSON})
CountryNames = Callable[[str], Sequence[str]]
"""Returns what a country is called in the languages of the house."""


@dataclass(slots=True)
class InquiryTexts:
    """All that can be searched of one inquiry: its own row, and the pieces beside it by their kind, the oldest first.

    What stands in the row is made pieces of when somebody asks for it: who looks for a word that a message has does
    not.
    """

    head: Any
    country_names: CountryNames
    beside: dict[PieceKind, list[Piece]] = field(default_factory=dict)

    def pieces(self, order: Sequence[PieceKind]) -> Iterator[Piece]:
        """Return each piece once, by its kind in this order."""
        for kind in order:
            of_kind = self.beside.get(kind, [])
            if kind in _OF_HEAD:
                of_kind = [*_of_head(kind, self.head, self.country_names), *of_kind]
            masked = (Piece(piece.kind, without_status_keys(piece.text)) for piece in of_kind)
            yield from dict.fromkeys(masked)


def texts_of(tx: Connection, inquiry_ids: Sequence[int], country_names: CountryNames) -> dict[int, InquiryTexts]:
    """Return the texts of inquiries by their ids; one that is not there is left out."""
    if not inquiry_ids:
        return {}
    values = {"ids": list(inquiry_ids)}
    texts = {row.id: InquiryTexts(row, country_names) for row in tx.execute(_HEADS, values)}
    for kind, inquiry_id, _row_id, text, name, address in sorted(tx.execute(_PARTS, values), key=_ROW_ID):
        if (found := texts.get(inquiry_id)) is not None:
            for piece in _of_part(_KINDS[kind], text, name, address):
                found.beside.setdefault(piece.kind, []).append(piece)
    return texts


def _of_head(kind: PieceKind, row: Any, country_names: CountryNames) -> Iterator[Piece]:
    if kind is PieceKind.PERSON:
        yield Piece(kind, f"{row.name} <{row.email}>")
    elif kind is PieceKind.COMPANY:
        if row.company:
            yield Piece(kind, row.company)
    else:
        details = json.loads(row.details)
        given = (f"{detail.get('typed') or ''} {detail.get('unit') or ''}".replace("_", "/") for detail in details)
        texts = (row.reference, row.phone, " / ".join(country_names(row.country)) if row.country else "", *given)
        yield from (Piece(kind, text) for text in texts if text.strip())


def _of_part(kind: PieceKind, text: str, name: str, address: str) -> Iterator[Piece]:
    if kind is PieceKind.PERSON:
        yield Piece(kind, f"{name} <{text}>".strip())
        return
    if name or address:
        yield Piece(PieceKind.PERSON, f"{name} <{address}>" if address else name)
    if text:
        yield Piece(kind, text)
