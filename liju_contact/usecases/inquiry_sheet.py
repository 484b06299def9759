"""An inquiry as staff read it: what the story ``show_inquiry`` gives to the page.

It may hold what only staff may see, so nothing of it goes near a customer: their page is ``show_status.StatusPage``.
Everything that happened stands on one line of time, the oldest first, in pieces that each have their ``shape``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.event import Event
from liju_contact.domain.inbound import InboundState
from liju_contact.domain.inquiry import Inquiry, InquiryState
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.message import Author, MessageFile
from liju_contact.store.drafts import Draft, stamp_of_none
from liju_contact.store.same_files import SameFile
from liju_contact.store.sheet_lines import MailLine
from liju_contact.store.spam_judgements import StoredJudgement
from liju_contact.store.thumbnails import Thumbnail
from liju_contact.store.visits import Visit

_IN_TROUBLE = frozenset({DeliveryState.REFUSED, DeliveryState.GIVEN_UP, DeliveryState.PARKED, DeliveryState.BOUNCED})
_CAN_BE_DROPPED = frozenset({DeliveryState.QUEUED, DeliveryState.PARKED, DeliveryState.REFUSED, DeliveryState.GIVEN_UP})
_UNDECIDED = frozenset({InboundState.HELD, InboundState.PARKED})
_FOLDED_FROM = 3  # so many small pieces in a row become one


class Origin(StrEnum):
    """By which way a message or a note came to be where it is."""

    FORM = "form"
    STATUS_PAGE = "status_page"
    DESK = "desk"
    MAIL = "mail"


class Shape(StrEnum):
    MESSAGE = "message"
    NOTE = "note"
    EVENT = "event"
    LETTER = "letter"
    MAIL = "mail"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMessage:
    """``mail`` is the mail it came by, for ``Origin.MAIL``; ``moved_from`` a reference, where it was moved here."""

    id: int
    at: datetime
    author: Author
    author_name: str
    author_address: str
    body: str
    files: tuple[MessageFile, ...]
    origin: Origin
    mail: MailLine | None
    moved_from: str
    shape: Shape = Shape.MESSAGE
    is_small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetNote:
    id: int
    at: datetime
    author_name: str
    author_address: str
    body: str
    mail: MailLine | None
    moved_from: str
    shape: Shape = Shape.NOTE
    is_small: bool = False

    @property
    def origin(self) -> Origin:
        return Origin.MAIL if self.mail else Origin.DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEvent:
    at: datetime
    event: Event
    shape: Shape = Shape.EVENT
    is_small: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDelivery:
    """One letter to one recipient; ``words`` are the mail server's last, with its reply code."""

    id: int
    recipient: str
    state: DeliveryState
    words: str
    attempt_count: int
    next_attempt_at: datetime | None

    @property
    def is_in_trouble(self) -> bool:
        return self.state in _IN_TROUBLE or (self.state is DeliveryState.QUEUED and self.attempt_count > 0)

    @property
    def can_be_resent(self) -> bool:
        return self.state is not DeliveryState.SENDING and (self.is_in_trouble or self.is_settled)

    @property
    def can_be_dropped(self) -> bool:
        return self.state in _CAN_BE_DROPPED

    @property
    def is_settled(self) -> bool:
        return self.state in {DeliveryState.DELIVERED, DeliveryState.DROPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLetter:
    id: int
    at: datetime
    kind: LetterKind
    subject: str
    deliveries: tuple[SheetDelivery, ...]
    shape: Shape = Shape.LETTER

    @property
    def is_in_trouble(self) -> bool:
        return any(delivery.is_in_trouble for delivery in self.deliveries)

    @property
    def is_small(self) -> bool:
        return not self.is_in_trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMail:
    """A received mail that became neither message nor note: held, set aside, automatic, or about a letter of ours."""

    at: datetime
    mail: MailLine
    shape: Shape = Shape.MAIL

    @property
    def waits(self) -> bool:
        return self.mail.state in _UNDECIDED

    @property
    def is_small(self) -> bool:
        return not self.waits


SmallPiece = SheetEvent | SheetLetter | SheetMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Small pieces in a row, of which a page says only how many they are until somebody asks."""

    at: datetime
    pieces: tuple[SmallPiece, ...]
    shape: Shape = Shape.FOLDED


Piece = SheetMessage | SheetNote | SmallPiece
SheetLine = Piece | Folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody an inquiry can be given to."""

    address: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A colleague who has the same inquiry open just now."""

    name: str
    is_typing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInquiry:
    """What else the same customer asked, as far as the reader serves it."""

    reference: str
    state: InquiryState
    product: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InquirySheet:
    """``inquiry`` is the whole row; labels are in the reader's language.

    ``newest_message_id`` is what an answer written on this sheet has seen. ``merged_into`` is a reference or empty.
    ``missing`` are the ids of fields a quotation waits for. ``reply_titles`` are those of answers given often, by id.
    ``thumbnails`` are by the file's id; ``same_files`` came with another company's inquiry as well. ``visits`` are the
    newest of its status page, the last first.
    ``spam`` is why the program holds the inquiry, or held it.
    """

    inquiry: Inquiry
    status_url: str
    product: str
    topic: str
    team: str
    assignee: str
    is_promised: bool
    is_overdue: bool
    merged_into: str
    lines: tuple[SheetLine, ...]
    events: Mapping[int, Event]
    newest_message_id: int
    missing: tuple[str, ...]
    tags: tuple[str, ...]
    every_tag: tuple[str, ...]
    watchers: tuple[str, ...]
    is_watched: bool
    others: tuple[OtherInquiry, ...]
    colleagues: tuple[Colleague, ...]
    nearby: tuple[Nearby, ...]
    drafts: Mapping[str, Draft]
    reply_titles: tuple[tuple[int, str], ...]
    thumbnails: Mapping[int, Thumbnail]
    same_files: tuple[SameFile, ...]
    visits: tuple[Visit, ...]
    spam: StoredJudgement | None

    @property
    def has_trouble(self) -> bool:
        return any(isinstance(line, SheetLetter) and line.is_in_trouble for line in self.lines)

    def draft_stamp(self, kind: str) -> str:
        """Return what a page names the draft of a kind by, also that there is none."""
        draft = self.drafts.get(kind)
        return draft.stamp if draft else stamp_of_none(self.inquiry.version)


def on_one_line(pieces: Sequence[Piece]) -> tuple[SheetLine, ...]:
    """Put everything in the order it happened, and fold what is small and stands together."""
    lines: list[SheetLine] = []
    row: list[SmallPiece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.at, piece.is_small)):
        if isinstance(piece, SheetMessage | SheetNote) or not piece.is_small:
            lines += [*_folded(row), piece]
            row = []
        else:
            row.append(piece)
    return (*lines, *_folded(row))


def _folded(row: list[SmallPiece]) -> list[SheetLine]:
    if len(row) < _FOLDED_FROM:
        return list(row)
    return [Folded(at=row[0].at, pieces=tuple(row))]
