"""Decides what a received mail is, from the facts about it, and says by which rule. Pure: it looks nothing up.

An answer counts only with a key that was made for its sender (D8). Everything less is held for staff with its reason;
nothing is refused and nothing is thrown away. The order of the rules is the order of the functions in ``_RULES``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from liju_contact.domain.inbound import Decision, HoldReason, Verdict
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.reply_key import Place, Purpose
from liju_contact.domain.staff_command import Command, StaffMail

DECIDED = "decided-"  # how the rule of a mail begins that staff decided about
JOINS = "colleague-joins"
"""The rule by which the sender may speak for the customer from now on."""


class Role(StrEnum):
    """Whom a key was made for."""

    STAFF = "staff"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenKey:
    """A key whose MAC is right, or an id of a letter of ours.

    ``holder`` is the folded address it was made for, ``number`` as in ``ReplyKey`` (None: the letter does not say).
    """

    reference: str
    place: Place
    purpose: Purpose
    number: int | None
    holder: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about a mail.

    ``sender_addresses`` are all folded addresses of the person who sent it (a staff member's aliases, else the one in
    From). ``answered_by`` names the colleague who answered after the letter this one answers was written.
    ``sender_count`` is how many mails came from the address in the current window, this one included.
    """

    mail: InboundMail
    keys: tuple[ProvenKey, ...]
    sender_addresses: frozenset[str]
    sender_is_staff: bool
    is_own_address: bool
    staff_mail: StaffMail | None
    dmarc_failed: bool
    answered_by: str
    sender_count: int
    most_mails: int
    colleagues_join: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """``key`` is the one that decided, or the one the mail is held with; ``rule`` says why, in a stable short form."""

    verdict: Verdict
    rule: str
    key: ProvenKey | None = None
    reason: HoldReason | None = None


def judge(evidence: Evidence) -> Judgement:
    for rule in _RULES:
        if judgement := rule(evidence):
            return judgement
    return Judgement(verdict=Verdict.STRANGER, rule="no-key")


def overrule(evidence: Evidence, decision: Decision, *, reference: str | None, holder: str) -> Judgement:
    """Return what a held mail is by staff's decision.

    Nothing is sent to a customer that staff did not write: a mail that merely has a staff member's key becomes part of
    the conversation as its sender's, unless staff said that it is an answer.
    """
    rule = f"{DECIDED}{decision.value}"
    if reference is None:
        return Judgement(verdict=Verdict.STRANGER, rule=rule)
    key = ProvenKey(
        reference=reference,
        place=Place.TEXT,
        purpose=Purpose.NOTE if _is_guarded(evidence) else Purpose.CONVERSATION,
        number=None,
        holder=holder,
        role=Role.STAFF if decision is Decision.ANSWER else Role.CUSTOMER,
    )
    if decision is Decision.ANSWER:
        return Judgement(verdict=Verdict.ANSWER, rule=rule, key=key)
    if evidence.sender_is_staff and evidence.staff_mail:
        is_theirs = holder in evidence.sender_addresses and decision is Decision.ACCEPT
        said = _said_by_staff(evidence, evidence.staff_mail, key) if is_theirs else Verdict.NOTE
        return Judgement(verdict=said, rule=rule, key=key)
    return Judgement(verdict=Verdict.REPLY, rule=JOINS if decision is Decision.JOIN else rule, key=key)


def _is_guarded(evidence: Evidence) -> bool:
    """Tell whether a mail answers a letter about a note or a held mail, or quotes somebody's letter about a note."""
    return any(
        key.purpose is Purpose.NOTE or (key.purpose is Purpose.HELD and key.holder in evidence.sender_addresses)
        for key in evidence.keys
    )


def _report(evidence: Evidence) -> Judgement | None:
    """A bounce or a complaint speaks about a letter of ours, whoever sends it."""
    if evidence.mail.complaint:
        return Judgement(verdict=Verdict.COMPLAINT, rule=evidence.mail.automatic or "feedback-report")
    if evidence.mail.bounce:
        return Judgement(verdict=Verdict.BOUNCE, rule=evidence.mail.automatic or "bounce")
    return None


def _automatic(evidence: Evidence) -> Judgement | None:
    """What no person wrote changes no conversation (RFC 3834 section 2: and is never answered)."""
    if evidence.is_own_address:
        return Judgement(verdict=Verdict.AUTOMATIC, rule="own-address")
    if not evidence.mail.automatic:
        return None
    key = _key_of_sender(evidence)
    if key and key.role is Role.STAFF:
        return Judgement(verdict=Verdict.ABSENCE, rule=evidence.mail.automatic, key=key)
    return Judgement(verdict=Verdict.AUTOMATIC, rule=evidence.mail.automatic, key=key)


