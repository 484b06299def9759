"""One turn of the conversation both sides see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.file_scan import UNSCANNED, FileScan

BODY_LIMIT = 20_000  # characters; a longer story belongs into a file


class Author(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFile:
    id: int
    name: str
    kind: FileKind
    bytes_count: int
    sha256: str
    scan: FileScan = UNSCANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: int
    author: Author
    author_name: str
    body: str
    written_at: datetime
    files: tuple[MessageFile, ...]
