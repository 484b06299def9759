"""What a customer asks, and the states an inquiry lives through.

    received --(somebody writes)--> open <--> answered      both ends may close;
        '---------------------------'-> closed -> open      writing or reopening opens again

A state is one word, never a combination of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liju_contact.domain.detail import Detail
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.priority import Priority


class InquiryState(StrEnum):
    RECEIVED = "received"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    SPAM = "spam"  # staff said so; the customer sees a closed inquiry
    MERGED = "merged"  # its conversation goes on in another inquiry; see ``merged_into_id``


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """A file whose bytes are already stored (D6) and which is about to become part of a message."""

    sha256: str
    name: str
    kind: FileKind
    bytes_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInquiry:
    """Everything the customer gave, cleaned and judged acceptable; ``nonce`` is that of the form token.

    ``notice_version`` says which privacy notice stood beside the form; by mail there is none.
    """

    nonce: str
    language: str
    name: str
    email: str
    country: str
    product: str
    topic: str
    message: str
    company: str
    phone: str
    details: tuple[Detail, ...]
    files: tuple[StagedFile, ...]
    notice_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """An inquiry as it stands in the database.

    ``version`` grows with everything that changes it, so that a change made on an old sight of it is noticed.
    ``due_at`` is a date staff set for themselves, beside the promise in ``answer_due_at``.
    """

    id: int
    reference: str
    key_version: int
    state: InquiryState
    language: str
    name: str
    email: str
    country: str
    product: str
    topic: str
    team: str
    company: str
    phone: str
    details: tuple[Detail, ...]
    received_at: datetime
    answer_due_at: datetime
    assignee: str | None = None
    unreachable_since: datetime | None = None
    version: int = 1
    priority: Priority = Priority.NORMAL
    due_at: datetime | None = None
    merged_into_id: int | None = None
    notice_version: str = ""


def fold_address(address: str) -> str:
    """Return what two spellings of one mailbox have in common, for looking up only: nothing is ever sent to it."""
    return address.strip().casefold()


def awaits_answer(state: InquiryState) -> bool:
    """Tell whether the customer has our promise of an answer; it holds until we have answered or all is solved."""
    return state in {InquiryState.RECEIVED, InquiryState.OPEN}


def is_over(state: InquiryState) -> bool:
    """Tell whether nobody waits for anything any more; a customer is not told apart which of the two it is."""
    return state in {InquiryState.CLOSED, InquiryState.SPAM, InquiryState.MERGED}


def state_after_customer_message(state: InquiryState) -> InquiryState:
    """A customer who writes expects an answer again, also after closing."""
    return InquiryState.RECEIVED if state is InquiryState.RECEIVED else InquiryState.OPEN


def has_same_customer(one: Inquiry, other: Inquiry) -> bool:
    return fold_address(one.email) == fold_address(other.email)


def merged_state(source: Inquiry, target: Inquiry) -> tuple[InquiryState, datetime]:
    """Return the state and the promise of ``target`` when ``source`` goes on in it: the more urgent of both."""
    if awaits_answer(source.state) and awaits_answer(target.state):
        return target.state, min(source.answer_due_at, target.answer_due_at)
    if awaits_answer(source.state):
        return InquiryState.OPEN, source.answer_due_at
    if InquiryState.ANSWERED in {source.state, target.state} and not awaits_answer(target.state):
        return InquiryState.ANSWERED, target.answer_due_at
    if target.state is InquiryState.SPAM and source.state is InquiryState.CLOSED:
        return InquiryState.CLOSED, target.answer_due_at
    return target.state, target.answer_due_at
