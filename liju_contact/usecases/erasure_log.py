"""The register of erasures beside the database: a restored backup learns from it what was erased since.

One line an erasure: when, and the keyed digest of the folded address. No address can be read out of it, and with
another ``secret`` in the settings no line fits any address any more. Lines are only ever added, and each is on the disk
before anything is erased.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from liju_contact.domain.errors import StoreBusy

_LINE = re.compile(r"(\S+) ([0-9a-f]{64})")


def log_path(instance: Path) -> Path:
    return instance / "erasures.log"


def log_erasure(instance: Path, digest: str, at: datetime) -> None:
    """Add a line for good. Raises ``StoreBusy`` when it cannot be written: then nothing may be erased either."""
    path = log_path(instance)
    is_new = not path.exists()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{at.isoformat(timespec='microseconds')} {digest}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_folder(instance)
    except OSError as error:
        raise StoreBusy(f"The register of erasures cannot be written: {error.strerror}.") from error


def logged_erasures(instance: Path) -> dict[str, datetime]:
    """Return when each address was erased last, by its digest. A line that a crash cut short is passed over."""
    try:
        text = log_path(instance).read_text("ascii", "replace")
    except FileNotFoundError:
        return {}
    found: dict[str, datetime] = {}
    for at, digest in _LINE.findall(text):
        moment = _moment(at)
        if moment and moment > found.get(digest, moment.min.replace(tzinfo=moment.tzinfo)):
            found[digest] = moment
    return found


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
