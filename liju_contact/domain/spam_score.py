"""Weighs an inquiry: every sign that is found gives points for or against, and they are added up. Pure.

The weights follow from how often honest people show a sign. Nothing but the reading of the text reaches the line
alone, and that only where nothing of it reads like an inquiry; a browser that fills in everything, a shared link or an
address at a mail box for ten minutes is a person's as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from liju_contact.domain.spam_learner import NO_MARKS, Marks, Prior, learnt_points
from liju_contact.domain.spam_links import SHORTENERS, foreign_script, hides_words
from liju_contact.domain.spam_phrases import phrases_in
from liju_contact.domain.spam_signs import NO_SIGNS, Reason, SpamJudgement, SpamSign, SubmissionSigns, judgement_of
from liju_contact.domain.spam_sketch import sketch_of
from liju_contact.domain.spam_words import MOST_CHARACTERS, is_bare_address, links_in, normal_of, words_to_weigh

_AT_ONCE, _QUICK = 3.0, 6.0  # seconds between opening the form and sending it
_MANY_LINKS, _VERY_MANY_LINKS = 4, 10
_CHARACTERS_PER_LINK = 90  # with fewer there is little text beside the links
_USED_BY_MANY = 3
_SAID_BY_SOME, _SAID_BY_MANY = 2, 4
_BUSY_NETWORK, _FLOODING_NETWORK = 10, 30  # inquiries an hour
_BUSY_ADDRESS = 5
_TECHNICAL = 2  # details with a value in a unit


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBefore:
    """How many other addresses said nearly the same lately; how many times it was marked spam, is spam, was honest."""

    addresses: int = 0
    marked: int = 0
    held: int = 0
    honest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the database knows beside the text; counts include the inquiry that is weighed.

    ``is_known`` says that we have answered an inquiry from this address before.
    """

    marks: Marks = NO_MARKS
    said_before: SaidBefore = SaidBefore()
    uses_of_form: int = 1
    from_network: int = 1
    from_address: int = 1
    is_known: bool = False


ALONE = Surroundings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighable:
    """An inquiry as it is weighed; ``words`` are those of the learner, ``normal`` the text's normal form.

    ``head`` are the words that the head of a mail gives; a text that came by form has none.

    ``sketch`` is what the same text is known again by. ``technical_count`` counts details with a value.
    ``country`` and ``language`` may be empty, by mail they are not known.
    """

    text: str
    normal: str
    words: frozenset[str]
    sketch: tuple[int, ...]
    email: str
    head: frozenset[str] = frozenset()
    country: str = ""
    language: str = ""
    technical_count: int = 0
    signs: SubmissionSigns = NO_SIGNS


def weighable(text: str, email: str, **more: Any) -> Weighable:
    """Return a text as it is weighed, cut to what is looked at."""
    text = text[:MOST_CHARACTERS]
    normal = normal_of(text)
    words = words_to_weigh(text, email, normal=normal)
    return Weighable(text=text, normal=normal, words=words, sketch=sketch_of(normal), email=email, **more)


def weigh(inquiry: Weighable, around: Surroundings, *, prior: Prior, disposable: Collection[str]) -> SpamJudgement:
    """Return what speaks for and against; ``disposable`` are domains that lend mail boxes for minutes."""
    learnt = learnt_points(inquiry.words, prior, around.marks, head=inquiry.head)
    return judgement_of(
        [
            Reason(sign=SpamSign.LEARNT, points=learnt),
            *_text_reasons(inquiry),
            *_sender_reasons(inquiry, disposable),
            *_form_reasons(inquiry.signs, around),
            *_repeating_reasons(around),
            *_honest_reasons(inquiry, around),
        ]
    )


def _text_reasons(inquiry: Weighable) -> Iterator[Reason]:
    phrases, points = phrases_in(inquiry.normal)
    if phrases:
        yield Reason(sign=SpamSign.PHRASES, points=points, about=", ".join(phrases[:3]))
    hosts = links_in(inquiry.text)
    if len(hosts) >= _MANY_LINKS and len(inquiry.text) < _CHARACTERS_PER_LINK * len(hosts):
        yield Reason(sign=SpamSign.LINKS, points=1.5 if len(hosts) >= _VERY_MANY_LINKS else 0.8, about=str(len(hosts)))
    if short := sorted(SHORTENERS.intersection(hosts)):
        yield Reason(sign=SpamSign.SHORT_LINK, points=0.8, about=short[0])
    if bare := next(filter(is_bare_address, hosts), None):
        yield Reason(sign=SpamSign.BARE_ADDRESS, points=1.5, about=bare)


def _sender_reasons(inquiry: Weighable, disposable: Collection[str]) -> Iterator[Reason]:
    domain = inquiry.email.rpartition("@")[2].lower()
    if domain in disposable or ".".join(domain.split(".")[-2:]) in disposable:
        yield Reason(sign=SpamSign.DISPOSABLE, points=1.5, about=domain)
    if hides_words(inquiry.text):
        yield Reason(sign=SpamSign.SCRIPT, points=2.5)
    elif script := foreign_script(inquiry.text, inquiry.country, inquiry.language):
        yield Reason(sign=SpamSign.SCRIPT, points=0.8, about=script)


def _form_reasons(signs: SubmissionSigns, around: Surroundings) -> Iterator[Reason]:
    seconds = signs.form_age_seconds
    if seconds is not None and seconds < _QUICK:
        yield Reason(sign=SpamSign.QUICK, points=3.0 if seconds < _AT_ONCE else 1.0, about=f"{max(0.0, seconds):.0f}")
    if signs.has_hidden_text:
        yield Reason(sign=SpamSign.HIDDEN_FIELD, points=4.0)
    if around.uses_of_form >= _USED_BY_MANY:
        yield Reason(sign=SpamSign.USED_AGAIN, points=1.5, about=str(around.uses_of_form))


def _repeating_reasons(around: Surroundings) -> Iterator[Reason]:
    before = around.said_before
    if before.marked and not before.honest:
        yield Reason(sign=SpamSign.REPEATED_SPAM, points=6.0, about=str(before.marked))
    elif before.addresses >= _SAID_BY_SOME and not before.honest:
        is_by_many = before.addresses >= _SAID_BY_MANY or before.held
        yield Reason(sign=SpamSign.REPEATED, points=3.0 if is_by_many else 1.5, about=str(before.addresses))
    if around.from_network > _BUSY_NETWORK:
        points = 2.0 if around.from_network > _FLOODING_NETWORK else 1.0
        yield Reason(sign=SpamSign.OFTEN, points=points, about=str(around.from_network))
    elif around.from_address > _BUSY_ADDRESS:
        yield Reason(sign=SpamSign.OFTEN, points=1.5, about=str(around.from_address))


def _honest_reasons(inquiry: Weighable, around: Surroundings) -> Iterator[Reason]:
    if inquiry.signs.has_proof:
        yield Reason(sign=SpamSign.PROOF, points=-1.5)
    if around.is_known:
        yield Reason(sign=SpamSign.KNOWN_CUSTOMER, points=-5.0)
    if inquiry.technical_count >= _TECHNICAL:
        yield Reason(sign=SpamSign.TECHNICAL, points=-1.5, about=str(inquiry.technical_count))
