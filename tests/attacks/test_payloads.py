"""Payloads through form, mail, desk and JSON into every page and letter: they stay text, whoever typed them where.

html5lib reads each page as a browser does. The same house with plain words says which elements, attributes and schemes
of links a page has; a payload may add none. ``LIJU_TEST_FULL=1`` puts every payload there is through.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from liju_contact.store.database import Database
from liju_contact.usecases.deps import Deps
from tests.attacks.house import House, furnish
from tests.corpora import hostile_values
from tests.corpora import rows as payloads
from tests.journeys.pages import Shape, shape_of, tree_of
from tests.staff_desk import at_the_desk
from tests.usecases.stories import rows

FULL = os.environ.get("LIJU_TEST_FULL") == "1"
LINES = 24  # about as many lines as a house takes
TOGETHER = 30  # payloads in one text
# What a page has once, or as often as it has it without anybody's words.
COUNTED = ("script", "style", "link", "meta", "base", "iframe", "object", "embed", "svg", "math", "form", "template")
OWN = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}{%raise%}<%=7*7%>#{7*7}",
    '<base href="https://evil.example/"><form action="https://evil.example/">',
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "\u202e<a href=javascript:alert(1)>\u2066x\u2069",
]


def values(count: int) -> Iterator[list[str]]:
    """Return what is typed into each of so many houses: single payloads for lines, many together for texts."""
    dangerous = sorted({*payloads("payload_fuzzdb", "xss"), *OWN})
    everything = sorted(set(hostile_values()) - set(dangerous))
    for number in range(count):
        lines = [*OWN, *dangerous[number * LINES :][:LINES]]
        chosen = [*dangerous, *everything][number::count]
        yield lines + ["\n".join(chosen[start : start + TOGETHER]) for start in range(0, len(chosen), TOGETHER)]


def pages_of(house: House) -> Iterator[tuple[str, str]]:
    """Return every page by its endpoint, as the customer and as an administrator see it."""
    client = house.client()
    at_the_desk(house.deps, client, house.person)
    questions = {"staff_list.show": ["?view=all", "?q=plain"], "staff_originals.show": ["", "?view=source"]}
    for endpoint, path in house.addresses():
        for question in questions.get(endpoint, [""]):
            with client.get(path + question, buffered=True) as answer:
                if answer.mimetype == "text/html":
                    yield f"{endpoint}{question}", answer.get_data(as_text=True)
                elif answer.mimetype == "application/json":
                    json.loads(answer.data)


def counted(tree: Element) -> Counter[str]:
    return Counter(str(element.tag) for element in tree.iter() if element.tag in COUNTED)


@pytest.fixture
def plain_deps(deps: Deps, migrated_file: Path, tmp_path: Path) -> Iterator[Deps]:
    """Another database, for the house with plain words."""
    shutil.copy(migrated_file, tmp_path / "plain.db")
    db = Database(f"sqlite:///{tmp_path / 'plain.db'}")
    yield replace(deps, db=db)
    db.close()


def test_payloads_add_nothing_to_any_page_or_letter(plain_deps: Deps, deps: Deps, migrated_file: Path) -> None:
    plain = furnish(plain_deps)
    clean = {name: (shape_of(tree := tree_of(page)), counted(tree)) for name, page in pages_of(plain)}
    clean_letters = letters_of(plain)
    assert len(clean) > 20

    for typed in values(8 if FULL else 1):
        shutil.copy(migrated_file, Path(deps.settings.instance) / "liju.db")
        house = furnish(deps, typed)
        for name, page in pages_of(house):
            tree = tree_of(page)
            assert shape_of(tree) - clean[name][0] - SAME_ANYWAY == set(), name
            assert counted(tree) == clean[name][1], name
        for kind, shape in letters_of(house).items():
            assert shape - clean_letters[kind] - SAME_ANYWAY == set(), kind
        deps.db.close()


# What a page has for some words and not for others: a quote is folded, a tag may be more than one.
SAME_ANYWAY: Shape = frozenset({("details", ""), ("details", "class"), ("summary", ""), ("bdi", ""), ("br", "")})


def letters_of(house: House) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for letter in rows(house.deps.db, "letter"):
        found[letter["kind"]] = found.get(letter["kind"], frozenset()) | shape_of(letter["html"])
    return found


def test_payloads_in_questions_and_forms_of_the_desk_are_no_fault(house: House) -> None:
    client = house.client()
    desk = at_the_desk(house.deps, client, house.person)
    questions = ("view=all", "q=plain&view=all", "q=nothing-like-it", "q=plain&view=all&after=plain&tag=plain")
    clean: Shape = frozenset().union(*(shape_of(desk.get(f"/staff?{question}").text) for question in questions))
    every = sorted({*OWN, *filter(str.strip, hostile_values())})
    for value in every if FULL else [*OWN, *every[::40]]:
        with client.get("/staff", query_string={"q": value, "view": "all", "after": value, "tag": value}) as answer:
            assert answer.status_code in {200, 303}, value
            if answer.status_code == 200:
                assert shape_of(answer.get_data(as_text=True)) - clean <= {("mark", ""), ("li", "")}, value
        for path in ("/staff/news", "/staff/insight", "/staff/held", "/staff/exports"):
            with client.get(
                path, query_string=dict.fromkeys(("q", "since", "view", "from", "to", "country"), value)
            ) as told:
                assert told.status_code < 500, (path, value)
    assert len(every) > 1000
