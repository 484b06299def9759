"""The one way an inquiry is changed by staff, at the desk or by mail, within the caller's transaction.

Columns, tags and events are written together, with the letter to whoever is given the inquiry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from liju_contact.domain.catalogue import Staff
from liju_contact.domain.change import KEEP, Aspect, Change, Standing, Step, steps_of
from liju_contact.domain.errors import Unfit
from liju_contact.domain.event import Actor, Event, EventKind
from liju_contact.domain.inquiry import Inquiry, InquiryState, fold_address
from liju_contact.domain.message import Author
from liju_contact.domain.person import Action
from liju_contact.store.events import add_event, newest_event_of_kind
from liju_contact.store.inquiries import change_columns
from liju_contact.store.letters import post_letters
from liju_contact.store.messages import newest_message_id, newest_message_of
from liju_contact.store.tags import put_tags, tags_of, take_tags
from liju_contact.usecases.answer_customer import name_for_customer
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.learn_spam import LEARNT, learn
from liju_contact.usecases.post_letters import to_team
from liju_contact.usecases.promise_answer import promise_from
from liju_contact.usecases.release_inquiry import hold_again, is_held, promise_after_hold, release_held
from liju_contact.usecases.staff_directory import find_colleague

_RELEASED = "released"


def planned(deps: Deps, tx: Connection, inquiry: Inquiry, change: Change, *, now: datetime) -> tuple[Step, ...]:
    """Return what a change of the inquiry would come to. Raises ``Unfit``."""
    if change.assignee is not KEEP:
        change = replace(change, assignee=_known(deps, tx, inquiry, change.assignee))
    asks_for_tags = change.add_tags or change.remove_tags
    standing = Standing(
        tags=tags_of(tx, [inquiry.id]).get(inquiry.id, []) if asks_for_tags else [],
        state_before_spam=_state_before_spam(tx, inquiry) if change.state else None,
        promise=promise_from(deps, inquiry, now),
        promise_after_hold=promise_after_hold(deps, inquiry, now) if change.state and is_held(tx, inquiry) else None,
    )
    return steps_of(inquiry, change, standing)


def write_steps(
    deps: Deps, tx: Connection, inquiry: Inquiry, steps: Sequence[Step], *, author: Staff, now: datetime
) -> tuple[int, ...]:
    """Do what ``steps`` say, with an event each; returns the ids of the events."""
    write_values(tx, inquiry, steps, now)
    name = name_for_customer(deps, inquiry, author)
    event_ids = []
    for step in steps:
        facts = dict(step.facts)
        if step.aspect is Aspect.ASSIGNEE:
            facts |= _given_to(deps, tx, inquiry, step, author=author, now=now)
        if step.kind in {EventKind.MARKED_SPAM, EventKind.UNMARKED_SPAM}:
            facts |= _called_spam_or_not(deps, tx, inquiry, facts, now=now)
        event_ids.append(
            add_event(
                tx,
                inquiry.id,
                step.kind,
                Actor.STAFF,
                now,
                actor_name=name,
                actor_address=author.address,
                facts=facts,
            )
        )
    return tuple(event_ids)


def take_spam_back(tx: Connection, inquiry: Inquiry, event: Event, *, now: datetime) -> None:
    """Unlearn what an event taught; an inquiry that was released by it is held again, as far as that is possible."""
    if LEARNT in event.facts:
        learn(tx, inquiry, is_spam=event.facts[LEARNT]["before"])
    if event.facts.get(_RELEASED):
        hold_again(tx, inquiry, now=now)


def _called_spam_or_not(
    deps: Deps, tx: Connection, inquiry: Inquiry, facts: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """Learn from what staff say; where they release what the program held, send what was due."""
    is_spam = facts["after"] == InquiryState.SPAM.value
    is_released = not is_spam and is_held(tx, inquiry)
    if is_released:
        release_held(deps, tx, inquiry, InquiryState(facts["after"]), now=now)
    return {**learn(tx, inquiry, is_spam=is_spam), **({_RELEASED: True} if is_released else {})}


def write_values(tx: Connection, inquiry: Inquiry, steps: Sequence[Step], now: datetime) -> None:
    """Write the new values alone."""
    columns = {name: value for step in steps for name, value in step.columns.items()}
    if steps:
        change_columns(tx, inquiry.id, columns, now)
    for step in steps:
        take_tags(tx, inquiry.id, step.remove_tags)
        put_tags(tx, inquiry.id, step.add_tags)


def _known(deps: Deps, tx: Connection, inquiry: Inquiry, assignee: object) -> str | None:
    """Return the address of somebody who may answer, as their account or else the settings spell it; or None.

    Who has the inquiry already keeps it, whatever they may by now.
    """
    if not isinstance(assignee, str) or not assignee.strip():
        return None
    if fold_address(assignee) == fold_address(inquiry.assignee or ""):
        return inquiry.assignee
    colleague = find_colleague(deps, tx, assignee, who_may=Action.ANSWER)
    if colleague is None:
        raise Unfit(f"Nobody who may answer has the address {assignee}.", field="assignee")
    return colleague.address


def _state_before_spam(tx: Connection, inquiry: Inquiry) -> InquiryState | None:
    if inquiry.state is not InquiryState.SPAM:
        return None
    marked = newest_event_of_kind(tx, inquiry.id, EventKind.MARKED_SPAM)
    return InquiryState(marked.facts["before"]) if marked and "before" in marked.facts else None


def _given_to(
    deps: Deps, tx: Connection, inquiry: Inquiry, step: Step, *, author: Staff, now: datetime
) -> dict[str, str]:
    """Write to whoever has the inquiry from now on, unless they took it themselves; returns their name."""
    address = step.facts["after"]
    assignee = find_colleague(deps, tx, address) if address else None
    if assignee is None:
        return {}
    if author.addresses.isdisjoint({*assignee.addresses, fold_address(address)}):
        _tell_assignee(deps, tx, inquiry, address, author=author, now=now)
    return {"name": name_for_customer(deps, inquiry, assignee)}


def _tell_assignee(deps: Deps, tx: Connection, inquiry: Inquiry, address: str, *, author: Staff, now: datetime) -> None:
    by = author.name.in_language(deps.settings.default_language) or author.address
    newest = newest_message_of(tx, inquiry.id, Author.CUSTOMER)
    posting = to_team(
        deps,
        deps.letters.assigned_for_team(inquiry, author_name=by, body=newest.body if newest else ""),
        inquiry,
        letter_key=f"assigned_for_team/{fold_address(address)}/{now.isoformat()}",
        number=newest_message_id(tx, inquiry.id),
        only=address,
    )
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)
