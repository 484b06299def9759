"""What the desk says about something that a public door turned away: by which door it came, and why it was lost."""

from __future__ import annotations

from dataclasses import dataclass

from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalOutcome, RefusalReason
from liju_contact.domain.unit import UNITS
from liju_contact.usecases.tend_refused import Refused
from liju_contact.vocabulary import FIELDS
from liju_contact.web.rendering import current_deps, current_language, current_wording
from liju_contact.web.rendering import translated as _

_SHOWN_APART = frozenset({"message", "body", "words", "files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """A field as it was typed, under what it is called."""

    label: str
    value: str


def door_word(refused: Refused) -> str:
    words = {
        PublicDoor.INQUIRY: lambda: _("The form"),
        PublicDoor.MESSAGE: lambda: _("A further message"),
        PublicDoor.RATING: lambda: _("A rating"),
        PublicDoor.ADDRESS: lambda: _("Another address"),
    }
    return words.get(refused.entry.door, lambda: refused.entry.door.value)()


def why_lost(refused: Refused) -> str:
    sentences = {
        RefusalReason.BAD_TOKEN: lambda: _("It did not come from a form that we gave out: often a program."),
        RefusalReason.STALE_TOKEN: lambda: _("The page had been open for too long, and it was not sent again."),
        RefusalReason.TOO_LARGE: lambda: _("The text or the files were larger than we take."),
        RefusalReason.FILE_KIND: lambda: _("A file was of a kind that we do not take, or not what its name says."),
        RefusalReason.FILES_GONE: lambda: _("Its files had waited for too long and were not attached again."),
        RefusalReason.TOO_OFTEN: lambda: _("Too much had come in by then, and it was not sent again."),
        RefusalReason.INCOMPLETE: lambda: _("Something was missing or could not be read, and was not put right."),
        RefusalReason.ASKED: lambda: _("We asked whether a value is right, and nobody answered."),
    }
    return sentences[refused.entry.reason]()


def typed_words(refused: Refused) -> str:
    """Return what somebody wrote at length."""
    typed = refused.entry.typed
    return typed.get("message") or typed.get("body") or typed.get("words") or ""


def typed_lines(refused: Refused) -> list[TypedLine]:
    """Return the other fields in the order of the form, each with its unit."""
    typed, wording = refused.entry.typed, current_wording()
    lines = [
        TypedLine(label=wording.field_label(name), value=_shown(name, typed))
        for name in FIELDS
        if name not in _SHOWN_APART and typed.get(name, "").strip()
    ]
    if stars := typed.get("stars"):
        lines.append(TypedLine(label=_("Rating"), value=stars))
    return lines


def sender_of(refused: Refused) -> str:
    """Return who it says it is from, as far as it says anything."""
    typed = refused.entry.typed
    return typed.get("name") or typed.get("email") or refused.entry.reference or refused.entry.network


def said_of(refused: Refused) -> str:
    """Return the sentence that confirms what was just decided."""
    sender = {"sender": sender_of(refused)}
    match refused.entry.outcome:
        case RefusalOutcome.TAKEN | RefusalOutcome.ACCEPTED:
            return _("What %(sender)s sent is taken.") % sender
        case RefusalOutcome.REMOVED:
            return _("What %(sender)s sent was removed from the list.") % sender
        case None:
            return _("What %(sender)s sent is on the list again.") % sender


def _shown(name: str, typed: dict[str, str]) -> str:
    catalogue, language, value = current_deps().settings.catalogue, current_language(), typed[name]
    if name == "product" and (product_line := catalogue.find_product_line(value)):
        return product_line.label.in_language(language)
    if name == "topic" and (topic := catalogue.find_topic(value)):
        return topic.label.in_language(language)
    if name == "country":
        return current_wording().country(value)
    unit = typed.get(f"{name}_unit", "")
    return f"{value} {UNITS[unit].symbol if unit in UNITS else unit}".strip()
