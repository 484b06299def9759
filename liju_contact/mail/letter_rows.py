"""What people wrote and sent along, and lost links, as the templates of letters take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liju_contact.domain.text import clean_line
from liju_contact.mail.letter_text import preview, typed_lines
from liju_contact.usecases.deps import FileLine
from liju_contact.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLink:
    """One inquiry in the letter that brings lost links back."""

    reference: str
    product: str
    received: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    name: str
    size: str
    is_attached: bool


def writing(body: str, files: Sequence[FileLine], wording: Wording) -> dict[str, Any]:
    """Return what somebody wrote and sent along, as the templates take it."""
    return {
        "lines": typed_lines(body),
        "preview": preview(body),
        "files": [
            FileRow(name=clean_line(file.name), size=wording.file_size(file.bytes_count), is_attached=file.is_attached)
            for file in files
        ],
    }
