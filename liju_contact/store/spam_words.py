"""How often words were in texts that staff marked as spam or as honest.

Words are numbers here, which name nothing. A look takes one query with one parameter, however many words are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Connection, any_, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from liju_contact.store.spam_tables import SpamWordRow
from liju_contact.store.statements import insert_or_change

TEXTS = 0
"""Stands for the texts themselves where a word's number would."""

_COLUMNS = select(SpamWordRow.word, SpamWordRow.spam_count, SpamWordRow.honest_count)
_ASKED: Any = select(column("value")).select_from(func.json_each(bindparam("words")).table_valued("value"))
_FIND = {
    "sqlite": _COLUMNS.where(SpamWordRow.word.in_(_ASKED)),
    "postgresql": _COLUMNS.where(SpamWordRow.word == any_(bindparam("words", type_=ARRAY(BigInteger)))),
}
_COUNT = insert_or_change(
    SpamWordRow,
    ["word"],
    lambda new: {
        "spam_count": SpamWordRow.spam_count + new.spam_count,
        "honest_count": SpamWordRow.honest_count + new.honest_count,
    },
)


def counts_of(tx: Connection, words: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return in how many spam and honest texts these words were; one that was in none is left out."""
    asked = [TEXTS, *words]
    value = json.dumps(asked) if tx.dialect.name == "sqlite" else asked
    # A text that was learnt when words were cut in another way may be unlearnt by today's: no count is below nought.
    return {row[0]: (max(0, row[1]), max(0, row[2])) for row in tx.execute(_FIND[tx.dialect.name], {"words": value})}


def count_text(tx: Connection, words: Collection[int], *, spam: int, honest: int) -> None:
    """Count the words of one text so many times more; below nought to take it back."""
    ordered = [TEXTS, *sorted(words)]  # two at once wait for each other in one order
    rows = [{"word": word, "spam_count": spam, "honest_count": honest} for word in ordered]
    tx.execute(_COUNT[tx.dialect.name], rows)
