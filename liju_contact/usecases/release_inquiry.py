"""An inquiry that was held as spam is none: what was due goes out, and the promise counts from then on.

Releasing is a change of state like any other (``change_inquiry``, from the page, from the list or by mail), and so is
taking it back: then letters that have not left yet are dropped, and wait for the next release.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.event import EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, awaits_answer
from liju_contact.domain.reply_key import Purpose
from liju_contact.store.events import newest_event_of_kind
from liju_contact.store.inbound_lines import newest_customer_mail
from liju_contact.store.inquiries import change_columns, get_inquiry, set_state
from liju_contact.store.messages import messages_of
from liju_contact.store.sent_letters import drop_queued_of
from liju_contact.store.spam_judgements import find_judgement, set_released
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.first_letters import first_letters, post_first_letters
from liju_contact.usecases.promise_answer import first_promise

UNCONFIRMED = "unconfirmed"
"""The fact of the event of holding that says that the customer gets no letter by itself, also later."""


def is_held(tx: Connection, inquiry: Inquiry) -> bool:
    """Tell whether letters of an inquiry wait because the program took it for spam."""
    judgement = find_judgement(tx, inquiry.id) if inquiry.state is InquiryState.SPAM else None
    return judgement is not None and judgement.is_holding


def promise_after_hold(deps: Deps, inquiry: Inquiry, now: datetime) -> datetime:
    """Return by when somebody has an answer whose inquiry is released ``now``."""
    catalogue = deps.settings.catalogue
    topic = catalogue.find_topic(inquiry.topic) or catalogue.topics[-1]
    return first_promise(deps, inquiry.product, topic, inquiry.team, now)


def release_if_held(deps: Deps, tx: Connection, inquiry: Inquiry, *, now: datetime) -> Inquiry:
    """Release an inquiry that shows to be no spam, and return it as it is then.

    Its customer uses the status page, or staff merge it with one that is none.
    """
    if not is_held(tx, inquiry):
        return inquiry
    release_held(deps, tx, inquiry, InquiryState.RECEIVED, now=now)
    set_state(tx, inquiry.id, InquiryState.RECEIVED, now)
    return get_inquiry(tx, inquiry.id)


def release_held(deps: Deps, tx: Connection, inquiry: Inquiry, state: InquiryState, *, now: datetime) -> None:
    """Send what was due; ``inquiry`` is as it was held, ``state`` is the one that it comes to."""
    set_released(tx, inquiry.id, now)
    first = next(iter(messages_of(tx, inquiry.id)), None)
    if first is None or not awaits_answer(state):
        return
    promised_at = promise_after_hold(deps, inquiry, now)
    change_columns(tx, inquiry.id, {"answer_due_at": promised_at, "first_answer_due_at": promised_at}, now)
    released = replace(inquiry, state=state, answer_due_at=promised_at)
    held = newest_event_of_kind(tx, inquiry.id, EventKind.MARKED_SPAM)
    mail_id, _ = newest_customer_mail(tx, inquiry.id)
    post_first_letters(
        deps,
        tx,
        released,
        first_letters(deps, released, body=first.body, files=first.files),
        message_id=first.id,
        is_confirmed=not (held and held.facts.get(UNCONFIRMED)),
        answers=f"<{mail_id}>" if mail_id else "",
        again=f"/{inquiry.version}/{now.isoformat()}",
        now=now,
    )


def hold_again(tx: Connection, inquiry: Inquiry, *, now: datetime) -> None:
    """Drop what has not left yet; where nothing went to the customer, all of it is due again."""
    judgement = find_judgement(tx, inquiry.id)
    if judgement is None or judgement.held_at is None or judgement.released_at is None:
        return
    # Nothing else is written at the moment of a release, so every key that is for the conversation is meant.
    gone = drop_queued_of(tx, [inquiry.id], judgement.released_at, f".{Purpose.CONVERSATION.value}", now)
    if not gone:
        set_released(tx, inquiry.id, None)
