"""What customers thought of our help: one rating for each inquiry, the newest they gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from liju_contact.domain.rating import Rating
from liju_contact.store.desk_tables import RatingRow
from liju_contact.store.statements import insert_or_change

_OF_INQUIRY = select(RatingRow.stars, RatingRow.words, RatingRow.is_told).where(
    RatingRow.inquiry_id == bindparam("inquiry_id")
)
_WRITE = insert_or_change(
    RatingRow,
    ["inquiry_id"],
    lambda new: {"stars": new.stars, "words": new.words, "rated_at": new.rated_at, "is_told": new.is_told},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRating:
    """``is_told`` says that our team got a letter about it, or about an earlier one of the same inquiry."""

    rating: Rating
    is_told: bool


def find_rating(tx: Connection, inquiry_id: int) -> GivenRating | None:
    row = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id}).one_or_none()
    return GivenRating(rating=Rating(stars=row.stars, words=row.words), is_told=row.is_told) if row else None


def write_rating(tx: Connection, inquiry_id: int, rating: Rating, *, is_told: bool, now: datetime) -> None:
    """Write a rating in place of the one there may be."""
    values = {
        "inquiry_id": inquiry_id,
        "stars": rating.stars,
        "words": rating.words,
        "rated_at": now,
        "is_told": is_told,
    }
    tx.execute(_WRITE[tx.dialect.name], values)
