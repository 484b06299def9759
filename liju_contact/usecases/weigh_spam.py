"""Weighs an inquiry before it is written: what its text says by itself, and what the database knows beside it.

Further messages of somebody whose inquiry is there already are never weighed. What is not of the text costs two
statements within the transaction that writes the inquiry; the text is read before it.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from liju_contact.store.rates import count_together
from liju_contact.store.spam_surroundings import known_beside
from liju_contact.store.spam_words import TEXTS
from liju_contact.usecases.count_rate import tally_of
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
    numbers = {number_of(word): word for word in inquiry.words}
    known = known_beside(
        tx, address=inquiry.email, sketch=inquiry.sketch, words=numbers, lately=now - _HOUR, since=now - _LATELY
    )
    uses_of_form, from_network = _counted(deps, tx, inquiry.signs, now)
    around = Surroundings(
        marks=_marks(known.word_counts, numbers),
        said_before=known.said_before,
        uses_of_form=uses_of_form,
        from_network=from_network,
        from_address=known.inquiry_count + 1,
        is_known=known.is_answered,
    )
    return weigh(inquiry, around, prior=shipped_prior(), disposable=disposable_domains())


def sketch_of_text(text: str) -> tuple[int, ...]:
    """Return what the same text is known again by, where it is not weighed."""
    return sketch_of(normal_of(text))


def _marks(word_counts: Mapping[int, tuple[int, int]], numbers: Mapping[int, str]) -> Marks:
    """Return what staff's marks say of the words with these numbers."""
    spam, honest = word_counts.get(TEXTS, (0, 0))
    counts = {numbers[number]: both for number, both in word_counts.items() if number != TEXTS}
    return Marks(spam_count=spam, honest_count=honest, counts=counts)


def _counted(deps: Deps, tx: Connection, signs: SubmissionSigns, now: datetime) -> tuple[int, int]:
    """Count this use of the form, and this inquiry from its network; return how many there were of each with it.

    What came by mail has neither form nor network, and is the first.
    """
    of_form = [tally_of(deps, "form", signs.form, window=_DAY, now=now)] if signs.form else []
    of_network = [tally_of(deps, "inquiry from", signs.network, window=_HOUR, now=now)] if signs.network else []
    counts = count_together(tx, [*of_form, *of_network])
    return (counts[0] if of_form else 1, counts[-1] if of_network else 1)
