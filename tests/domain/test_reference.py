"""References are readable, forgiving to type, and their check character notices what people get wrong."""

import random
import re
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.reference import ALPHABET, Reference, make_reference, read_reference
from tests.corpora import hostile_values

RANDOM = random.Random(20261107)
SAMPLES = [make_reference(RANDOM.randbytes(5)) for _ in range(60)]
PLACES = [3, 4, 5, 6, 8, 9, 10, 11]


def with_characters(reference: str, changes: dict[int, str]) -> str:
    return "".join(changes.get(place, character) for place, character in enumerate(reference))


def test_alphabet_has_no_lookalikes() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@given(st.binary(min_size=5, max_size=16))
def test_reference_has_its_form_and_is_read_back(random_bytes: bytes) -> None:
    reference = make_reference(random_bytes)

    assert re.fullmatch(f"LJ-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", reference)
    assert read_reference(reference) == reference


def test_reference_uses_all_35_bits() -> None:
    single_bits = {make_reference((1 << bit).to_bytes(5, "big")) for bit in range(35)}

    assert len(single_bits) == 35
    assert make_reference(bytes(5)).startswith("LJ-0000-000")


def test_reference_without_enough_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        make_reference(b"1234")


def test_reference_takes_the_prefix_it_is_given() -> None:
    reference = make_reference(b"abcde", "OIL")

    assert reference.startswith("OIL-")
    assert read_reference(reference.lower(), "OIL") == reference
    assert read_reference(reference[4:], "OIL") == reference


def test_every_wrong_character_is_noticed() -> None:
    for reference in SAMPLES:
        for place in PLACES:
            for character in set(ALPHABET) - {reference[place]}:
                assert read_reference(with_characters(reference, {place: character})) is None


def test_every_exchange_of_two_characters_is_noticed() -> None:
    for reference in SAMPLES:
        for one, other in combinations(PLACES, 2):
            if reference[one] != reference[other]:
                exchanged = with_characters(reference, {one: reference[other], other: reference[one]})
                assert read_reference(exchanged) is None


def test_every_exchange_is_noticed_whatever_the_characters() -> None:
    """The check is linear, so an exchange is judged by its difference alone: every place pair with every difference."""
    zeros = make_reference(bytes(5))
    check = ALPHABET.index(zeros[-1])
    for one, other in combinations(PLACES, 2):
        for difference in range(1, 32):
            changes = {one: ALPHABET[difference], other: ALPHABET[difference ^ (check if other == 11 else 0)]}
            assert read_reference(with_characters(zeros, changes)) is None


def test_the_first_guess_is_no_reference() -> None:
    assert read_reference("LJ-0000-0000") is None


def test_only_one_check_character_fits() -> None:
    for reference in SAMPLES:
        fitting = [last for last in ALPHABET if read_reference(reference[:-1] + last)]
        assert fitting == [reference[-1]]


@pytest.mark.parametrize(
    "typed",
    [
        "LJ-0A1B-2C{}",
        "lj-0a1b-2c{}",
        "LJ0A1B2C{}",
        " 0A1B 2C{} ",
        "0a1b2c{}",
        "LJ-OAIB-2C{}",
        "lj-oalb-2c{}",
        "ＬＪ－０Ａ１Ｂ－２Ｃ{}",  # noqa: RUF001  # full-width on purpose
        "LJ – 0A1B – 2C{}",  # noqa: RUF001  # en dashes on purpose
        "#LJ_0A1B_2C{}.",
        "LJ\u200b-0A1B-\u00ad2C{}\n",
        "1J-0A1B-2C{}",
    ],
)
def test_read_reference_forgives(typed: str) -> None:
    number = sum(ALPHABET.index(character) << 5 * place for place, character in enumerate("0A1B2C3"))
    reference = make_reference(number.to_bytes(5, "big"))

    assert read_reference(typed.format(f"3{reference[-1]}")) == reference


@pytest.mark.parametrize(
    "typed", ["", "LJ", "LJ-0000-000", "LJ-0000-00000", "XX-0000-0000", "LJ-0000-000U", "零000-0000", "LJLJ-0000-0000"]
)
def test_read_reference_of_something_else_is_none(typed: str) -> None:
    assert read_reference(typed) is None


@given(st.text())
def test_read_reference_never_raises(typed: str) -> None:
    reference = read_reference(typed)

    assert reference is None or read_reference(reference) == Reference(reference)


def test_read_reference_is_quick_with_hostile_values() -> None:
    started = time.process_time()

    for value in ["\ufdfa" * 100_000, "-" * 100_000, *hostile_values()]:
        assert read_reference(value) is None

    assert time.process_time() - started < 5
