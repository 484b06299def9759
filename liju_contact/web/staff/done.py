"""What was done to many inquiries at once, carried in the address of the page that says so, so that it can be undone.

Nothing in it is secret: references and numbers of events, which undo nothing for somebody who may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass

from liju_contact.usecases.change_inquiry import Changed

_MOST = 200
ACTS = ("assignee", "set_state", "set_priority", "add_tag", "remove_tag")
_DONE = re.compile(r"([A-Z]{2,4}-[0-9A-Z]{4}-[0-9A-Z]{4}):(\d{1,18}(?:-\d{1,18}){0,9})")
_COUNT = re.compile(r"[0-9]{1,3}")
_REFERENCE = re.compile(r"[A-Z]{2,4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """``events`` are the ids of what was done, by reference; ``failed`` are those that could not be changed.

    ``into`` is where they were merged, if that was done; ``undone_count`` how many were taken back, None where nobody
    has asked for that.
    """

    events: Mapping[str, tuple[int, ...]]
    failed: tuple[str, ...]
    into: str = ""
    undone_count: int | None = None

    @property
    def text(self) -> str:
        return " ".join(f"{reference}:{'-'.join(map(str, ids))}" for reference, ids in self.events.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An act on many that could not be done for want of something: ``missing`` says what, the rest is as it was."""

    missing: str
    acts: Mapping[str, str]


def read_begun(words: Mapping[str, str]) -> Begun:
    """Return what an address says was begun; nothing at all for most."""
    missing = words.get("missing", "")
    return Begun(missing=missing, acts={name: words.get(name, "") if missing else "" for name in ACTS})


def done_words(changed: Iterable[Changed], failed: Iterable[str], *, into: str = "") -> dict[str, str]:
    """Return the words of an address that say what was done; with ``into``, that it was merging."""
    events = {each.reference: each.event_ids for each in changed if each.event_ids}
    words = {"did": Done(events=events, failed=()).text or "-", "into": into if events else "", **_failed(failed)}
    return {word: value for word, value in words.items() if value}


def undone_words(undone: Sized, failed: Iterable[str]) -> dict[str, str]:
    """Return the words of an address that say what was taken back."""
    return {"undid": str(len(undone)), **_failed(failed)}


def read_done(words: Mapping[str, str]) -> Done | None:
    """Return what an address says was done; None when it says nothing of the kind."""
    if "did" not in words and "undid" not in words:
        return None
    found = [_DONE.fullmatch(piece) for piece in words.get("did", "").split()[:_MOST]]
    events = {match[1]: tuple(map(int, match[2].split("-"))) for match in found if match}
    into, undone = read_references(words.get("into", ""))[:1], words.get("undid")
    return Done(
        events=events,
        failed=read_references(words.get("failed", "")),
        into="".join(into),
        undone_count=None if undone is None else int(undone if _COUNT.fullmatch(undone) else 0),
    )


def read_references(text: str) -> tuple[str, ...]:
    """Return the references a word of an address holds."""
    return tuple(piece for piece in text.split()[:_MOST] if _REFERENCE.fullmatch(piece))


def _failed(references: Iterable[str]) -> dict[str, str]:
    text = " ".join(references)
    return {"failed": text} if text else {}
