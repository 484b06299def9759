"""Exports: what is in the files, for whom, in constant queries, and begun anew when their writer died."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from liju_contact.domain.errors import NotFound
from liju_contact.domain.export import UNFINISHED_LIMIT, ExportFormat, ExportState
from liju_contact.domain.inquiry_list import Filters, ListQuery, View
from liju_contact.domain.person import Person, Role
from liju_contact.sheets import xlsx_sheet
from liju_contact.store.exports import claim_export
from liju_contact.store.staff import change_account
from liju_contact.usecases import export_pages, write_export
from liju_contact.usecases.administer_people import Entry, change_person, disable_person
from liju_contact.usecases.ask_for_export import (
    TooManyExports,
    ask_for_export,
    drop_export,
    fetch_export,
    list_exports,
)
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.list_inquiries import list_inquiries
from liju_contact.usecases.staff_session import SignedIn
from liju_contact.usecases.sweep import sweep
from liju_contact.usecases.write_export import SILENCE, write_next_export
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.stories import rows, staged, submit

ALL = ListQuery(view=View.ALL)
FORMULA = '=HYPERLINK("http://evil.example";"x")'


@pytest.fixture
def person(deps: Deps) -> Person:
    return account(deps)


def asked(deps: Deps, person: Person, format_: ExportFormat = ExportFormat.CSV, **more: Any) -> int:
    wish: dict[str, Any] = {"query": ALL, "references": [], "language": "en", "now": deps.now(), **more}
    return ask_for_export(deps, person, format_=format_, **wish)


def content_of(deps: Deps, person: Person, format_: ExportFormat = ExportFormat.CSV, **more: Any) -> bytes:
    """Ask for an export, have it written, and return the file."""
    id_ = asked(deps, person, format_, **more)
    assert write_next_export(deps, holder="tests")
    fetched = fetch_export(deps, person, id_)
    content = b"".join(fetched.chunks)
    assert fetched.export.bytes_count == len(content)
    return content


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_json(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]


def states_of(deps: Deps, person: Person) -> list[ExportState]:
    return [export.state for export in list_exports(deps, person)]


def test_csv_has_a_line_per_inquiry_with_labels_and_facts(deps: Deps, person: Person) -> None:
    submitted = submit(deps, company="力聚", phone="+86 571 8888", name=FORMULA, message="One\nmessage; \t=2+2")

    (row,) = read_csv(content_of(deps, person))

    assert row["Reference"] == submitted.reference
    assert row["State"] == "New"
    assert row["Received (Asia/Shanghai)"] == "2026-11-23 10:00"
    assert (row["Name"], row["Company"], row["Phone"]) == (f"'{FORMULA}", "力聚", "'+86 571 8888")
    assert row["Product line"] == "Steam boilers"
    assert row["Newest message (beginning)"] == "One message;' =2+2"


@ONE_DATABASE
def test_csv_has_lines_as_rfc_4180_wants_them_and_heads_in_the_readers_language(deps: Deps, person: Person) -> None:
    submit(deps, company='Say "hi", Ltd')

    content = content_of(deps, person, language="zh_Hans").decode("utf-8-sig")

    lines = content.split("\r\n")
    assert len(lines) == 3
    assert lines[2] == ""
    assert "\n" not in content.replace("\r\n", "")
    assert '"Say ""hi"", Ltd"' in lines[1]
    assert "蒸汽锅炉" in lines[1]


def test_xlsx_opens_with_texts_and_dates_and_no_formula(
    deps: Deps, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_sheet, "ROWS_PER_SHEET", 2)
    for number in range(3):
        submit(deps, nonce=f"n{number}", name=FORMULA, company="力聚锅炉", phone="0086571")

    book = openpyxl.load_workbook(io.BytesIO(content_of(deps, person, ExportFormat.XLSX)))

    assert book.sheetnames == ["Inquiries", "Inquiries 2"]
    first = book["Inquiries"]
    heads = [cell.value for cell in first[1]]
    cells = dict(zip(heads, first[2], strict=True))
    assert first.freeze_panes == "B2"
    assert (first.max_row, book["Inquiries 2"].max_row) == (3, 2)
    assert (cells["Name"].value, cells["Name"].data_type) == (FORMULA, "s")
    assert (cells["Company"].value, cells["Phone"].value) == ("力聚锅炉", "0086571")
    assert cells["Received (Asia/Shanghai)"].value == datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001  # a cell has no zone
    assert cells["Name"].hyperlink is None


def test_json_lines_hold_whole_inquiries_without_notes(deps: Deps, person: Person) -> None:
    submit(deps, message="=1+1\n第二行", files=(staged(deps, b"%PDF-1.4 x", "图纸.pdf"),))

    (inquiry,) = read_json(content_of(deps, person, ExportFormat.JSONL))

    assert inquiry["received_at"] == "2026-11-23T02:00:00+00:00"
    assert inquiry["details"][0].keys() >= {"field", "typed", "unit", "canonical"}
    assert [message["body"] for message in inquiry["messages"]] == ["=1+1\n第二行"]
    assert inquiry["messages"][0]["files"] == [{"name": "图纸.pdf", "kind": "pdf", "bytes": 10}]
    assert "notes" not in inquiry


def test_a_list_is_exported_by_its_filters_newest_first(
    deps: Deps, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_pages, "PAGE", 2)
    wanted = [submit(deps, nonce=f"n{number}", country="DE").reference for number in range(3)]
    submit(deps, nonce="other", country="FR")

    found = read_csv(content_of(deps, person, query=ListQuery(view=View.ALL, filters=Filters(country="DE"))))
    chosen = read_csv(content_of(deps, person, references=[wanted[0], wanted[2], "LJ-0000-0000"]))

    assert [row["Reference"] for row in found] == wanted[::-1]
    assert [row["Reference"] for row in chosen] == [wanted[2], wanted[0]]


def test_somebody_gets_only_the_product_lines_they_serve(deps: Deps) -> None:
    theirs = submit(deps, nonce="steam", product="steam").reference
    other = submit(deps, nonce="vacuum", product="vacuum-hot-water", details=()).reference
    person = account(deps, product_lines=["steam"])

    every = read_csv(content_of(deps, person))
    chosen = read_json(content_of(deps, person, ExportFormat.JSONL, references=[theirs, other]))

    assert [row["Reference"] for row in every] == [theirs]
    assert [row["reference"] for row in chosen] == [theirs]


def test_an_export_is_its_own_persons(deps: Deps, person: Person) -> None:
    submit(deps)
    content_of(deps, person)
    colleague = account(deps, "chen@liju.example")
    (export,) = list_exports(deps, person)

    assert list_exports(deps, colleague) == []
    with pytest.raises(NotFound):
        fetch_export(deps, colleague, export.id)
    with pytest.raises(NotFound):
        drop_export(deps, colleague, export.id)
    assert states_of(deps, person) == [ExportState.READY]


@ONE_DATABASE
@pytest.mark.parametrize(
    "change", [{"role": Role.READER.value}, {"disabled_at": datetime.fromisoformat("2026-11-23T02:00Z")}]
)
def test_who_may_not_export_any_more_gets_no_file(deps: Deps, person: Person, change: dict[str, Any]) -> None:
    submit(deps)
    asked(deps, person)
    with deps.db.begin() as tx:
        change_account(tx, person.id, **change)

    assert write_next_export(deps, holder="tests")

    assert states_of(deps, person) == [ExportState.FAILED]


NARROWED = Entry(name="Li Wei", role=Role.AGENT, product_lines=("steam",))
LOWERED = Entry(name="Li Wei", role=Role.READER, product_lines=())


@pytest.mark.parametrize("entry", [NARROWED, LOWERED, None], ids=["narrowed", "lowered", "disabled"])
def test_who_may_see_less_has_no_file_of_before(deps: Deps, person: Person, entry: Entry | None) -> None:
    boss, colleague = account(deps, "boss@liju.example", role=Role.ADMINISTRATOR), account(deps, "chen@liju.example")
    submit(deps, product="vacuum-hot-water", details=())
    content_of(deps, person)
    content_of(deps, person, ExportFormat.JSONL)
    content = content_of(deps, colleague)
    ids = [export.id for export in list_exports(deps, person)]
    asked(deps, person)

    change(deps, boss, person, entry)

    assert (list_exports(deps, person), len(rows(deps.db, "blob"))) == ([], 1)
    for id_ in ids:
        with pytest.raises(NotFound):
            fetch_export(deps, person, id_)
    (kept,) = list_exports(deps, colleague)
    assert b"".join(fetch_export(deps, colleague, kept.id).chunks) == content, "the same bytes are somebody else's too"


@ONE_DATABASE
def test_another_name_costs_nobody_their_exports(deps: Deps, person: Person) -> None:
    boss = account(deps, "boss@liju.example", role=Role.ADMINISTRATOR)
    content_of(deps, person)

    change(deps, boss, person, Entry(name="Li", role=person.role, product_lines=()))

    assert states_of(deps, person) == [ExportState.READY]


@pytest.mark.parametrize("entry", [NARROWED, LOWERED, None], ids=["narrowed", "lowered", "disabled"])
def test_what_is_being_written_when_somebody_is_narrowed_is_not_handed_out(
    deps: Deps, person: Person, entry: Entry | None
) -> None:
    boss = account(deps, "boss@liju.example", role=Role.ADMINISTRATOR)
    submit(deps, product="vacuum-hot-water", details=())
    asked(deps, person)

    def narrow() -> bool:
        change(deps, boss, person, entry)
        return False

    assert write_next_export(deps, holder="tests", is_stopping=narrow)

    assert list_exports(deps, person) == []
    assert rows(deps.db, "blob") == []


def test_what_was_asked_for_while_somebody_was_narrowed_is_written_anew(deps: Deps, person: Person) -> None:
    """Its row came too late to be taken away, and its writer had looked at the account too early."""
    theirs = submit(deps, product="steam").reference
    submit(deps, nonce="n-2", product="vacuum-hot-water", details=())
    id_ = asked(deps, person)

    def narrow() -> bool:
        with deps.db.begin() as tx:
            change_account(tx, person.id, product_lines=["steam"])
        return False

    assert write_next_export(deps, holder="tests", is_stopping=narrow)
    assert (states_of(deps, person), rows(deps.db, "blob")) == ([ExportState.WAITING], [])

    assert write_next_export(deps, holder="tests")
    assert [row["Reference"] for row in read_csv(b"".join(fetch_export(deps, person, id_).chunks))] == [theirs]


@pytest.mark.parametrize(
    ("typed", "count"), [("is:received ，", 2), ("is:received", 2), ("，", 0), ("is:closed ，", 0)]
)
def test_a_search_without_text_is_the_list_that_it_narrows(deps: Deps, person: Person, typed: str, count: int) -> None:
    submit(deps)
    submit(deps, nonce="n-2")
    query = ListQuery.read({"view": "all", "q": typed})

    shown = list_inquiries(deps, person, query, {}, now=deps.now()).rows

    assert [len(shown), len(read_csv(content_of(deps, person, query=query)))] == [count] * 2


def change(deps: Deps, boss: Person, person: Person, entry: Entry | None) -> None:
    """Have an administrator change somebody, or disable them."""
    by = SignedIn(person=boss, session_id=1, csrf="")
    if entry:
        assert change_person(deps, by, person.id, entry, now=deps.now()) is None
    else:
        assert disable_person(deps, boss, person.id, now=deps.now()) is None


def test_an_export_whose_writer_died_is_begun_anew(deps: Deps, person: Person, clock: Clock) -> None:
    reference = submit(deps).reference
    id_ = asked(deps, person)
    with deps.db.begin() as tx:
        assert claim_export(tx, "dead", silent_since=deps.now() - SILENCE, now=deps.now())

    assert not write_next_export(deps, holder="another")
    clock.move(minutes=11)
    assert write_next_export(deps, holder="another")

    assert [row["Reference"] for row in read_csv(b"".join(fetch_export(deps, person, id_).chunks))] == [reference]


def test_a_worker_begins_at_once_what_it_wrote_before_it_was_started_again(deps: Deps, person: Person) -> None:
    submit(deps)
    asked(deps, person)
    with deps.db.begin() as tx:
        claim_export(tx, "same", silent_since=deps.now() - SILENCE, now=deps.now())

    write_export.give_back_exports(deps, "another")
    assert states_of(deps, person) == [ExportState.WRITING]
    write_export.give_back_exports(deps, "same")

    assert write_next_export(deps, holder="same")
    assert states_of(deps, person) == [ExportState.READY]


def test_an_export_that_is_stopped_waits_again_and_leaves_nothing(deps: Deps, person: Person) -> None:
    submit(deps)
    asked(deps, person)
    blobs = len(rows(deps.db, "blob"))

    assert write_next_export(deps, holder="tests", is_stopping=lambda: True)

    assert states_of(deps, person) == [ExportState.WAITING]
    assert len(rows(deps.db, "blob")) == blobs


def test_an_export_taken_away_while_it_is_written_is_given_up(deps: Deps, person: Person) -> None:
    submit(deps)
    id_ = asked(deps, person)

    def taken_away() -> Iterator[bool]:
        drop_export(deps, person, id_)
        while True:
            yield False

    answers = taken_away()
    assert write_next_export(deps, holder="tests", is_stopping=lambda: next(answers))

    assert list_exports(deps, person) == []
    assert rows(deps.db, "blob") == []


@ONE_DATABASE
def test_one_that_cannot_be_written_says_so_and_the_next_goes_on(
    deps: Deps, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: Any) -> Any:
        raise OSError("no room in the temporary folder")

    submit(deps)
    asked(deps, person)

    assert write_next_export(replace(deps, new_sheet=broken), holder="tests")

    assert states_of(deps, person) == [ExportState.FAILED]
    assert "no room in the temporary folder" in caplog.text
    assert rows(deps.db, "blob") == []


def test_the_same_list_twice_is_one_blob_and_both_go_after_a_week(deps: Deps, person: Person, clock: Clock) -> None:
    submit(deps)
    first, second = content_of(deps, person), content_of(deps, person)
    assert first == second
    assert len(rows(deps.db, "blob")) == 1

    clock.move(days=6)
    sweep(deps, now=deps.now())
    assert states_of(deps, person) == [ExportState.READY] * 2
    assert len(rows(deps.db, "blob")) == 1

    clock.move(days=2)
    sweep(deps, now=deps.now())
    assert list_exports(deps, person) == []
    assert rows(deps.db, "blob") == []
    assert rows(deps.db, "blob_chunk") == []


@ONE_DATABASE
def test_nobody_can_have_any_number_of_exports_written(deps: Deps, person: Person) -> None:
    for _ in range(UNFINISHED_LIMIT):
        asked(deps, person)

    with pytest.raises(TooManyExports):
        asked(deps, person)
    assert asked(deps, account(deps, "chen@liju.example"))


@pytest.mark.parametrize(("format_", "queries"), [(ExportFormat.CSV, 2), (ExportFormat.JSONL, 4)])
def test_a_page_of_rows_is_read_in_a_fixed_number_of_queries(
    deps: Deps, person: Person, format_: ExportFormat, queries: int
) -> None:
    submit(deps, nonce="first")
    with listening(deps.db) as one:
        content_of(deps, person, format_)
    for number in range(2):
        submit(deps, nonce=f"n{number}", files=(staged(deps, b"%PDF-1.4", "a.pdf"),))
    with listening(deps.db) as three:
        content_of(deps, person, format_)

    pages = [
        [said for said in statements if "FROM inquiry" in said or "FROM message" in said or "JOIN message" in said]
        for statements in (one, three)
    ]
    assert len(one) == len(three)
    assert len(pages[0]) == len(pages[1]) == 1 + queries  # and where the newest one is


@ONE_DATABASE
def test_an_export_in_many_pages_and_chunks_is_whole(
    deps: Deps, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_pages, "PAGE", 1)
    references = {submit(deps, nonce=f"n{number}", message="长" * 18_000).reference for number in range(7)}

    content = content_of(deps, person, ExportFormat.JSONL)

    assert len(content) > 256 * 1024
    assert {inquiry["reference"] for inquiry in read_json(content)} == references
    assert [export.row_count for export in list_exports(deps, person)] == [7]
    assert list_exports(deps, person)[0].ends_at == deps.now() + timedelta(days=7)


def test_a_search_is_exported_by_its_hits_and_filters(
    deps: Deps, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_pages, "_HITS_AT_ONCE", 1)
    hits = [submit(deps, nonce=f"n{number}", message="真空泵 vacuum pump").reference for number in range(3)]
    submit(deps, nonce="other", message="A burner")
    submit(deps, nonce="vacuum", message="真空泵", product="vacuum-hot-water", details=())
    index_search(deps)

    query = ListQuery(view=View.ALL, q="真空 product:steam")
    found = read_csv(content_of(deps, person, query=query, labels={"product": {"steam": "steam"}}))
    nothing = read_csv(content_of(deps, person, query=ListQuery(view=View.ALL, q="!!!")))
    narrowed = read_csv(content_of(deps, person, query=ListQuery(view=View.ALL, q="is:open")))

    assert [row["Reference"] for row in found] == hits[::-1]
    assert (nothing, narrowed) == ([], [])
