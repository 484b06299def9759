"""Somebody without a key writes to the public address: a new inquiry, confirmed like one from the form.

The confirmation is an automatic letter, so it is under the caps, and it tells nothing but the sender's own inquiry.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.inquiry import Inquiry, NewInquiry, fold_address
from liju_contact.domain.language import language_of_text
from liju_contact.domain.spam_signs import NO_SIGNS, NOTHING_AGAINST
from liju_contact.usecases.apply_mail import Incoming
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.draft_inquiry import draft_inquiry
from liju_contact.usecases.submit_inquiry import Drafted, letters_of, write_inquiry
from liju_contact.usecases.weigh_spam import read_for_spam, weigh_spam

CONFIRMATIONS_PER_DAY = 10  # to one address; a person does not open more inquiries, a loop does
_NO_REPLY = re.compile(r"(?:.*[-_.+])?(?:do[-_.]?not|no)[-_.]?reply[^@]*@|(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_LONGEST_NAME = 200
_DAY = timedelta(days=1)
_REFERENCE_TRIES = 5


def open_by_mail(
    deps: Deps, tx: Connection, incoming: Incoming, *, now: datetime, is_let_in: bool = False
) -> tuple[int, int]:
    """Open an inquiry from a mail; returns the inquiry's id and its first message's.

    It is weighed as one from the form is, unless staff said that it shall be let in.
    """
    new = _new_inquiry(deps, incoming)
    weighable = read_for_spam(new, NO_SIGNS, incoming.mail)
    judgement = NOTHING_AGAINST if is_let_in else weigh_spam(deps, tx, weighable, now=now)
    is_confirmed = _may_be_confirmed(deps, tx, incoming, now)
    answers = f"<{incoming.mail.message_id}>" if incoming.mail.message_id else ""
    nonce = hashlib.sha256(f"mail\n{incoming.sha256}".encode()).hexdigest()[:40]
    for _ in range(_REFERENCE_TRIES):
        inquiry = _drafted(deps, new, now)
        draft = Drafted(new=new, inquiry=inquiry, nonce=nonce, sketch=weighable.sketch, answers=answers)
        letters = letters_of(deps, draft)
        written = write_inquiry(deps, tx, draft, letters, is_confirmed=is_confirmed, judgement=judgement, now=now)
        if written:
            return written
    raise AssertionError("Five random references in a row were taken; is random_bytes random?")


def _new_inquiry(deps: Deps, incoming: Incoming) -> NewInquiry:
    settings = deps.settings
    message = incoming.opening
    return NewInquiry(
        nonce="",
        language=language_of_text(message, settings.web.languages),
        name=(incoming.sender_name or incoming.sender_address.partition("@")[0])[:_LONGEST_NAME],
        email=incoming.sender_address,
        country="",
        product="",
        topic=settings.catalogue.topics[-1].id,
        message=message,
        company="",
        phone="",
        details=(),
        files=incoming.files,
    )


def _drafted(deps: Deps, new: NewInquiry, now: datetime) -> Inquiry:
    """Nobody has said yet what product it is about."""
    catalogue = deps.settings.catalogue
    topic = catalogue.topics[-1]
    return draft_inquiry(deps, new, topic, team=topic.team or catalogue.teams[0].id, now=now)


def _may_be_confirmed(deps: Deps, tx: Connection, incoming: Incoming, now: datetime) -> bool:
    """Neither the null sender nor a list is answered (RFC 3834 section 2), nor who says not to; and nobody often."""
    who = fold_address(incoming.sender_address)
    if incoming.envelope.sender == "" or incoming.mail.is_from_list or _NO_REPLY.match(who):
        return False
    return count_in_window(deps, tx, "confirmation to", who, window=_DAY, now=now) <= CONFIRMATIONS_PER_DAY
