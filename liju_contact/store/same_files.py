"""The same drawing from somebody else: a file whose bytes came with another company's inquiry too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, true
from sqlalchemy.orm import aliased

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.message import Author
from liju_contact.domain.person import Person
from liju_contact.domain.same_sender import is_same_sender
from liju_contact.store.file_tables import BlobRow, FileRow
from liju_contact.store.statements import written
from liju_contact.store.tables import InquiryRow, MessageRow

SMALLEST_BYTES = 20_000
"""What is smaller is a logo, an empty sheet, or a signature."""

_KINDS = [
    kind.value
    for kind in (
        FileKind.PDF,
        FileKind.DWG,
        FileKind.DXF,
        FileKind.STEP,
        FileKind.IGES,
        FileKind.XLSX,
        FileKind.DOCX,
        FileKind.ZIP,
    )
]
_MOST_ROWS = 200
# The few files of the inquiry come first, whatever PostgreSQL thinks of all the others.
_OWN: Any = (
    select(
        FileRow.id,
        FileRow.name,
        FileRow.blob_id,
        InquiryRow.email_folded.label("email_folded"),
        InquiryRow.company.label("company"),
    )
    .select_from(MessageRow)
    .join(InquiryRow, InquiryRow.id == MessageRow.inquiry_id)
    .join(FileRow, FileRow.message_id == MessageRow.id)
    .join(BlobRow, BlobRow.id == FileRow.blob_id)
    .where(
        MessageRow.inquiry_id == bindparam("inquiry_id"),
        MessageRow.author == Author.CUSTOMER.value,
        FileRow.kind.in_(_KINDS),
        BlobRow.bytes_count > SMALLEST_BYTES,
    )
    .cte("own")
    .prefix_with("MATERIALIZED")
)
_MESSAGE, _INQUIRY = aliased(MessageRow), aliased(InquiryRow)


def _newest_with_same_bytes(dialect: str) -> tuple[Any, Any]:
    """Return the files with the bytes of one of ``_OWN``, and on what they are joined to it.

    A brochure of ours that everybody sends back must not cost more than a page: only its newest are looked at. SQLite
    has no LATERAL; it is told from which id on to look, and PostgreSQL would not go by that.
    """
    file = aliased(FileRow)
    newest = select(file.id, file.message_id).where(file.blob_id == _OWN.c.blob_id).order_by(file.id.desc())
    if dialect == "postgresql":
        return aliased(FileRow, newest.limit(written(_MOST_ROWS)).lateral("newest")), true()
    beyond = newest.with_only_columns(file.id).limit(1).offset(_MOST_ROWS).correlate(_OWN).scalar_subquery()
    others = aliased(FileRow)
    return others, and_(others.blob_id == _OWN.c.blob_id, others.id > func.coalesce(beyond, 0))


def _same(dialect: str) -> Any:
    file, is_same = _newest_with_same_bytes(dialect)
    return (
        select(
            _OWN.c.name,
            _OWN.c.email_folded.label("own_email"),
            _OWN.c.company.label("own_company"),
            _INQUIRY.reference,
            _INQUIRY.company,
            _INQUIRY.name.label("other_name"),
            _INQUIRY.email_folded,
            _INQUIRY.product,
            _INQUIRY.assignee,
        )
        .select_from(_OWN)
        .join(file, is_same)
        .join(_MESSAGE, _MESSAGE.id == file.message_id)
        .join(_INQUIRY, _INQUIRY.id == _MESSAGE.inquiry_id)
        .where(
            _INQUIRY.id != bindparam("inquiry_id"),
            _INQUIRY.state != InquiryState.SPAM.value,
            _MESSAGE.author == Author.CUSTOMER.value,
        )
        .order_by(file.id.desc(), _OWN.c.id)
        .limit(written(_MOST_ROWS))
    )


_SAME = {dialect: _same(dialect) for dialect in ("sqlite", "postgresql")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFile:
    """A file of an inquiry that came with another one too; ``company`` is the other's, or the name of who wrote."""

    name: str
    reference: str
    company: str


def same_files(tx: Connection, inquiry_id: int, *, person: Person) -> list[SameFile]:
    """Return the customer's drawings and documents that somebody else sent as well, the newest of theirs first.

    Only inquiries ``person`` serves are named, each file once for each of them.
    """
    found = {
        SameFile(name=row.name, reference=row.reference, company=row.company or row.other_name): None
        for row in tx.execute(_SAME[tx.dialect.name], {"inquiry_id": inquiry_id})
        if person.serves(row.product, row.assignee)
        if not is_same_sender((row.own_email, row.own_company), (row.email_folded, row.company))
    }
    return list(found)
