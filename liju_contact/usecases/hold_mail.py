"""Tells staff that a mail waits for their decision, and lets them decide by answering that letter."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.inbound import AUTOMATIC_LETTERS_PER_DAY, HoldReason
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.letter import Addressee
from liju_contact.domain.reply_key import Purpose
from liju_contact.domain.verdict import Judgement
from liju_contact.store.letters import Posting, post_letters
from liju_contact.usecases.apply_mail import Incoming
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps, HeldMail
from liju_contact.usecases.post_letters import to_team, without_keys_of_customers
from liju_contact.usecases.raise_alarm import raise_alarm_once
from liju_contact.usecases.watch_inquiry import addresses_concerned
from liju_contact.usecases.weigh_mail import Weighed

_DAY = timedelta(days=1)
_LETTERS_TO_A_COLLEAGUE = 10  # a day about one inquiry: whoever holds more than that against us is a machine
# These concern nobody but who wrote; what strangers send waits in the list without a letter.
_FOR_THE_SENDER = frozenset({HoldReason.LATE_ANSWER, HoldReason.UNKNOWN_COMMAND, HoldReason.NOTHING_SAID})


def tell_held(
    deps: Deps,
    tx: Connection,
    incoming: Incoming,
    judgement: Judgement,
    weighed: Weighed,
    *,
    inquiry: Inquiry | None,
    now: datetime,
) -> None:
    """Write the letter about a held mail: to its author, to the inquiry's team, or to the first team."""
    reason = judgement.reason or HoldReason.UNDONE
    if reason is HoldReason.TOO_MANY:
        sentence = (
            f"More than {weighed.evidence.most_mails} mails came from one address in ten minutes; the rest waits."
        )
        raise_alarm_once(deps, tx, f"too many {incoming.sender_address.casefold()}", [sentence], now=now)
        return
    held = HeldMail(
        inbound_id=incoming.inbound_id,
        reason=reason,
        sender=incoming.sender_address,
        subject=incoming.mail.subject,
        body=incoming.body,
        answered_by=weighed.evidence.answered_by,
    )
    if inquiry is None and reason is HoldReason.STAFF_WITHOUT_KEY:
        _tell_first_team(deps, tx, held, now)
    elif inquiry is not None:
        _tell_team(deps, tx, held, inquiry, author=weighed.staff_address, now=now)


def _tell_team(deps: Deps, tx: Connection, held: HeldMail, inquiry: Inquiry, *, author: str, now: datetime) -> None:
    only = author if held.reason in _FOR_THE_SENDER else ""
    count = count_in_window(deps, tx, "held letter", f"{inquiry.reference} {only}", window=_DAY, now=now)
    if count > (_LETTERS_TO_A_COLLEAGUE if only else AUTOMATIC_LETTERS_PER_DAY):
        return
    posting = to_team(
        deps,
        deps.letters.held_for_team(inquiry, held),
        inquiry,
        letter_key=f"held_for_team/{held.inbound_id}/{now.isoformat()}",
        number=held.inbound_id,
        purpose=Purpose.HELD,
        also=addresses_concerned(deps, tx, inquiry),
        only=only,
    )
    post_letters(tx, [posting], inquiry_id=inquiry.id, now=now)


def _tell_first_team(deps: Deps, tx: Connection, held: HeldMail, now: datetime) -> None:
    if count_in_window(deps, tx, "held letter", "", window=_DAY, now=now) > AUTOMATIC_LETTERS_PER_DAY:
        return
    pairs = [
        (Addressee(name="", address=address), f"<held.{held.inbound_id}.{number}@{deps.settings.mail.domain}>")
        for number, address in enumerate(deps.settings.catalogue.teams[0].recipients)
    ]
    letter = without_keys_of_customers(deps.letters.held_for_team(None, held))
    post_letters(tx, [Posting(letter=letter, addressees=pairs)], inquiry_id=None, now=now)
