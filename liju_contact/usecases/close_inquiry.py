"""A customer closes an inquiry as solved, or opens it again; one that is held as spam is released by that."""

from __future__ import annotations

from datetime import datetime

from liju_contact.domain.event import Actor, EventKind, promised_anew
from liju_contact.domain.inquiry import InquiryState, is_over
from liju_contact.store.events import add_event
from liju_contact.store.inquiries import set_state
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import newest_message_id
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Gate, open_gate
from liju_contact.usecases.open_inquiry import open_for_update
from liju_contact.usecases.post_letters import to_team
from liju_contact.usecases.promise_answer import renew_promise
from liju_contact.usecases.release_inquiry import release_if_held
from liju_contact.usecases.watch_inquiry import addresses_concerned


def close_inquiry(deps: Deps, reference: str, key: str, *, now: datetime, gate: Gate = open_gate) -> None:
    """Close as solved; closing what is closed changes nothing. Raises ``NotFound``, ``TooOften`` or ``StoreBusy``."""
    _change(deps, reference, key, InquiryState.CLOSED, now=now, gate=gate)


def reopen_inquiry(deps: Deps, reference: str, key: str, *, now: datetime, gate: Gate = open_gate) -> None:
    """Open again; reopening what is open changes nothing. Raises ``NotFound``, ``TooOften`` or ``StoreBusy``."""
    _change(deps, reference, key, InquiryState.OPEN, now=now, gate=gate)


def _change(deps: Deps, reference: str, key: str, state: InquiryState, *, now: datetime, gate: Gate) -> None:
    kind = EventKind.INQUIRY_REOPENED if state is InquiryState.OPEN else EventKind.INQUIRY_CLOSED
    with deps.db.begin() as tx:
        inquiry = release_if_held(deps, tx, open_for_update(deps, tx, reference, key), now=now)
        if is_over(inquiry.state) == is_over(state) or inquiry.merged_into_id is not None:
            return
        set_state(tx, inquiry.id, state, now)
        promise = renew_promise(deps, tx, inquiry, now) if state is InquiryState.OPEN else inquiry.answer_due_at
        add_event(tx, inquiry.id, kind, Actor.CUSTOMER, now, facts=promised_anew(inquiry.answer_due_at, promise))
        letter = deps.letters.state_for_team(inquiry, kind)
        letter_key = f"state_for_team/{kind.value}/{now.isoformat()}"
        posting = to_team(
            deps,
            letter,
            inquiry,
            letter_key=letter_key,
            number=newest_message_id(tx, inquiry.id),
            also=addresses_concerned(deps, tx, inquiry),
        )
        post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)
        gate(tx, inquiry.id)
