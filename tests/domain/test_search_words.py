"""What is indexed of a text, what a search is read as, and where a hit is shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liju_contact.domain.excerpt import Excerpt, excerpts_of
from liju_contact.domain.search_query import Number, labels_by_name, read_query
from liju_contact.domain.search_words import (
    LONGEST_DOCUMENT,
    WORDS_BYTES,
    Piece,
    PieceKind,
    document_of,
    fold,
    normal_form,
    words_of,
)

LABELS = {
    "country": labels_by_name([("BR", ("Brazil", "巴西")), ("CN", ("China", "中国"))]),
    "product": labels_by_name([("steam", ("Steam boilers", "蒸汽锅炉")), ("water", ("Hot-water boilers", "热水锅炉"))]),
}


def message(text: str) -> list[Piece]:
    return [Piece(PieceKind.MESSAGE, text)]


def excerpt_of(pieces: list[Piece], typed: str) -> Excerpt | None:
    return excerpts_of({7: pieces}, read_query(typed, LABELS)).get(7)


def shown(pieces: list[Piece], typed: str) -> str:
    excerpt = excerpt_of(pieces, typed)
    return "".join(f"[{part.text}]" if part.is_hit else part.text for part in excerpt.parts) if excerpt else ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jürgen MÜLLER", "jurgen muller"),
        ("Straße", "STRASSE"),
        ("ＡＢＣ　１２", "abc 12"),  # noqa: RUF001  # as a Chinese keyboard writes them
        ("İstanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("أحمد", "احمد"),
        ("٠١٢٣", "0123"),
        ("ｶﾞｽ", "ガス"),
        ("boi\u00adler", "boiler"),
        ("蒸汽\n锅炉", "蒸汽锅炉"),
        ("10t/h", "10t h"),
        ("用10吨", "用 10 吨"),
    ],
)
def test_spellings_of_one_text_meet(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


def test_marks_that_tell_letters_apart_stay() -> None:
    assert normal_form("が か") == "がか"
    assert normal_form("हिन्दी") == "हिन्दी"


def test_a_run_without_spaces_is_indexed_as_characters_and_pairs() -> None:
    assert words_of(document_of(message("吨蒸汽 boiler"))) == ["吨", "蒸", "汽", "吨蒸", "蒸汽", "boiler"]


def test_what_is_written_with_separators_is_indexed_without_too() -> None:
    words = words_of(document_of(message("LJ-7K3F-9Q2X, +55 (11) 5555-0100")))

    assert {"lj7k3f9q2x", "551155550100", "1155550100", "55550100", "7k3f"} <= set(words)


def test_some_pieces_are_indexed_behind_a_mark_that_no_text_can_forge() -> None:
    company = words_of(document_of([Piece(PieceKind.COMPANY, "Usina 浙江")]))
    forged = words_of(document_of(message("\ue001usina")))

    assert {"usina", "\ue001usina", "\ue001浙江"} <= set(company)
    assert forged == ["usina"]


def test_a_document_and_its_words_have_a_limit() -> None:
    text = " ".join(f"{number:x}" for number in range(10**6, 10**6 + 400_000))

    document = document_of(message(text))

    assert len(document) <= LONGEST_DOCUMENT + 2
    assert sum(len(word.encode()) for word in words_of(document)) <= WORDS_BYTES
    assert max(map(len, words_of(document_of(message("x" * 5000))))) == 64


@pytest.mark.parametrize("unit", ["a", "1-", "1 ", "a-", "字 ", "é((", "+"])
def test_a_hostile_text_takes_no_longer_than_another_of_its_length(unit: str) -> None:
    began = time.process_time()

    words_of(document_of(message(unit * 100_000)))

    assert time.process_time() - began < 5


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)
    assert fold(text) == fold(fold(text))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_nothing_that_is_typed_can_be_wrong(typed: str) -> None:
    query = read_query(typed, LABELS)
    excerpts_of({7: message(typed)}, query)

    assert all(word.strip("\ue001\ue002\ue003").isprintable() and " " not in word for word in query.words)
    assert not set("\"'\\&|!():*") & set("".join((*query.words, *query.prefixes)))


def test_words_phrases_and_beginnings_are_told_apart() -> None:
    query = read_query('turbine "steam boiler" boil* 蒸汽锅炉')

    assert set(query.words) == {"turbine", "steam", "boiler", "蒸汽", "汽锅", "锅炉"}
    assert query.prefixes == ("boil",)
    assert query.phrases == (" steam boiler ", "蒸汽锅炉")


def test_filters_are_understood_in_both_languages() -> None:
    query = read_query("锅炉 国家：巴西 product:steam is:overdue 负责人:我 has:files 标签:急件", LABELS)

    assert query.words == ("锅炉",)
    assert query.filters == {
        "country": "BR",
        "product": "steam",
        "overdue": "1",
        "person": "me",
        "files": "1",
        "tag": "急件",
    }


def test_an_unknown_filter_or_value_is_text() -> None:
    query = read_query("foo:bar product:teapot", LABELS)

    assert (dict(query.filters), query.unknown) == ({}, ("product:teapot",))
    assert query.phrases == (" product teapot ", " foo bar ")


def test_a_phone_number_is_one_thing_however_it_is_grouped() -> None:
    assert read_query("+55 11 5555-0100 ana").numbers == (
        Number(words=("55", "11", "5555", "0100"), digits="551155550100"),
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("boiler", "we need a Steam [Boiler] für Müller, 10吨蒸汽 锅炉, ﬁre +55 11 5555-0100"),
        ('"steam boiler"', "we need a [Steam Boiler] für Müller, 10吨蒸汽 锅炉, ﬁre +55 11 5555-0100"),
        ("蒸汽锅炉", "we need a Steam Boiler für Müller, 10吨[蒸汽 锅炉], ﬁre +55 11 5555-0100"),
        ("10吨", "we need a Steam Boiler für Müller, [10吨]蒸汽 锅炉, ﬁre +55 11 5555-0100"),
        ("muller", "we need a Steam Boiler für [Müller], 10吨蒸汽 锅炉, ﬁre +55 11 5555-0100"),
        ("fire", "we need a Steam Boiler für Müller, 10吨蒸汽 锅炉, [ﬁre] +55 11 5555-0100"),
        ("551155550100", "we need a Steam Boiler für Müller, 10吨蒸汽 锅炉, ﬁre +[55 11 5555-0100]"),
    ],
)
def test_a_hit_is_shown_as_it_was_written(typed: str, expected: str) -> None:
    text = "we need a Steam  Boiler für Müller,\n10吨蒸汽\n锅炉, ﬁre +55 11 5555-0100"

    assert shown(message(text), typed) == expected


def test_characters_that_are_not_looked_at_one_by_one_fold_to_one_each() -> None:
    plain = [chr(number) for number in (*range(0x80), *range(0x4E00, 0xA000))]

    assert [character for character in plain if len(fold(character)) != 1] == []


def test_a_hit_behind_what_folds_to_more_or_less_is_shown_in_its_place() -> None:
    text = "Cafe\u0301 ﬃ 蒸汽\u3099炉 Straße 1\u0301 " * 3 + "the boiler"

    assert shown(message(text), "boiler").endswith("the [boiler]")


def test_an_excerpt_is_cut_around_the_hit() -> None:
    excerpt = excerpt_of(message("word " * 200 + "boiler" + " more" * 200), "boiler")

    assert excerpt
    assert len(excerpt.text) <= 162
    assert excerpt.text.startswith("…word ")
    assert excerpt.text.endswith("…")
    assert [part.text for part in excerpt.parts if part.is_hit] == ["boiler"]


def test_the_piece_in_which_most_stands_is_shown_and_named() -> None:
    pieces = [*message("a boiler"), Piece(PieceKind.NOTE, "the boiler leaks")]

    excerpt = excerpt_of(pieces, "boiler leaks")

    assert excerpt
    assert (excerpt.kind, excerpt.text) == (PieceKind.NOTE, "the boiler leaks")
