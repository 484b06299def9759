"""An export that two write: the same file whoever wrote which page, however quick each is, and whoever goes away."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import openpyxl
import pytest

from liju_contact.domain.export import ExportFormat
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.domain.person import Person
from liju_contact.usecases import export_pages
from liju_contact.usecases.ask_for_export import ask_for_export, fetch_export
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.export_pages import ExportPages, ExportPlan, NobodyBeside, Place, WriterBeside
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.sheet import WrittenPage
from liju_contact.usecases.write_export import write_next_export
from tests.conftest import ONE_DATABASE
from tests.staff_desk import account
from tests.usecases.stories import submit

INQUIRIES = 9
EVERYTHING = ListQuery(view=View.ALL)


@dataclass
class Copyist:
    """Writes pages as a second process would. Each behaviour says what becomes of page ``number``, counted from 1."""

    deps: Deps
    is_slow: bool = False
    cannot_write: Callable[[int], bool] = lambda _number: False
    takes_no_more_from: int = 99
    says_no_more_from: int = 99
    given: list[Place] = field(default_factory=list)
    taken_count: int = 0
    _places: deque[Place] = field(default_factory=deque)
    _pages: ExportPages | None = None

    @contextmanager
    def beside(self, plan: ExportPlan) -> Iterator[WriterBeside | None]:
        self._pages = ExportPages(self.deps, plan)
        yield self

    def give(self, place: Place) -> None:
        if len(self.given) + 1 >= self.takes_no_more_from:
            raise NobodyBeside("gone")
        self.given.append(place)
        self._places.append(place)

    def has_written(self) -> bool:
        assert self._places, "asked for a page that was never given"
        return not self.is_slow

    def take(self) -> WrittenPage | None:
        place = self._places.popleft()
        self.taken_count += 1
        if self.taken_count >= self.says_no_more_from:
            raise NobodyBeside("gone")
        assert self._pages is not None
        return None if self.cannot_write(self.taken_count) else self._pages.write(place)


BEHAVIOURS: dict[str, dict[str, Any]] = {
    "quick": {},
    "slow": {"is_slow": True},
    "cannot write any": {"cannot_write": lambda _number: True},
    "cannot write some": {"cannot_write": lambda number: number % 2 == 0},
    "gone at once": {"takes_no_more_from": 1},
    "takes no more": {"takes_no_more_from": 3},
    "says nothing": {"says_no_more_from": 1, "is_slow": True},
    "says no more": {"says_no_more_from": 2},
}


@pytest.fixture
def person(deps: Deps) -> Person:
    return account(deps)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAGE", "_HITS_AT_ONCE", "_REFERENCES_AT_ONCE"):
        monkeypatch.setattr(export_pages, name, 1)


def written(deps: Deps, person: Person, copyist: Copyist | None = None, **more: Any) -> bytes:
    wish: dict[str, Any] = {
        "query": EVERYTHING,
        "references": [],
        "format_": ExportFormat.CSV,
        "language": "en",
        "now": deps.now(),
    }
    id_ = ask_for_export(deps, person, **(wish | more))
    find = copyist.beside if copyist else export_pages.nobody_beside
    assert write_next_export(deps, holder="tests", find_beside=find)
    return b"".join(fetch_export(deps, person, id_).chunks)


@ONE_DATABASE
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("kind", ["list", "search", "references"])
def test_the_file_is_the_same_whoever_writes_its_pages(deps: Deps, person: Person, behaviour: str, kind: str) -> None:
    wanted = [submit(deps, nonce=f"n{number}", message=f"A pump, {number}").reference for number in range(INQUIRIES)]
    index_search(deps)
    wishes: dict[str, dict[str, Any]] = {
        "list": {},
        "search": {"query": replace(EVERYTHING, q="pump")},
        "references": {"references": wanted},
    }
    copyist = Copyist(deps, **BEHAVIOURS[behaviour])

    alone = written(deps, person, **wishes[kind])
    together = written(deps, person, copyist, **wishes[kind])

    assert together == alone
    assert alone.count(b"A pump, ") == INQUIRIES
    given = {"quick": INQUIRIES - 1, "gone at once": 0, "takes no more": 2}  # the first is written before anybody asks
    assert len(copyist.given) in ([given[behaviour]] if behaviour in given else range(1, INQUIRIES))
    if behaviour == "slow":
        assert len(copyist.given) < INQUIRIES - 1, "while it writes, others are written here"


@pytest.mark.parametrize("format_", list(ExportFormat))
def test_every_format_is_whole_when_two_write_it(deps: Deps, person: Person, format_: ExportFormat) -> None:
    for number in range(INQUIRIES):
        submit(deps, nonce=f"n{number}", message=f"A pump, {number}")

    alone = written(deps, person, format_=format_)
    together = written(deps, person, Copyist(deps), format_=format_)

    if format_ is ExportFormat.XLSX:  # what packs it writes the time into the file
        alone, together = (
            repr(
                [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]]
            ).encode()
            for content in (alone, together)
        )
    assert together == alone
    assert together.count(b"A pump, ") >= INQUIRIES


@ONE_DATABASE
def test_nobody_is_called_for_a_single_page(deps: Deps, person: Person) -> None:
    reference = submit(deps).reference
    copyist = Copyist(deps)

    content = written(deps, person, copyist, references=[reference])

    assert reference.encode() in content
    assert copyist._pages is None
