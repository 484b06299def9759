"""What a list's condition is made of: terms, the columns they are written on, and who reads the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, ColumnElement, literal_column

from liju_contact.domain.person import Person
from liju_contact.store.tables import InquiryRow


class Rank(IntEnum):
    """How few rows a term usually leaves, fewest first: the first term of a list that has an index finds its rows."""

    MINE = 1
    TAG = 2
    TROUBLE = 3
    UNASSIGNED = 4
    PERSON = 5
    PRIORITY = 6
    AWAITED = 7
    RARE_STATE = 8
    COUNTRY = 9
    RECEIVED = 10
    TOPIC = 11
    PRODUCT = 12
    STATE = 13
    LINES = 14
    NOBODY = 15
    FILES = 16
    LANGUAGE = 17
    NO_INDEX = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """``key`` stands for the condition in the key of a statement, ``values`` are the condition's parameters.

    ``columns`` are what it reads. With ``is_by_id`` its index has the rows of one value in the order of their ids.
    """

    key: str
    rank: Rank
    condition: Callable[[Columns], ColumnElement[bool]]
    columns: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    is_by_id: bool = False


class Columns:
    """The columns of an inquiry, as SQL that begins with ``prefix``."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        type_ = InquiryRow.__table__.c[name].type
        # A yes or no is written as it is: "= 1" would not be recognised as the condition of a partial index.
        return literal_column(f"{self._prefix}{name}", None if isinstance(type_, Boolean) else type_)


PLAIN = Columns("inquiry.")
DISGUISED = Columns("+inquiry.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a list, when, and on which clock its days are."""

    person: Person
    zone: tzinfo
    now: datetime
