"""What was done to many inquiries at once, carried in the address of the page that says so, so that it can be undone.

Nothing in it is secret: references and numbers of events, which undo nothing for somebody who may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liju_contact.usecases.change_inquiry import Changed

_MOST = 200
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
    failed = tuple(piece for piece in words.get("failed", "").split()[:_MOST] if _REFERENCE.fullmatch(piece))
    return Done(events=events, failed=failed, is_undone="undid" in words)
