"""What was done to many inquiries at once, carried in the address of the page that says so, so that it can be undone.

Nothing in it is secret: references and numbers of events, which undo nothing for somebody who may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liju_contact.usecases.change_inquiry import Changed

_MOST = 200
ACTS = ("assignee", "set_state", "set_priority", "add_tag", "remove_tag")
_DONE = re.compile(r"([A-Z]{2,4}-[0-9A-Z]{4}-[0-9A-Z]{4}):(\d{1,18}(?:-\d{1,18}){0,9})")
_REFERENCE = re.compile(r"[A-Z]{2,4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """``events`` are the ids of what was done, by reference; ``failed`` are those that could not be changed."""

    events: Mapping[str, tuple[int, ...]]
    failed: tuple[str, ...]
    is_undone: bool = False

    @property
    def text(self) -> str:
        return " ".join(f"{reference}:{'-'.join(map(str, ids))}" for reference, ids in self.events.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An act on many that could not be done for want of something: ``missing`` says what, the rest is as it was."""

    missing: str
    acts: Mapping[str, str]
    chosen: tuple[str, ...]


def read_begun(words: Mapping[str, str]) -> Begun:
    """Return what an address says was begun; nothing at all for most."""
    missing = words.get("missing", "")
    acts = {name: words.get(name, "") if missing else "" for name in ACTS}
    return Begun(missing=missing, acts=acts, chosen=_references(words.get("references", "")) if missing else ())


def done_words(changed: Iterable[Changed], failed: Iterable[str]) -> dict[str, str]:
    """Return the words of an address that say what was done."""
    events = {each.reference: each.event_ids for each in changed if each.event_ids}
    done = Done(events=events, failed=tuple(failed))
    return {"did": done.text or "-", **({"failed": " ".join(done.failed)} if done.failed else {})}


def read_done(words: Mapping[str, str]) -> Done | None:
    """Return what an address says was done; None when it says nothing of the kind."""
    if "did" not in words and "undid" not in words:
        return None
    found = [_DONE.fullmatch(piece) for piece in words.get("did", "").split()[:_MOST]]
    events = {match[1]: tuple(map(int, match[2].split("-"))) for match in found if match}
    return Done(events=events, failed=_references(words.get("failed", "")), is_undone="undid" in words)


def _references(text: str) -> tuple[str, ...]:
    return tuple(piece for piece in text.split()[:_MOST] if _REFERENCE.fullmatch(piece))
