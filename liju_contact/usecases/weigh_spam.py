"""Weighs an inquiry before it is written: what its text says by itself, and what the database knows beside it.

Further messages of somebody whose inquiry is there already are never weighed. What is not of the text costs a handful
of small queries within the transaction that writes the inquiry; the text is read before it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.inquiry import NewInquiry
from liju_contact.domain.spam_learner import Marks
from liju_contact.domain.spam_mail import mail_words
from liju_contact.domain.spam_score import Surroundings, Weighable, weigh, weighable
from liju_contact.domain.spam_signs import SpamJudgement, SubmissionSigns
from liju_contact.domain.spam_sketch import sketch_of
from liju_contact.domain.spam_words import normal_of, number_of
from liju_contact.spam_lists import disposable_domains, shipped_prior
from liju_contact.store.spam_senders import history_of
from liju_contact.store.spam_sketches import add_sketch, said_before
from liju_contact.store.spam_words import TEXTS, counts_of
from liju_contact.usecases.count_rate import count_in_window
from liju_contact.usecases.deps import Deps

_LATELY = timedelta(days=30)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def read_for_spam(new: NewInquiry, signs: SubmissionSigns, mail: InboundMail | None = None) -> Weighable:
    """Return an inquiry as it is weighed, with the ``mail`` that opens it, if one does; looks nothing up.

    The lists are read here the first time, not while a transaction keeps other writers waiting.
    """
    shipped_prior(), disposable_domains()
    return weighable(
        new.message,
        new.email,
        country=new.country,
        language=new.language,
        technical_count=sum(detail.canonical is not None for detail in new.details),
        signs=signs,
        head=mail_words(mail) if mail else frozenset(),
    )


def read_spam_lists() -> None:
    """Read what every weighing needs, once for this process and those that are forked from it."""
    shipped_prior()
    disposable_domains()


def weigh_spam(deps: Deps, tx: Connection, inquiry: Weighable, *, now: datetime) -> SpamJudgement:
    """Return what speaks for and against an inquiry that is about to be written."""
    signs = inquiry.signs
    from_address, is_known = history_of(tx, inquiry.email, now - _HOUR)
    around = Surroundings(
        marks=marks_for(tx, inquiry.words),
        said_before=said_before(tx, inquiry.sketch, inquiry.email, now - _LATELY),
        uses_of_form=count_in_window(deps, tx, "form", signs.form, window=_DAY, now=now) if signs.form else 1,
        from_network=_from_network(deps, tx, signs.network, now),
        from_address=from_address + 1,
        is_known=is_known,
    )
    return weigh(inquiry, around, prior=shipped_prior(), disposable=disposable_domains())


def remember_text(tx: Connection, inquiry_id: int, text: str) -> None:
    """Keep what the same text is known again by."""
    add_sketch(tx, inquiry_id, sketch_of(normal_of(text)))


def marks_for(tx: Connection, words: frozenset[str]) -> Marks:
    """Return what staff's marks say of these words."""
    numbers = {number_of(word): word for word in words}
    counts = counts_of(tx, numbers)
    spam, honest = counts.pop(TEXTS, (0, 0))
    return Marks(
        spam_count=spam,
        honest_count=honest,
        counts={numbers[number]: both for number, both in counts.items()},
    )


def _from_network(deps: Deps, tx: Connection, network: str, now: datetime) -> int:
    return count_in_window(deps, tx, "inquiry from", network, window=_HOUR, now=now) if network else 1
