"""How a read mail goes from the process that reads to the one that applies: JSON, then the files' bytes.

Not pickle: whoever reads hostile bytes must not be able to say what runs in the process that holds the database. So
what comes is taken only if every value has the type and size that it may have.

    8 bytes  length of the JSON, big-endian
    JSON     the mail; of each file its size in place of its content
    bytes    the contents of the files, one after another
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass, replace
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, BinaryIO, get_args, get_origin, get_type_hints

from liju_contact.domain.inbound_mail import InboundMail

LENGTH_BYTES = 8

MOST_JSON_BYTES = 64 * 1024 * 1024
"""Two million characters, each written with twelve, and whatever else a mail says about itself."""

MOST_CONTENT_BYTES = 300 * 1024 * 1024
"""No reading process has more memory than this."""


def write_mail(stream: BinaryIO, mail: InboundMail) -> None:
    bare = replace(mail, files=tuple(replace(file, content=b"") for file in mail.files))
    described = asdict(bare) | {"date": mail.date.isoformat() if mail.date else None}
    for file, content in zip(described["files"], mail.files, strict=True):
        file["content"] = len(content.content)
    octets = json.dumps(described).encode("ascii")
    stream.write(len(octets).to_bytes(LENGTH_BYTES, "big") + octets)
    for content in mail.files:
        stream.write(content.content)
    stream.flush()


def read_mail_from(read: Callable[[int], bytes]) -> InboundMail:
    """Return the mail that ``write_mail`` wrote; ``read(n)`` returns exactly n bytes.

    Raises ``ValueError`` when what comes is anything else.
    """
    length = int.from_bytes(read(LENGTH_BYTES), "big")
    if length > MOST_JSON_BYTES:
        raise ValueError("This is longer than any mail's description.")
    try:
        described = json.loads(read(length))
    except RecursionError as error:
        raise ValueError("This is nested deeper than any mail's description.") from error
    if not isinstance(described, dict) or not isinstance(described.get("files"), list):
        raise ValueError("This describes no mail.")  # noqa: TRY004  # what is wrong is a value that came, not our call
    sizes = [_size(file) for file in described["files"]]
    if sum(sizes) > MOST_CONTENT_BYTES:
        raise ValueError("These are more bytes than any mail's files have.")
    files = [file | {"content": read(size)} for file, size in zip(described["files"], sizes, strict=True)]
    mail: InboundMail = _made(InboundMail, described | {"files": files})
    return mail


def _size(file: Any) -> int:
    size = file.get("content") if isinstance(file, dict) else None
    if type(size) is not int or size < 0:
        raise ValueError("This is no file's size.")
    return size


def _made(kind: Any, described: Any) -> Any:
    """Make a dataclass from the JSON of its fields."""
    hints = _hints(kind)
    if not isinstance(described, dict) or described.keys() != hints.keys():
        raise ValueError(f"This describes no {kind.__name__}.")
    return kind(**{name: _value(hint, described[name]) for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, described: Any) -> Any:
    """Return what a JSON value means where a field wants ``hint``: ``X``, ``X | None`` or ``tuple[X, ...]``."""
    kinds = get_args(hint)
    if NoneType in kinds:
        return None if described is None else _value(kinds[0], described)
    if get_origin(hint) is tuple and isinstance(described, list):
        return tuple(_value(kinds[0], each) for each in described)
    if isinstance(hint, type) and is_dataclass(hint):
        return _made(hint, described)
    if hint is datetime and isinstance(described, str):
        return _moment(described)
    if type(described) is not hint:
        raise ValueError(f"This is no {hint}.")
    if hint is str:
        described.encode()  # Raises for what no database and no page can take.
    return described


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.utcoffset() is None:
        raise ValueError("A moment without a zone is none.")
    return moment
