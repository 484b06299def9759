"""Tells whoever looks after the program that something is wrong, by letter and by the operator's own command."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.letter import Addressee
from liju_contact.store.letters import Posting, post_letters
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps

_log = logging.getLogger(__name__)
_ONCE_PER = timedelta(days=1)


def raise_alarm(deps: Deps, tx: Connection, sentences: Sequence[str], *, now: datetime) -> None:
    """Write the letter to the alarm's recipients, or to all teams without any."""
    recipients = deps.settings.alarm.recipients or tuple(
        dict.fromkeys(address for team in deps.settings.catalogue.teams for address in team.recipients)
    )
    nonce = deps.random_bytes(12).hex()
    pairs = [
        (Addressee(name="", address=address), f"<alarm.{nonce}.{number}@{deps.settings.mail.domain}>")
        for number, address in enumerate(recipients)
    ]
    posting = Posting(letter=deps.letters.alarm(sentences), addressees=pairs)
    post_letters(tx, [posting], inquiry_id=None, now=now)
    for sentence in sentences:
        _log.error("%s", sentence)
    deps.tell_operator("\n".join(sentences))


def raise_alarm_once(
    deps: Deps, tx: Connection, what: str, sentences: Sequence[str], *, now: datetime, per: timedelta = _ONCE_PER
) -> None:
    """Do so unless the same was told in the current window already."""
    if count_in_window(deps, tx, "alarm", what, window=per, now=now) == 1:
        raise_alarm(deps, tx, sentences, now=now)
