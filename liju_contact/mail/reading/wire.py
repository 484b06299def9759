"""How a read mail goes from the process that reads to the one that applies: JSON, then the files' bytes.

Not pickle: whoever reads hostile bytes must not be able to say what runs in the process that holds the database.

    8 bytes  length of the JSON, big-endian
    JSON     the mail; of each file its size in place of its content; or {"fault": "..."}
    bytes    the contents of the files, one after another
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, BinaryIO

from liju_contact.domain.inbound_mail import Bounce, Complaint, InboundMail, Mailbox, MailFile

LENGTH_BYTES = 8


def write_mail(stream: BinaryIO, mail: InboundMail) -> None:
    bare = replace(mail, files=tuple(replace(file, content=b"") for file in mail.files))
    described = asdict(bare) | {"date": mail.date.isoformat() if mail.date else None}
    for file, content in zip(described["files"], mail.files, strict=True):
        file["content"] = len(content.content)
    _write_json(stream, described)
    for file in mail.files:
        stream.write(file.content)
    stream.flush()


def write_fault(stream: BinaryIO, sentence: str) -> None:
    _write_json(stream, {"fault": sentence})
    stream.flush()


def read_answer(read: Callable[[int], bytes]) -> InboundMail | str:
    """Return the mail, or the sentence that says why there is none; ``read(n)`` returns exactly n bytes.

    Raises ``ValueError`` or ``KeyError`` when what comes is not of this form.
    """
    described = json.loads(read(int.from_bytes(read(LENGTH_BYTES), "big")))
    if "fault" in described:
        return str(described["fault"])
    sizes = [int(file["content"]) for file in described["files"]]
    contents = [read(size) for size in sizes]
    return _mail(described, contents)


def _write_json(stream: BinaryIO, value: dict[str, Any]) -> None:
    octets = json.dumps(value).encode("ascii")
    stream.write(len(octets).to_bytes(LENGTH_BYTES, "big"))
    stream.write(octets)


def _mail(described: dict[str, Any], contents: list[bytes]) -> InboundMail:
    files = [
        MailFile(**file | {"content": content}) for file, content in zip(described["files"], contents, strict=True)
    ]
    values = {field.name: _frozen(described[field.name]) for field in fields(InboundMail)}
    values["sender"] = Mailbox(**described["sender"]) if described["sender"] else None
    values["reply_to"] = tuple(Mailbox(**mailbox) for mailbox in described["reply_to"])
    values["date"] = datetime.fromisoformat(described["date"]) if described["date"] else None
    values["files"] = tuple(files)
    values["bounce"] = Bounce(**_all_frozen(described["bounce"])) if described["bounce"] else None
    values["complaint"] = Complaint(**_all_frozen(described["complaint"])) if described["complaint"] else None
    return InboundMail(**values)


def _all_frozen(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _frozen(value) for name, value in values.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
