"""What nearly the same text is found again by; ``spam_surroundings`` looks for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from liju_contact.store.spam_tables import SpamSketchRow

_ADD = insert(SpamSketchRow)


def add_sketch(tx: Connection, inquiry_id: int, sketch: Sequence[int]) -> None:
    if sketch:
        tx.execute(_ADD, [{"number": number, "inquiry_id": inquiry_id} for number in sketch])