def _unanswerable(evidence: Evidence) -> Judgement | None:
    if evidence.mail.sender is None:
        return _held(HoldReason.NO_SENDER, _any_key(evidence))
    if evidence.sender_count > evidence.most_mails:
        return _held(HoldReason.TOO_MANY, _any_key(evidence))
    if evidence.dmarc_failed:
        return _held(HoldReason.AUTHENTICATION_FAILED, _any_key(evidence))
    if not evidence.mail.visible.strip() and not evidence.mail.files:
        return _held(HoldReason.NOTHING_SAID, _any_key(evidence))
    return None


def _keyed(evidence: Evidence) -> Judgement | None:
    """A key made for the sender decides, as long as all such keys speak of one inquiry."""
    key = _key_of_sender(evidence)
    if key is None:
        return None
    own = [known for known in evidence.keys if known.holder in evidence.sender_addresses]
    if len({known.reference for known in own}) > 1:
        return _held(HoldReason.KEYS_DISAGREE, key)
    if key.role is Role.CUSTOMER:
        return Judgement(verdict=Verdict.REPLY, rule=f"key-{key.place.value}", key=key)
    if not evidence.sender_is_staff:
        return _held(HoldReason.WRONG_SENDER, key)  # they have left: a letter of theirs opens nothing any more
    return _from_staff(evidence, _guarding(evidence, own) or key)


def _guarding(evidence: Evidence, own: list[ProvenKey]) -> ProvenKey | None:
    """Return a key that keeps the text from the customer: a letter about a note or a held mail is quoted with its own.

    For a note that may be a colleague's letter, forwarded and quoted in an answer to another.
    """
    held = next((key for key in own if key.purpose is Purpose.HELD), None)
    references = {key.reference for key in own}
    notes = (key for key in evidence.keys if key.purpose is Purpose.NOTE and key.reference in references)
    return held or next(notes, None)


def _from_staff(evidence: Evidence, key: ProvenKey) -> Judgement:
    told = evidence.staff_mail
    if told is None or told.unknown:
        return _held(HoldReason.UNKNOWN_COMMAND, key)
    decides = told.commands & {Command.SEND, Command.DROP}
    is_decision = len(decides) == 1 and len(told.commands) == 1
    if is_decision != (key.purpose is Purpose.HELD) or (decides and not is_decision):
        return _held(HoldReason.UNKNOWN_COMMAND, key)
    verdict = Verdict.DECISION if is_decision else _said_by_staff(evidence, told, key)
    if verdict in {Verdict.ANSWER, Verdict.NOTE} and _says_nothing(evidence, told):
        return _held(HoldReason.NOTHING_SAID, key)
    if verdict is Verdict.ANSWER and evidence.answered_by:
        return _held(HoldReason.LATE_ANSWER, key)
    return Judgement(verdict=verdict, rule=f"key-{key.place.value}", key=key)


def _said_by_staff(evidence: Evidence, told: StaffMail, key: ProvenKey) -> Verdict:
    if told.commands - {Command.NOTE} and _says_nothing(evidence, told):
        return Verdict.COMMAND
    if key.purpose is Purpose.NOTE or Command.NOTE in told.commands:
        return Verdict.NOTE
    # Nobody answers spam: what is said about it stays inside.
    return Verdict.NOTE if Command.SPAM in told.commands else Verdict.ANSWER


def _says_nothing(evidence: Evidence, told: StaffMail) -> bool:
    """Tell whether there is nothing to pass on: a picture within the text is a signature's where there is no text."""
    return not told.text and all(file.is_inline for file in evidence.mail.files)


def _keyed_by_another(evidence: Evidence) -> Judgement | None:
    """Somebody answers a letter that was not theirs: a colleague who got it forwarded, or a forger."""
    key = _any_key(evidence)
    if key is None:
        return None
    if key.role is Role.STAFF or evidence.sender_is_staff or key.purpose is not Purpose.CONVERSATION:
        return _held(HoldReason.WRONG_SENDER, key)
    if len({known.reference for known in evidence.keys}) > 1:
        return _held(HoldReason.KEYS_DISAGREE, key)
    if evidence.colleagues_join:
        return Judgement(verdict=Verdict.REPLY, rule=JOINS, key=key)
    return _held(HoldReason.COLLEAGUE, key)


def _keyless(evidence: Evidence) -> Judgement | None:
    if evidence.sender_is_staff:
        return _held(HoldReason.STAFF_WITHOUT_KEY, None)
    if evidence.mail.is_marked_spam:
        return _held(HoldReason.SPAM, None)
    return None


_RULES: tuple[Callable[[Evidence], Judgement | None], ...] = (
    _report,
    _automatic,
    _unanswerable,
    _keyed,
    _keyed_by_another,
    _keyless,
)


def _held(reason: HoldReason, key: ProvenKey | None) -> Judgement:
    return Judgement(verdict=Verdict.HELD, rule=reason.value.replace("_", "-"), key=key, reason=reason)


def _key_of_sender(evidence: Evidence) -> ProvenKey | None:
    return next((key for key in evidence.keys if key.holder in evidence.sender_addresses), None)


def _any_key(evidence: Evidence) -> ProvenKey | None:
    return _key_of_sender(evidence) or next(iter(evidence.keys), None)
