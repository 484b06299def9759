"""Which line a setting stands on, for any TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from liju_contact.config_source import line_numbers

BARE = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
QUOTED = st.one_of(
    st.from_regex(r"'[A-Za-z .#=\[\]\"é锅]{0,6}'", fullmatch=True),
    st.from_regex(r'"([A-Za-z .#=\[\]\'é锅]|\\"|\\\\|\\u00e9){0,6}"', fullmatch=True),
)
KEY = st.lists(BARE | QUOTED, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".", " . ", "\t."]).map(lambda dot: dot.join(parts))
)
SCALAR = st.sampled_from(
    ["1", "-0.5", "true", "2026-11-23T02:00:00Z", '""', "''", '"a # [ { = \\" \'"', "'# \" [ \\'", '"""one line"""']
)
MULTI = st.sampled_from(
    [
        '"""\n[not.a.table]\nnot = "a key"\n"""',
        '"""a\\"""\nkey = [ {\n""""',
        "'''\n[[x]]\n# '' no comment\n'''",
        '"""\\\n   folded = "\n"""',
        '"\x85\u2028 is one line"',
    ]
)
ARRAY = st.sampled_from(
    ["[]", "[1, 2]", "[\n  1, # ] no end\n  2,\n]", '[ "]",\n\n[\n"[" ] ]', "[ { a = 1, b = [ 2,\n3 ] },\n'''\n]''' ]"]
)
INLINE = st.sampled_from(
    ["{}", '{ en = "x", zh = "]}" }', "{ a.b = 1, c = { d = [\n1\n] } }", '{ a = """\nx = 1\n""" }']
)
VALUE = st.one_of(SCALAR, MULTI, ARRAY, INLINE)
GAP = st.sampled_from(["", "\n", "# x = 1\n", "  # [[x]] '''\n\n", "\t\n"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A TOML text with a comment ``@`` behind every key and table head that stands on a line of its own."""
    pieces = []
    for _ in range(draw(st.integers(1, 8))):
        pieces.append(draw(GAP))
        kind = draw(st.sampled_from(["key", "key", "key", "table", "array"]))
        key = draw(KEY)
        if kind == "key":
            pieces.append(
                f"{draw(st.sampled_from(['', '  ']))}{key}{draw(st.sampled_from(['=', ' = ']))}{draw(VALUE)}\n"
            )
        else:
            opening, closing = ("[", "]") if kind == "table" else ("[[", "]]")
            pieces.append(f"{opening} {key} {closing} # {draw(BARE)}\n")
    return "".join(pieces)


def flattened(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Return the path of every table, array item and value of a TOML text."""
    found = {path} if path else set()
    items: Mapping[Any, Any] = value if isinstance(value, dict) else {}
    if isinstance(value, list):
        items = dict(enumerate(value))
    return found.union(*(flattened(item, (*path, key)) for key, item in items.items())) if items else found


def is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


@given(documents().filter(is_toml))
def test_lines_are_known_for_what_is_there_and_nothing_else(text: str) -> None:
    lines = line_numbers(text)

    assert set(lines) <= flattened(tomllib.loads(text))
    assert set(lines.values()) <= set(range(1, text.count("\n") + 2))


@given(documents().filter(is_toml), BARE)
def test_what_follows_any_text_is_found_on_its_line(text: str, name: str) -> None:
    """Whatever stands before it, the next table and key are where they are."""
    following = f'{text}[["a table.of its own"]]\n{name} = 1\n["a table.of its own".x]\n\n{name} = 2\n'
    if not is_toml(following):
        return
    here = text.count("\n") + 1

    lines = line_numbers(following)

    table = ("a table.of its own", 0)
    assert (lines[table], lines[*table, name]) == (here, here + 1)
    assert (lines[*table, "x"], lines[*table, "x", name]) == (here + 2, here + 4)


def test_arrays_of_tables_inside_arrays_of_tables_are_numbered_each_from_0() -> None:
    text = "[[a]]\n[[a.b]]\n[[a.b]]\nx = 1\n[a.b.c]\n[[a]]\n[[a.b]]\nx.y = 1\n"

    assert line_numbers(text) == {
        ("a", 0): 1,
        ("a", 0, "b", 0): 2,
        ("a", 0, "b", 1): 3,
        ("a", 0, "b", 1, "x"): 4,
        ("a", 0, "b", 1, "c"): 5,
        ("a", 1): 6,
        ("a", 1, "b", 0): 7,
        ("a", 1, "b", 0, "x", "y"): 8,
    }
