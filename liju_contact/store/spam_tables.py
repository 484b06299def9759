"""Tables of what is held as spam: judgements, what was learnt, and which texts were there before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from liju_contact.store.table import Table


class SpamJudgementRow(Table):
    """Why an inquiry was held, and what was learnt from it.

    ``held_at`` is None for one that only staff called spam, or called none; ``released_at`` says since when what was
    due has gone out. ``learnt`` is ``spam`` or ``honest`` as long as its text counts as that.
    """

    __tablename__ = "spam_judgement"

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[Any]]
    held_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    learnt: Mapped[str | None] = mapped_column(String(10))


class SpamWordRow(Table):
    """In how many marked texts a word was, under its number; number 0 counts the texts themselves."""

    __tablename__ = "spam_word"

    word: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    spam_count: Mapped[int] = mapped_column(Integer)
    honest_count: Mapped[int] = mapped_column(Integer)


class SpamSketchRow(Table):
    """The numbers by which nearly the same text is found again (``domain.spam_sketch``)."""

    __tablename__ = "spam_sketch"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    inquiry_id: Mapped[int] = mapped_column(
        ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )
