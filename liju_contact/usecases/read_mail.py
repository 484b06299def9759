"""Has a stored mail read, and stores its files, before the transaction that applies it."""

from __future__ import annotations

import io
from datetime import datetime

from liju_contact.domain.file_kind import HEAD_BYTES, FileKind, FileRefusal, judge_file
from liju_contact.domain.file_name import safe_name
from liju_contact.domain.inbound_mail import InboundMail, MailFile
from liju_contact.domain.inquiry import StagedFile
from liju_contact.store.files import chunks
from liju_contact.store.inbound import TakenInbound
from liju_contact.store.inbound_files import InboundFile
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mail_reader import MailReader, Unreadable
from liju_contact.usecases.stage_file import stage_bytes

_SIGNATURE_PICTURE_BYTES = 100_000


def read_stored(deps: Deps, reader: MailReader, taken: TakenInbound) -> InboundMail | Unreadable:
    if taken.bytes_count > deps.settings.inbound.size_limit_bytes:
        return Unreadable(words=f"It has {taken.bytes_count} bytes, which is more than is read.", is_final=True)
    with deps.db.read() as tx:
        raw = b"".join(chunks(tx, taken.blob_id))
    return reader.read(raw)


def stage_mail_files(deps: Deps, mail: InboundMail, *, now: datetime) -> list[tuple[InboundFile, bool]]:
    """Store the files of a mail; each comes with whether it may be a signature's picture."""
    return [(_staged(deps, file, now), _may_be_signature(file)) for file in mail.files]


def _staged(deps: Deps, file: MailFile, now: datetime) -> InboundFile:
    sha256, bytes_count = stage_bytes(deps, io.BytesIO(file.content), now=now)
    name = safe_name(file.name)
    kind = judge_file(name, file.content[:HEAD_BYTES], file.content[-HEAD_BYTES:])
    known = FileKind.OTHER if isinstance(kind, FileRefusal) else kind
    staged = StagedFile(sha256=sha256, name=name, kind=known, bytes_count=bytes_count)
    return InboundFile(file=staged, media_type=file.media_type, is_folded=False)


def _may_be_signature(file: MailFile) -> bool:
    return file.is_inline and file.media_type.startswith("image/") and len(file.content) <= _SIGNATURE_PICTURE_BYTES
