"""What the desk says about a received mail: what it is, why it is where it is, and what became of a decision."""

from __future__ import annotations

from liju_contact.domain.inbound import InboundState, Verdict
from liju_contact.usecases.decide_held import UndoRefusal
from liju_contact.usecases.tend_held import DeskMail
from liju_contact.vocabulary import HOLD_REASONS
from liju_contact.web.rendering import translated as _


def why_here(mail: DeskMail) -> list[str]:
    """Return sentences that say what a mail was taken for, and by which sign; a rule without words goes by its name."""
    line = mail.line
    if line.reason and line.state is not InboundState.APPLIED:
        return [_(HOLD_REASONS[line.reason])]
    if line.verdict is None:
        return [_("It could not be read or put in its place.")] if line.state is InboundState.PARKED else []
    return [_verdict_sentence(line.verdict), _rule_sentence(line.rule)]


def state_sentence(mail: DeskMail) -> str:
    """Return in a word or two how a mail stands."""
    words = {
        InboundState.WAITING: lambda: _("let in, not yet in its place") if mail.line.decided_by else _("being read"),
        InboundState.APPLIED: lambda: _("in its place"),
        InboundState.NOTED: lambda: _("kept, nothing follows"),
        InboundState.HELD: lambda: _("held"),
        InboundState.PARKED: lambda: _("parked"),
        InboundState.DISCARDED: lambda: _("discarded"),
    }
    return words[mail.line.state]()


def said_of(mail: DeskMail) -> str:
    """Return the sentence that confirms what was just decided."""
    line = mail.line
    sender = {"sender": line.sender or _("an unknown sender")}
    match line.state:
        case InboundState.DISCARDED:
            return _("The mail from %(sender)s was discarded. It stays stored.") % sender
        case InboundState.HELD | InboundState.PARKED:
            return _("The mail from %(sender)s waits for a decision.") % sender
        case InboundState.WAITING:
            return _("The mail from %(sender)s is let in. In a moment it is in its place.") % sender
        case InboundState.APPLIED | InboundState.NOTED:
            return _("The mail from %(sender)s was let in.") % sender


def taken_sentence(mail: DeskMail) -> str:
    """Return what to say to somebody who decided after somebody else."""
    who = {"who": mail.decider}
    if not mail.decider:
        return _("This mail is not waiting any more.")
    match mail.line.state:
        case InboundState.DISCARDED:
            return _("%(who)s was faster and has discarded this mail.") % who
        case InboundState.HELD | InboundState.PARKED:
            return _("%(who)s was faster: this mail waits again.") % who
        case _:
            return _("%(who)s was faster and has let this mail in.") % who


def stays_sentence(refusal: UndoRefusal) -> str:
    """Return why a decision cannot be taken back."""
    sentences = {
        UndoRefusal.OPENED_INQUIRY: lambda: _("This mail has opened an inquiry. Close that one instead."),
        UndoRefusal.CHANGED_STATE: lambda: _("This mail has changed the state of its inquiry. Change it back there."),
        UndoRefusal.REACHED_CUSTOMER: lambda: _("A letter with this mail has reached the customer already."),
    }
    return sentences[refusal]()


def _verdict_sentence(verdict: Verdict) -> str:
    sentences = {
        Verdict.REPLY: lambda: _("It is what the customer's side writes about this inquiry."),
        Verdict.ANSWER: lambda: _("It is our answer to the customer."),
        Verdict.NOTE: lambda: _("It is a note among staff; the customer does not see it."),
        Verdict.COMMAND: lambda: _("It is a colleague's command and says nothing else."),
        Verdict.DECISION: lambda: _("It is a colleague's decision about a mail that waited."),
        Verdict.STRANGER: lambda: _("It is a first mail and has opened an inquiry."),
        Verdict.BOUNCE: lambda: _("It reports that a letter of ours did not arrive."),
        Verdict.COMPLAINT: lambda: _("It reports that somebody marked a letter of ours as unwanted."),
        Verdict.ABSENCE: lambda: _("It is a colleague's out-of-office reply."),
        Verdict.AUTOMATIC: lambda: _("No person wrote it; a program did."),
        Verdict.HELD: lambda: _("It waits for a decision."),
    }
    return sentences[verdict]()


def _rule_sentence(rule: str) -> str:
    sentences = {
        "key-address": lambda: _("It was sent to the reply address that a letter of ours gave its sender."),
        "key-id": lambda: _("It refers to a letter that we sent to its sender."),
        "key-text": lambda: _("It quotes a letter that we sent to its sender."),
        "no-key": lambda: _("Nothing in it shows that it answers a letter of ours."),
        "own-address": lambda: _("It comes from an address of our own."),
        "colleague-joins": lambda: _("It answers a letter to the customer; its sender may speak for them."),
    }
    if rule in sentences:
        return sentences[rule]()
    if rule.startswith("decided-"):
        return _("Staff decided so.")
    return _("The sign that told: %(rule)s") % {"rule": rule}
