"""How often words were in texts that staff marked as spam or as honest; ``spam_surroundings`` looks them up.

Words are numbers here, which name nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from liju_contact.store.spam_tables import SpamWordRow
from liju_contact.store.statements import insert_or_change

TEXTS = 0
"""Stands for the texts themselves where a word's number would."""

_COUNT = insert_or_change(
    SpamWordRow,
    ["word"],
    lambda new: {
        "spam_count": SpamWordRow.spam_count + new.spam_count,
        "honest_count": SpamWordRow.honest_count + new.honest_count,
    },
)


def count_text(tx: Connection, words: Collection[int], *, spam: int, honest: int) -> None:
    """Count the words of one text so many times more; below nought to take it back."""
    ordered = [TEXTS, *sorted(words)]  # two at once wait for each other in one order
    rows = [{"word": word, "spam_count": spam, "honest_count": honest} for word in ordered]
    tx.execute(_COUNT[tx.dialect.name], rows)
