"""The list page: what it shows and to whom, its forms without a script, acts on many and their taking back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Role
from liju_contact.store.tags import tags_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search
from liju_contact.web.staff.list_rows import WrittenRows
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import AtTheDesk, account, at_the_desk
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def states(deps: Deps) -> list[str]:
    return [row["state"] for row in rows(deps.db, "inquiry")]


def tags_in(deps: Deps) -> list[list[str]]:
    with deps.db.read() as tx:
        return list(tags_of(tx, [row["id"] for row in rows(deps.db, "inquiry")]).values())


def acts(references: list[str], **fields: Any) -> dict[str, Any]:
    return {"page": "view=all", "references": references} | fields


def test_a_row_shows_what_the_customer_wrote_and_runs_none_of_it(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, name=HOSTILE, company=HOSTILE, message=f"Ten boilers {HOSTILE}").reference
    li = at_the_desk(deps, client)

    page = li.get("/staff").text

    assert f'href="/staff/inquiry/{reference}"' in page
    assert "Ten boilers &lt;script&gt;" in page
    assert HOSTILE not in page


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE inquiry SET state = 'answered'",
        "UPDATE inquiry SET state = 'spam'",
        "UPDATE inquiry SET name = 'Someone else'",
        "UPDATE inquiry SET company = ''",
        "UPDATE inquiry SET country = 'DE'",
        "UPDATE inquiry SET product = 'vacuum-hot-water'",
        "UPDATE inquiry SET preview = 'Another beginning'",
        "UPDATE inquiry SET priority = 'urgent'",
        "UPDATE inquiry SET assignee = NULL",
        "UPDATE inquiry SET assignee = 'nobody.known@liju.example'",
        "UPDATE inquiry SET details = '[]'",
        "UPDATE inquiry SET has_files = 1",
        "UPDATE inquiry SET has_mail_trouble = 1",
        "UPDATE inquiry SET answer_due_at = '2020-01-01 00:00:00.000000'",
        "UPDATE inquiry SET received_at = '2020-01-01 00:00:00.000000'",
        "UPDATE tag SET name = 'Winter fair'",
        "DELETE FROM inquiry_tag",
        "UPDATE staff SET name = 'Another name'",
        "UPDATE staff SET role = 'reader'",
        "UPDATE staff SET language = 'zh_Hans'",
        'UPDATE spam_judgement SET reasons = \'[{"sign": "quick", "points": 3.0, "about": ""}]\'',
    ],
)
def test_a_row_that_is_kept_is_the_row_that_would_be_written(deps: Deps, client: FlaskClient, change: str) -> None:
    of_steam, of_spam = (submit(deps, nonce=f"n-{number}", product="steam").reference for number in range(2))
    li = at_the_desk(deps, client)
    everything = acts([of_steam, of_spam], add_tag="May fair", assignee="me")
    li.post("/staff/bulk/change", everything)
    li.post("/staff/bulk/change", acts([of_spam], set_state="spam"))
    before = rows_of_page(li)

    with deps.db.begin() as tx:
        is_changed = tx.exec_driver_sql(change).rowcount > 0

    li_elsewhere = at_the_desk(deps, make_app(deps).test_client(), li.person)
    assert (rows_of_page(li), is_changed) == (rows_of_page(li_elsewhere), True)
    assert rows_of_page(li) != before


@pytest.mark.parametrize("hours", [2, 24, 24 * 400])
def test_a_row_that_is_kept_follows_the_clock(deps: Deps, client: FlaskClient, clock: Clock, hours: int) -> None:
    submit(deps)
    with deps.db.begin() as tx:
        tx.exec_driver_sql("UPDATE inquiry SET answer_due_at = '2026-11-23 03:00:00.000000'")  # in an hour
    li = at_the_desk(deps, client)
    before = rows_of_page(li)

    clock.move(hours=hours)

    li = at_the_desk(deps, client, li.person)
    li_elsewhere = at_the_desk(deps, make_app(deps).test_client(), li.person)
    assert rows_of_page(li) == rows_of_page(li_elsewhere)
    assert rows_of_page(li) != before


def test_no_row_is_kept_beyond_its_day(deps: Deps, client: FlaskClient, clock: Clock) -> None:
    submit(deps)
    li = at_the_desk(deps, client)
    written: WrittenRows = client.application.extensions["liju_rows"]
    li.get("/staff?view=all")
    li.get("/staff?view=all&sort=oldest")
    kept = len(written)

    clock.move(days=1)
    at_the_desk(deps, client, li.person).get("/staff?view=spam")

    assert (kept, len(written)) == (2, 0)


def test_each_search_shows_its_own_hit_in_the_same_row(deps: Deps, client: FlaskClient) -> None:
    place = "<!--excerpt-->"  # as a row has it where its excerpt goes
    submit(deps, name=place, company=place, message=f"A {place} boiler leaks")
    index_search(deps)
    li = at_the_desk(deps, client)

    boiler, leaks, nothing = (rows_of_page(li, f"view=all&q={word}") for word in ("boiler", "leaks", ""))

    escaped = "&lt;!--excerpt--&gt;"
    assert f'<span class="preview hit" dir="auto">A {escaped} <mark>boiler</mark> leaks</span>' in boiler
    assert f'<span class="preview hit" dir="auto">A {escaped} boiler <mark>leaks</mark></span>' in leaks
    assert f'<span class="preview" dir="auto">A {escaped} boiler leaks</span>' in nothing
    assert place not in boiler + leaks + nothing
    assert boiler.count(escaped) == nothing.count(escaped) == 3
    written: WrittenRows = client.application.extensions["liju_rows"]
    assert len(written) == 2


def rows_of_page(somebody: AtTheDesk, query: str = "view=all&sort=newest") -> str:
    page = somebody.get(f"/staff?{query}").text
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_somebody_of_other_product_lines_sees_nothing_of_an_inquiry(deps: Deps, client: FlaskClient) -> None:
    theirs = submit(deps, product="vacuum-hot-water", name="Theirs").reference
    hidden = submit(deps, nonce="n-2", product="steam", name="Hidden", company="Secret Dairy").reference
    chen = at_the_desk(deps, client, address="chen@liju.example", product_lines=["vacuum-hot-water"])

    pages = [
        chen.get(f"/staff?{query}").text for query in ("", "view=all", "product=steam", "state=received", "q=Dairy")
    ]
    news = chen.get("/staff/news?since=0&view=all").json
    refused = chen.post("/staff/bulk/change", acts([hidden, theirs], set_state="closed"))

    assert theirs in pages[0]
    assert [word for page in pages for word in (hidden, "Hidden", "Secret") if word in page] == []
    assert (news or {})["changed"] == 1
    assert states(deps) == ["closed", "received"]
    assert parse_qs(urlsplit(refused.location).query)["failed"] == [hidden]


def test_nonsense_in_the_address_gives_a_list(deps: Deps, client: FlaskClient) -> None:
    li = at_the_desk(deps, client)

    answers = [
        li.get(f"/staff?{query}").status_code
        for query in (
            "view=x&sort=y&after=z&from=0001-01-01",
            "after=" + "9" * 30,
            "product=%00&tag=%ED%A0%80&person=%F0%9F%92%A9",
            "before=9999-12-31T23:59:59Z~1&view=mine",
        )
    ]

    assert answers == [200, 200, 200, 303]  # where a place has no rows the list is shown from its beginning
    assert li.get("/staff/news?since=x&view=all").status_code == 200


def test_active_filters_are_words_that_can_be_taken_away(deps: Deps, client: FlaskClient) -> None:
    submit(deps)
    li = at_the_desk(deps, client)

    page = li.get("/staff?view=all&product=steam&country=BR&files=1").text

    narrowed = page.partition('class="narrowed"')[2].partition("</ul>")[0]
    assert re.findall(r'href="/staff\?([^"]*)"', narrowed.replace("&amp;", "&")) == [
        "view=all&country=BR&files=1",
        "view=all&product=steam&files=1",
        "view=all&product=steam&country=BR",
    ]
    assert "No inquiry fits all of these filters." in page


def test_many_are_changed_at_once_and_that_is_taken_back(deps: Deps, client: FlaskClient) -> None:
    references = [submit(deps, nonce=f"n-{number}").reference for number in range(3)]
    li = at_the_desk(deps, client)

    answer = li.post(
        "/staff/bulk/change",
        acts(
            [*references[:2], "LJ-0000-0000"],
            set_state="closed",
            set_priority="high",
            assignee="me",
            add_tag="May fair",
        ),
    )
    told = li.get(answer.location).text
    changed = [(row["state"], row["priority"], row["assignee"]) for row in rows(deps.db, "inquiry")]
    undone = li.post("/staff/bulk/undo", {"page": "view=all", "did": value_of(told, "did")})

    assert answer.status_code == 303
    assert changed == [("closed", "high", "li.wei@liju.example")] * 2 + [("received", "normal", None)]
    assert "2 inquiries were changed." in told
    assert "LJ-0000-0000" in told
    assert "Taken back." in li.get(undone.location).text
    assert [(row["state"], row["priority"], row["assignee"]) for row in rows(deps.db, "inquiry")] == [
        ("received", "normal", None)
    ] * 3
    assert rows(deps.db, "inquiry_tag") == []


def test_an_act_is_not_taken_for_a_filter_nor_a_filter_for_an_act(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps).reference
    li = at_the_desk(deps, client)
    page = "view=needs_answer&state=received&priority=normal"

    answer = li.post("/staff/bulk/change", acts([reference], page=page, set_state="answered", set_priority="urgent"))

    (row,) = rows(deps.db, "inquiry")
    assert (row["state"], row["priority"]) == ("answered", "urgent")
    assert answer.location.startswith(f"/staff?{page}&did=")


def test_tags_with_commas_between_them_are_several(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps).reference
    li = at_the_desk(deps, client)

    li.post("/staff/bulk/change", acts([reference], add_tag="a, b，c、d"))
    added = tags_in(deps)
    li.post("/staff/bulk/change", acts([reference], remove_tag="a,d"))

    assert (added, tags_in(deps)) == ([["a", "b", "c", "d"]], [["b", "c"]])


def test_acts_without_what_they_need_say_so_and_keep_what_was_chosen(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps).reference
    li = at_the_desk(deps, client)

    none = li.get(
        li.post("/staff/bulk/change", acts([], set_state="closed", assignee="me", add_tag='"x"')).location
    ).text
    nothing = li.get(li.post("/staff/bulk/change", acts([reference])).location).text
    one = li.get(li.post("/staff/bulk/merge", acts([reference])).location).text

    assert "Nothing was chosen." in none
    assert re.findall(r'<option value="([^"]*)" selected>', none.partition('id="acts"')[2]) == ["me", "closed"]
    assert 'name="add_tag" value="&#34;x&#34;"' in none
    assert "Say what is to be changed." in nothing
    assert f'value="{reference}" checked' in nothing
    assert "Choose at least two to merge." in one
    assert f'value="{reference}" checked' in one


def test_what_could_not_be_changed_is_named_behind_a_space(deps: Deps, client: FlaskClient) -> None:
    page = at_the_desk(deps, client).get("/staff?did=-&failed=LJ-0000-0000").text

    assert re.search(r"Could not be changed:\s+<a ", page)


def test_acts_come_back_to_their_page_of_the_list_until_nothing_is_left_there(deps: Deps, client: FlaskClient) -> None:
    references = [submit(deps, nonce=f"n-{number}").reference for number in range(53)]
    li = at_the_desk(deps, client)
    second = unescape(
        li.get("/staff?view=unassigned&sort=oldest").text.partition('rel="next"')[0].rpartition('href="')[2]
    )
    here = second.partition('"')[0]
    page, words = li.get(here), here.partition("?")[2]

    one = li.post("/staff/bulk/change", {"page": words, "references": references[50:51], "assignee": "me"})
    rest = li.post("/staff/bulk/change", {"page": words, "references": references[51:], "assignee": "me"})
    emptied = li.get(rest.location)
    beginning = li.get(emptied.location).text

    assert [reference in page.text for reference in references[49:]] == [False, True, True, True]
    assert one.location.startswith(f"{here}&did=")
    assert rest.location.startswith(f"{here}&did=")
    assert emptied.location.startswith("/staff?view=unassigned&sort=oldest&did=")
    assert "2 inquiries were changed." in beginning
    assert (references[0] in beginning, references[50] in beginning) == (True, False)
    undone = li.post("/staff/bulk/undo", {"page": words, "did": value_of(beginning, "did")})
    assert references[51] in li.get(undone.location).text


def test_two_are_merged_into_the_older_one(deps: Deps, client: FlaskClient) -> None:
    references = [submit(deps, nonce=f"n-{number}").reference for number in range(2)]
    li = at_the_desk(deps, client)

    li.post("/staff/bulk/merge", acts(references[::-1]))

    assert [row["merged_into_id"] for row in rows(deps.db, "inquiry")] == [None, 1]


def merged_into(deps: Deps) -> list[int | None]:
    return [row["merged_into_id"] for row in rows(deps.db, "inquiry")]


def test_a_merge_says_into_what_and_is_taken_back(deps: Deps, client: FlaskClient) -> None:
    references = [submit(deps, nonce=f"n-{number}").reference for number in range(3)]
    li = at_the_desk(deps, client)
    before = states(deps)

    told = li.get(li.post("/staff/bulk/merge", acts(references)).location).text
    merged, did = merged_into(deps), value_of(told, "did")
    undone = li.get(li.post("/staff/bulk/unmerge", {"page": "view=all", "did": did}).location).text

    assert f'2 inquiries were merged into <a href="/staff/inquiry/{references[0]}">' in told
    assert 'action="/staff/bulk/unmerge"' in told
    assert merged == [None, 1, 1]
    assert "Taken back." in undone
    assert "Could not" not in undone
    assert (merged_into(deps), states(deps)) == ([None] * 3, before)
    again = li.get(li.post("/staff/bulk/unmerge", {"page": "view=all", "did": did}).location).text
    assert "It had been taken back already." in again
    li.post("/staff/bulk/merge", acts(references[1:]))
    too_late = li.get(li.post("/staff/bulk/unmerge", {"page": "view=all", "did": did}).location).text
    assert ("Taken back." in too_late, references[2] in too_late) == (False, True)
    assert merged_into(deps) == [None, None, 2]


def test_nothing_is_called_taken_back_that_was_not(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps).reference
    li = at_the_desk(deps, client)
    chen = at_the_desk(deps, make_app(deps).test_client(), address="chen@liju.example")
    told = li.get(li.post("/staff/bulk/change", acts([reference], set_priority="high")).location).text
    chen.post("/staff/bulk/change", acts([reference], set_priority="low"))

    undone = li.get(li.post("/staff/bulk/undo", {"page": "view=all", "did": value_of(told, "did")}).location).text

    assert "Taken back." not in undone
    assert "Could not be changed:" in undone
    assert [row["priority"] for row in rows(deps.db, "inquiry")] == ["low"]


@pytest.mark.parametrize(
    ("language", "asks", "merges"),
    [
        ("en", "Merge inquiries of different customers?", "Merge, and write to this customer alone"),
        ("zh-Hans", "要合并不同客户的咨询吗？", "合并，只给这位客户写信"),
    ],
)
def test_different_customers_are_asked_about_before_they_are_mixed(
    deps: Deps, client: FlaskClient, language: str, asks: str, merges: str
) -> None:
    mine = submit(deps, email="ana@usina.example").reference
    also_mine = submit(deps, nonce="n-2", email="Ana@Usina.example").reference
    theirs = submit(deps, nonce="n-3", email="eva@there.example", name=HOSTILE).reference
    li = at_the_desk(deps, client)
    fields = acts([theirs, also_mine, mine], page="view=all&country=BR&sort=oldest")

    asked = li.post("/staff/bulk/merge", fields)
    page = li.get(f"{asked.location}&lang={language}").text
    not_merged = merged_into(deps)
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    sent = {name: [unescape(value) for other, value in hidden if other == name] for name, _value in hidden}
    done = li.post("/staff/bulk/merge", sent | {"csrf": li.csrf, "others": "leave"})

    assert not_merged == [None] * 3
    assert (asks in page, merges in page, "eva@there.example" in page, HOSTILE in page) == (True, True, True, False)
    assert re.findall(r'<dt><a href="/staff/inquiry/([^"]*)"', page) == [mine, also_mine, theirs]
    assert sent["references"] == [theirs, also_mine, mine]
    assert done.location.startswith("/staff?view=all&country=BR&sort=oldest&did=")
    assert merged_into(deps) == [None, 1, 1]


def test_who_does_not_mix_customers_finds_them_chosen_still(deps: Deps, client: FlaskClient) -> None:
    mine, theirs = submit(deps).reference, submit(deps, nonce="n-2", email="eva@there.example").reference
    other = submit(deps, nonce="n-3").reference
    li = at_the_desk(deps, client)
    asked = li.get(li.post("/staff/bulk/merge", acts([mine, theirs], page="view=all&sort=oldest")).location).text

    leads_back = re.search(r'<a class="quiet" href="([^"]*)"', asked)
    assert leads_back
    page = li.get(unescape(leads_back[1])).text

    assert re.findall(r'name="references" value="([^"]*)" checked>', page) == [mine, theirs]
    assert page.index(mine) < page.index(other)
    assert "checked" not in rows_of_page(li)
    here = re.search(r'name="back" value="([^"]*)"', asked)
    assert here
    switched = li.post("/staff/account/language", {"language": "zh_Hans", "back": unescape(here[1])})
    assert "eva@there.example" in li.get(switched.location).text


def test_the_same_customers_are_not_asked_about(deps: Deps, client: FlaskClient) -> None:
    references = [submit(deps, nonce=f"n-{number}").reference for number in range(2)]
    li = at_the_desk(deps, client)

    answer = li.get(f"/staff/bulk/merge?view=all&chosen={'+'.join(references)}")

    assert answer.location == f"/staff?view=all&chosen={'+'.join(references)}"
    assert merged_into(deps) == [None, None]


def test_a_reader_is_offered_no_acts_and_may_do_none(deps: Deps, client: FlaskClient) -> None:
    reference, stranger = (submit(deps, nonce=at, email=f"{at}@there.example").reference for at in ("a", "b"))
    reader = at_the_desk(deps, client, role=Role.READER)

    page = reader.get("/staff").text
    answers = [
        reader.post(path, acts([reference], set_state="closed")).status_code
        for path in ("/staff/bulk/change", "/staff/bulk/merge", "/staff/bulk/undo", "/staff/bulk/unmerge")
    ]

    assert reference in page
    assert 'name="references"' not in page
    assert reader.get(f"/staff/bulk/merge?view=all&chosen={reference}+{stranger}").status_code == 303
    assert (answers, states(deps)) == ([403] * 4, ["received"] * 2)


def test_a_list_is_kept_shared_renamed_and_given_up(deps: Deps, client: FlaskClient) -> None:
    li = at_the_desk(deps, client)
    li.post("/staff/views", {"view": "all", "product": "steam", "after": "7", "name": "Steam ", "is_shared": "1"})
    li.post("/staff/views", {"view": "mine", "name": "Own"})
    chen = at_the_desk(deps, make_app(deps).test_client(), address="chen@liju.example")
    seen = chen.get("/staff").text
    taken = chen.post("/staff/views/1", {"forget": "1"})

    li.post("/staff/views/1", {"name": "Vapour"})
    renamed = rows(deps.db, "saved_view")
    li.post("/staff/views/1", {"forget": "1", "name": ""})

    assert ("Steam" in seen, "Own" in seen, taken.status_code) == (True, False, 303)
    assert [(row["name"], row["query"], row["is_shared"]) for row in renamed] == [
        ("Vapour", "view=all&product=steam", False),
        ("Own", "view=mine", False),
    ]
    assert [row["name"] for row in rows(deps.db, "saved_view")] == ["Own"]


def test_a_reader_keeps_views_and_shares_none(deps: Deps, client: FlaskClient) -> None:
    reader = at_the_desk(deps, client, role=Role.READER)

    reader.post("/staff/views", {"view": "all", "name": "Mine alone", "is_shared": "1"})

    assert [row["is_shared"] for row in rows(deps.db, "saved_view")] == [False]


def test_a_form_without_the_sessions_field_changes_nothing(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps).reference
    at_the_desk(deps, client)

    answer = client.post("/staff/bulk/change", data=acts([reference], set_state="closed"))

    assert (answer.status_code, states(deps)) == (403, ["received"])


def value_of(page: str, field: str) -> str:
    found = re.search(rf'name="{field}" value="([^"]*)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("typed", ['person:"Wang Lei"', "assignee:wang.lei@liju.example", "负责人:王磊", "person:WANG"])
def test_a_search_names_who_has_an_account(deps: Deps, client: FlaskClient, typed: str) -> None:
    account(deps, "wang.lei@liju.example", name="Wang Lei")
    account(deps, "wang@liju.example", name="WANG")
    account(deps, "wl@liju.example", name="王磊")
    references = [submit(deps, nonce=f"n-{turn}").reference for turn in range(4)]
    li = at_the_desk(deps, client)
    addresses = ["wang.lei@liju.example", "wang@liju.example", "wl@liju.example", "li.wei@liju.example"]
    for reference, address in zip(references, addresses, strict=True):
        li.post("/staff/bulk/change", acts([reference], assignee=address))
    expected = {"负责人:王磊": 2, "person:WANG": 1}.get(typed, 0)

    page = li.get("/staff", query_string={"view": "all", "q": typed}).text
    li.post("/staff/exports", {"query": urlencode({"view": "all", "q": typed}), "format": "csv"})

    assert [reference for reference in references if reference in page] == [references[expected]]
    assert f"person={quote_plus(addresses[expected])}" in rows(deps.db, "export")[0]["query"]
