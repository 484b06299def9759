"""The list page's story: a fixed number of queries, counts without counting, and news."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.change import Change, clean_tags, fold_tag
from liju_contact.domain.errors import Unfit
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.domain.person import Person, Role
from liju_contact.domain.search_query import read_query, tags_by_name
from liju_contact.store.staff import change_account
from liju_contact.store.view_counts import COUNTED
from liju_contact.usecases import list_inquiries as module
from liju_contact.usecases.change_inquiry import change_inquiry, change_many
from liju_contact.usecases.count_views import ViewCounter
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.list_inquiries import list_inquiries, list_news
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.mails import LI, WANG, with_staff
from tests.usecases.stories import rows, submit

QUOTES = frozenset('"\uff02“”„‟«»「」『』〝〞〟《》｢｣')
LIST = ListQuery(view=View.NEEDS_ANSWER)


def written(deps: Deps, count: int, **changes: str) -> list[str]:
    return [submit(deps, nonce=f"{changes}-{number}", **changes).reference for number in range(count)]


def queries_of_a_page(deps: Deps, person: Person) -> int:
    with listening(deps.db) as statements:
        list_inquiries(deps, person, LIST, {}, now=deps.now())
    return len(statements)


def counted(deps: Deps, person: Person) -> dict[str, int]:
    counts = list_inquiries(deps, person, LIST, {}, now=deps.now()).counts
    return {view.value: count for view, count in counts.items() if count}


def test_a_page_asks_as_often_with_fifty_rows_as_with_one(deps: Deps) -> None:
    li = account(deps)
    asked = []
    for more in (1, 2, 57):
        for reference in written(deps, more, company=f"Company {more}"):
            change_inquiry(deps, li, reference, Change(add_tags=("a", "b")), version=None, now=deps.now())
        asked.append(queries_of_a_page(deps, li))

    page = list_inquiries(deps, li, LIST, {}, now=deps.now())
    assert (asked[0], asked[2]) == (asked[1], asked[1])
    assert (len(page.rows), page.after is None) == (50, False)
    assert {row.tags for row in page.rows} == {("a", "b")}


@pytest.mark.parametrize("slow", ["page_of_inquiries", "changed_count"])
def test_what_happens_while_a_list_is_read_is_announced(deps: Deps, monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    """Its statements see each their own moment, so what stands for the newest event has to be read first."""
    li, chen = account(deps), account(deps, "chen@liju.example")
    [reference] = written(deps, 1)
    since = list_inquiries(deps, li, LIST, {}, now=deps.now()).newest_event_id
    read_slowly = getattr(module, slow)

    def while_something_happens(*args: Any, **begun: Any) -> Any:
        change_inquiry(deps, chen, reference, Change(add_tags=("a",)), version=None, now=deps.now())
        return read_slowly(*args, **begun)

    with monkeypatch.context() as patch:
        patch.setattr(module, slow, while_something_happens)
        page = list_inquiries(deps, li, LIST, {}, now=deps.now())
        news = list_news(deps, li, LIST, since=since, now=deps.now())

    newest = page.newest_event_id if slow == "page_of_inquiries" else news.newest_event_id
    assert list_news(deps, li, LIST, since=newest, now=deps.now()).changed_count == 1


def test_only_who_may_answer_is_offered_what_is_listed(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps, LI)
    account(deps, "reader@liju.example", role=Role.READER)
    account(deps, WANG, name="Wang", role=Role.READER)  # the settings name her; her account decides
    gone = account(deps, "Gone@liju.example", name="Gone")
    with deps.db.begin() as tx:
        change_account(tx, gone.id, disabled_at=deps.now())

    page = list_inquiries(deps, li, LIST, {}, now=deps.now())

    assert page.people == {LI: "Li Wei"}
    assert page.names == {
        LI: "Li Wei",
        WANG: "Wang Fang",
        "Gone@liju.example": "Gone",
        "reader@liju.example": "Li Wei",
    }


def test_counts_are_the_workers_and_follow_what_somebody_may_see(deps: Deps) -> None:
    li, chen = account(deps), account(deps, "chen@liju.example", product_lines=["vacuum-hot-water"])
    steam, spam = written(deps, 2, product="steam")
    written(deps, 3, product="vacuum-hot-water")
    change_inquiry(deps, li, steam, Change(assignee=chen.address), version=None, now=deps.now())
    change_inquiry(deps, li, spam, Change(state=InquiryState.SPAM), version=None, now=deps.now())
    before = counted(deps, li)

    is_counted = ViewCounter(deps, clock=lambda: 0.0).step()

    assert (before, is_counted) == ({}, True)
    assert counted(deps, li) == {"needs_answer": 4, "unassigned": 3, "spam": 1}
    assert counted(deps, chen) == {"needs_answer": 3, "mine": 1, "unassigned": 3}


def test_nothing_is_counted_unless_something_has_changed_and_it_is_time(deps: Deps) -> None:
    seconds = iter([0.0, 0.5, 0.6, 5.0, 20.0, 20.1])
    counter = ViewCounter(deps, clock=lambda: next(seconds))
    written(deps, 1)

    first = counter.step()  # takes half a second, so it rests for ten
    written(deps, 1, company="Another")
    soon, later, at_last = counter.step(), counter.step(), counter.step()
    seconds = iter([99.0])

    assert (first, soon, later, at_last, counter.step()) == (True, False, False, True, False)
    assert {row["view"] for row in rows(deps.db, "view_count")} <= {view.value for view in COUNTED}


def test_news_tells_how_many_of_the_list_others_have_changed(deps: Deps) -> None:
    li, chen = account(deps), account(deps, "chen@liju.example", name="Chen")
    references = written(deps, 4)
    since = list_inquiries(deps, li, LIST, {}, now=deps.now()).newest_event_id
    quiet = list_news(deps, li, LIST, since=since, now=deps.now())

    for _twice in range(2):
        written(deps, 1, company="New")
    change_inquiry(deps, li, references[0], Change(add_tags=("mine",)), version=None, now=deps.now())
    change_many(deps, chen, references[1:3], Change(add_tags=("theirs",)), now=deps.now())
    change_inquiry(deps, chen, references[3], Change(state=InquiryState.CLOSED), version=None, now=deps.now())

    news = list_news(deps, li, LIST, since=since, now=deps.now())
    elsewhere = list_news(deps, li, replace(LIST, view=View.CLOSED), since=since, now=deps.now())
    assert (quiet.changed_count, news.changed_count, elsewhere.changed_count) == (0, 3, 1)
    assert news.newest_event_id > since


def found(deps: Deps, person: Person, **words: str) -> list[str]:
    page = list_inquiries(deps, person, ListQuery.read({"view": "all", **words}), {}, now=deps.now())
    return [row.reference for row in page.rows]


@pytest.mark.parametrize("typed", ["产品:蒸汽", "国家:火星", '型号:"锅炉"', "型号:锅炉", "型号：锅炉"])
def test_a_word_with_a_colon_that_names_nothing_is_looked_for_as_it_stands(deps: Deps, typed: str) -> None:
    person = account(deps)
    reference = submit(deps, message="型号：锅炉，产品：蒸汽，国家：火星").reference
    while index_search(deps):
        pass

    assert found(deps, person, q=typed) == [reference]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_every_tag_is_found_by_its_link_and_by_its_name(text: str) -> None:
    try:
        [tag] = clean_tags([text])
    except Unfit:
        return
    typed = ListQuery.read({"q": f'tag:"{tag}"'}).q

    by_link = ListQuery.read({"tag": tag})
    by_name = read_query(typed, {"tag": tags_by_name(["other", tag])})

    assert fold_tag(by_link.filters.tag) == fold_tag(tag)
    if not QUOTES.intersection(tag) and any(character.isprintable() and character != " " for character in tag):
        assert by_name.filters.get("tag") == tag


@pytest.mark.parametrize(
    "tag", ["退货（质保）", "８吨", "急！", "👨\u200d🔧", "\u0646\u0627\u0645\u0647\u200c\u0647\u0627", "Über", "a b"]
)
@pytest.mark.parametrize("word", ["tag", "标签"])
def test_a_tag_is_found_as_it_is_spelt(deps: Deps, tag: str, word: str) -> None:
    person, reference = account(deps), submit(deps).reference
    submit(deps, nonce="n-2")
    change_inquiry(deps, person, reference, Change(add_tags=(tag,)), version=None, now=deps.now())

    assert [found(deps, person, tag=tag), found(deps, person, q=f'{word}:"{tag}"')] == [[reference]] * 2


def test_a_search_announces_no_rows_and_its_counts_go_on(deps: Deps) -> None:
    """Whether what others changed is a hit would have to be looked for each time."""
    li, chen = account(deps), account(deps, "chen@liju.example", name="Chen")
    [reference] = written(deps, 1)
    search = replace(LIST, view=View.ALL, q="nothing has this word")
    page = list_inquiries(deps, li, search, {}, now=deps.now())
    change_inquiry(deps, chen, reference, Change(add_tags=("theirs",)), version=None, now=deps.now())
    ViewCounter(deps, clock=lambda: 0.0).step()

    news = list_news(deps, li, search, since=page.newest_event_id, now=deps.now())

    assert (page.rows, news.changed_count) == ((), 0)
    assert news.counts[View.NEEDS_ANSWER] == 1
    assert news.newest_event_id > page.newest_event_id
