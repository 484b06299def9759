"""The desk's words for what speaks for and against spam, marked for translation."""

from __future__ import annotations

from collections.abc import Sequence

from liju_contact.domain.spam_signs import Reason, SpamSign


def _(message: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return message


SIGNS = {
    SpamSign.LEARNT: _("It reads like spam"),
    SpamSign.PHRASES: _("Phrases of advertising"),
    SpamSign.LINKS: _("Hardly more than links"),
    SpamSign.SHORT_LINK: _("A link that hides where it leads"),
    SpamSign.BARE_ADDRESS: _("A link to a number in place of a name"),
    SpamSign.DISPOSABLE: _("An e-mail address for a few minutes"),
    SpamSign.SCRIPT: _("A script that does not fit country and language"),
    SpamSign.QUICK: _("Sent within seconds"),
    SpamSign.HIDDEN_FIELD: _("A field was filled in that nobody sees"),
    SpamSign.USED_AGAIN: _("The same form was sent again and again"),
    SpamSign.REPEATED: _("Other addresses sent the same text"),
    SpamSign.REPEATED_SPAM: _("The same text was marked as spam before"),
    SpamSign.OFTEN: _("Much was sent from there within an hour"),
    SpamSign.PROOF: _("The browser did some work to be believed"),
    SpamSign.KNOWN_CUSTOMER: _("We have answered this address before"),
    SpamSign.TECHNICAL: _("It gives technical data"),
}
READS_HONEST = _("It reads like an inquiry")


def word_of(reason: Reason) -> str:
    if reason.sign is SpamSign.LEARNT and reason.points < 0:
        return READS_HONEST
    return SIGNS[reason.sign]


def against(reasons: Sequence[Reason]) -> list[Reason]:
    """Return what speaks for spam, the weightiest first: a list has room for no more."""
    return [reason for reason in reasons if reason.points > 0]
