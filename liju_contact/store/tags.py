"""Tags: words staff put on inquiries. A word is made when it is used first, and is the same in any case of letters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select

from liju_contact.domain.change import fold_tag
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.search_documents import note_search_due
from liju_contact.store.statements import insert_unless_taken

_ADD_TAG = insert_unless_taken(TagRow, TagRow.id)
_PUT_ON = insert_unless_taken(InquiryTagRow, InquiryTagRow.tag_id)
_IDS = select(TagRow.id).where(TagRow.name_folded.in_(bindparam("names", expanding=True)))
_OF = (
    select(InquiryTagRow.inquiry_id, TagRow.name)
    .join(TagRow, TagRow.id == InquiryTagRow.tag_id)
    .where(InquiryTagRow.inquiry_id.in_(bindparam("inquiry_ids", expanding=True)))
    .order_by(InquiryTagRow.inquiry_id, TagRow.name_folded)
)
EVERY = select(TagRow.name).order_by(TagRow.name_folded)
_TAKE_OFF = delete(InquiryTagRow).where(
    InquiryTagRow.inquiry_id == bindparam("inquiry_id"),
    InquiryTagRow.tag_id.in_(_IDS),
)


def tags_of(tx: Connection, inquiry_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the tags of inquiries, in the order of the alphabet; an inquiry without any is left out."""
    tags: dict[int, list[str]] = {}
    for inquiry_id, name in tx.execute(_OF, {"inquiry_ids": list(inquiry_ids)}):
        tags.setdefault(inquiry_id, []).append(name)
    return tags


def every_tag(tx: Connection) -> list[str]:
    return list(tx.execute(EVERY).scalars())


def put_tags(tx: Connection, inquiry_id: int, names: Sequence[str]) -> None:
    """Put tags on an inquiry; the spelling of who used a tag first stays."""
    if not names:
        return
    # Always in one order, so that two transactions that make the same new tags wait for each other and not in a ring.
    folded = dict(sorted((fold_tag(name), name) for name in names))
    tx.execute(_ADD_TAG[tx.dialect.name], [{"name": name, "name_folded": key} for key, name in folded.items()])
    ids = tx.execute(_IDS, {"names": list(folded)}).scalars().all()
    tx.execute(_PUT_ON[tx.dialect.name], [{"inquiry_id": inquiry_id, "tag_id": id_} for id_ in ids])
    note_search_due(tx, inquiry_id)


def take_tags(tx: Connection, inquiry_id: int, names: Sequence[str]) -> None:
    if names:
        tx.execute(_TAKE_OFF, {"inquiry_id": inquiry_id, "names": [fold_tag(name) for name in names]})
        note_search_due(tx, inquiry_id)
