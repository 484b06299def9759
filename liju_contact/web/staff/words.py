"""The desk's words for codes of ``domain``, marked for translation; templates look them up in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.event import EventKind
from liju_contact.domain.inbound import Door, InboundState, Verdict
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.priority import Priority
from liju_contact.vocabulary import HOLD_REASONS

__all__ = ["HOLD_REASONS"]


def _(message: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return message


STATES = {
    InquiryState.RECEIVED: _("new"),
    InquiryState.OPEN: _("open"),
    InquiryState.ANSWERED: _("answered"),
    InquiryState.CLOSED: _("closed"),
    InquiryState.SPAM: _("spam"),
    InquiryState.MERGED: _("merged"),
}
PRIORITIES = {
    Priority.LOW: _("low"),
    Priority.NORMAL: _("normal"),
    Priority.HIGH: _("high"),
    Priority.URGENT: _("urgent"),
}
DELIVERIES = {
    DeliveryState.QUEUED: _("waiting to be sent"),
    DeliveryState.SENDING: _("being sent"),
    DeliveryState.DELIVERED: _("delivered"),
    DeliveryState.REFUSED: _("refused"),
    DeliveryState.GIVEN_UP: _("given up after five days"),
    DeliveryState.PARKED: _("cannot be sent as it is"),
    DeliveryState.DROPPED: _("dropped"),
    DeliveryState.BOUNCED: _("came back"),
}
LETTERS = {
    LetterKind.INQUIRY_RECEIVED: _("Confirmation to the customer"),
    LetterKind.INQUIRY_FOR_TEAM: _("The inquiry to the team"),
    LetterKind.MESSAGE_FOR_TEAM: _("A message of the customer to the team"),
    LetterKind.STATE_FOR_TEAM: _("What the customer changed, to the team"),
    LetterKind.STATUS_LINKS: _("Status links to the customer"),
    LetterKind.NEW_STATUS_LINK: _("A new status link to the customer"),
    LetterKind.ANSWER: _("Answer to the customer"),
    LetterKind.ANSWER_FOR_TEAM: _("Copy of the answer to the team"),
    LetterKind.NOTE_FOR_TEAM: _("The note to the team"),
    LetterKind.FAILURE_FOR_TEAM: _("To the team: a letter did not arrive"),
    LetterKind.ABSENCE_FOR_TEAM: _("To the team: a colleague is away"),
    LetterKind.HELD_FOR_TEAM: _("To the team: a mail waits"),
    LetterKind.ALARM: _("Alarm"),
}
DOORS = {
    Door.PIPE: _("from the mail server"),
    Door.IMAP: _("from the mailbox"),
    Door.LMTP: _("from the mail server by LMTP"),
    Door.POST_OFFICE: _("from the post office of the demo"),
}
# Why a mail became what it is, by the rules of ``domain.verdict``. One that is not here is shown as it is called.
RULES = {
    "key-address": _("The address it was sent to carries the key of our letter."),
    "key-id": _("It refers to a letter of ours by its number."),
    "key-text": _("It quotes the key of our letter in its text."),
    "no-key": _("It answers no letter of ours, so it opened an inquiry of its own."),
    "colleague-joins": _("A colleague of the customer answered our letter and may speak for them."),
    "decided-accept": _("It was held, and staff let it in."),
    "decided-answer": _("It was held, and staff sent it as an answer."),
    "decided-attach": _("It was held, and staff put it here."),
}
VERDICTS = {
    Verdict.REPLY: _("A mail from the customer"),
    Verdict.ANSWER: _("A mail from staff"),
    Verdict.NOTE: _("A note by mail"),
    Verdict.COMMAND: _("A mail from staff with commands alone"),
    Verdict.DECISION: _("A mail from staff about a held mail"),
    Verdict.STRANGER: _("A mail to our public address"),
    Verdict.BOUNCE: _("A letter of ours came back"),
    Verdict.COMPLAINT: _("A complaint about a letter of ours"),
    Verdict.ABSENCE: _("An out-of-office reply from staff"),
    Verdict.AUTOMATIC: _("An automatic mail"),
    Verdict.HELD: _("A held mail"),
}
MAILS = {
    InboundState.WAITING: _("being read"),
    InboundState.APPLIED: _("taken in"),
    InboundState.NOTED: _("kept, nothing follows from it"),
    InboundState.HELD: _("held"),
    InboundState.DISCARDED: _("discarded"),
    InboundState.PARKED: _("could not be read"),
}
# What was done a moment ago, where no event says it.
SAID = {
    "answered": _("Your answer is on its way."),
    "noted": _("The note is there."),
    "watched": _("You watch this inquiry from now on."),
    "unwatched": _("You watch this inquiry no longer."),
    "undone": _("It was taken back."),
    "nothing": _("It is so already."),
    "let-in": _("The mail is let in; it appears here in a moment."),
    "discarded": _("The mail was discarded; it stays stored."),
    "held": _("The mail is held again."),
    "merged": _("The other inquiry was merged into this one."),
    "unmerged": _("The merge was taken back."),
    "moved-back": _("The message is back where it was."),
    "resent": _("The letter goes again at once."),
    "dropped": _("The letter was dropped."),
    "relinked": _("The new status link is on its way to the customer; the old one opens nothing any more."),
    "corrected": _("Letters go to the new address from now on."),
}
DEVICES = {"phone": _("phone"), "tablet": _("tablet"), "computer": _("computer")}
UNDOABLE = frozenset(
    {
        EventKind.INQUIRY_CLOSED,
        EventKind.INQUIRY_REOPENED,
        EventKind.STATE_CHANGED,
        EventKind.MARKED_SPAM,
        EventKind.UNMARKED_SPAM,
        EventKind.INQUIRY_ASSIGNED,
        EventKind.PRIORITY_CHANGED,
        EventKind.DUE_CHANGED,
        EventKind.TAGS_CHANGED,
    }
)
MOVES = frozenset({EventKind.MESSAGE_MOVED, EventKind.INQUIRY_SPLIT})


def day_of(moment: datetime | str, zone: tzinfo) -> date:
    """Return the day on the clock of ``zone``; a fact of an event spells its moment in ISO form."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.astimezone(zone).date()
