"""After an erasure: see that the bytes of what was erased are gone too, piece by piece, so that nobody waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from liju_contact.domain.privacy import Step, spellings_of
from liju_contact.store.privacy import is_clean, note_step
from liju_contact.store.scrub import bytes_of, empty_log, is_in_bytes, merge_words, rewrite
from liju_contact.store.search_documents import is_any_due
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search

REWRITTEN_BYTES = 256 * 1024 * 1024
_TRIES = 50
_PAUSE_SECONDS = 0.2
_PIECES_AT_ONCE = 5

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class CleanUp:
    """``addresses`` were erased since the last time all was clean; they are known in this process alone.

    A file smaller than ``rewritten_bytes`` is written anew as a whole: that takes no longer than a visitor waits.
    """

    deps: Deps
    addresses: set[str] = field(default_factory=set)
    rewritten_bytes: int = REWRITTEN_BYTES
    is_alone: bool = True  # False has all of it done here too, whether or not the worker was faster
    has_begun: bool = False
    has_merged: bool = False

    def step(self) -> bool:
        """Do a piece of it; True when there is more, which may have to wait until nobody reads old pages any more."""
        with self.deps.db.read() as tx:
            if self.is_alone and is_clean(tx):
                self.has_begun = self.has_merged = False
                return False
            is_indexed = not is_any_due(tx)
        if not is_indexed and not self.has_begun:
            index_search(self.deps)
            return True
        return self._merge() or not self._finish()

    def _merge(self) -> bool:
        """Merge the words of the search a little further; True when there is more."""
        for _piece in range(_PIECES_AT_ONCE):
            if self.has_merged:
                return False
            with self.deps.db.begin() as tx:
                self.has_merged = merge_words(tx, is_first=not self.has_begun)
            self.has_begun = True
        return not self.has_merged

    def _finish(self) -> bool:
        deps = self.deps
        if deps.db.is_sqlite and bytes_of(deps.db) < self.rewritten_bytes:
            rewrite(deps.db)
        if not empty_log(deps.db):
            return False
        if any(is_in_bytes(deps.db, spellings_of(address)) for address in self.addresses):
            _log.warning("An erased address is left in a gap of the database file: run `liju-contact privacy rewrite`.")
        with deps.db.begin() as tx:
            note_step(tx, "", Step.CLEANED, actor="", now=deps.now())
        self.addresses.clear()
        self.is_alone = True
        return True


def clean_up_at_once(deps: Deps, address: str, *, rewritten_bytes: int = REWRITTEN_BYTES) -> bool:
    """Do all of it now, for the command line; False when somebody kept reading old pages for too long."""
    cleaning = CleanUp(deps, {address}, rewritten_bytes, is_alone=False)
    return _until(deps, lambda: not cleaning.step())


def rewrite_database(deps: Deps) -> None:
    """Write the whole database anew, without gaps in which an old row may be left."""
    rewrite(deps.db)


def _until(deps: Deps, is_done: Callable[[], bool]) -> bool:
    waits = 0
    while not is_done():
        waits += 1
        if waits > _TRIES:
            deps.pause(_PAUSE_SECONDS)
        if waits > 100 * _TRIES:
            return False
    return True
