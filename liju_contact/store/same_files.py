"""The same drawing from somebody else: a file whose bytes came with another company's inquiry too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.message import Author
from liju_contact.domain.person import Person
from liju_contact.domain.same_sender import is_same_sender
from liju_contact.store.file_tables import BlobRow, FileRow
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
_MOST_ROWS = 200  # a brochure of ours that everybody sends back must not cost more than a page
_OTHER_FILE, _OTHER_MESSAGE, _OTHER = aliased(FileRow), aliased(MessageRow), aliased(InquiryRow)
_SAME: Any = (
    select(
        FileRow.name,
        InquiryRow.email_folded.label("own_email"),
        InquiryRow.company.label("own_company"),
        _OTHER.reference,
        _OTHER.company,
        _OTHER.name.label("other_name"),
        _OTHER.email_folded,
        _OTHER.product,
        _OTHER.assignee,
    )
    .select_from(MessageRow)
    .join(InquiryRow, InquiryRow.id == MessageRow.inquiry_id)
    .join(FileRow, FileRow.message_id == MessageRow.id)
    .join(BlobRow, BlobRow.id == FileRow.blob_id)
    .join(_OTHER_FILE, _OTHER_FILE.blob_id == FileRow.blob_id)
    .join(_OTHER_MESSAGE, _OTHER_MESSAGE.id == _OTHER_FILE.message_id)
    .join(_OTHER, _OTHER.id == _OTHER_MESSAGE.inquiry_id)
    .where(
        MessageRow.inquiry_id == bindparam("inquiry_id"),
        FileRow.kind.in_(_KINDS),
        BlobRow.bytes_count > SMALLEST_BYTES,
        _OTHER.id != bindparam("inquiry_id"),
        _OTHER.state != InquiryState.SPAM.value,
        MessageRow.author == Author.CUSTOMER.value,
        _OTHER_MESSAGE.author == Author.CUSTOMER.value,
    )
    .order_by(_OTHER_FILE.id.desc(), FileRow.id)
    .limit(_MOST_ROWS)
)


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
        for row in tx.execute(_SAME, {"inquiry_id": inquiry_id})
        if person.serves(row.product, row.assignee)
        if not is_same_sender((row.own_email, row.own_company), (row.email_folded, row.company))
    }
    return list(found)
