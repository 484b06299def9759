"""What links, forms and cookies carry back may be anything: nothing raises, and only what was made here is ours."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liju_contact.domain.inquiry_list import Cursor, ListQuery
from liju_contact.domain.keys import NONCE_BYTES, Keyring
from liju_contact.domain.page_mark import Mark, read_mark
from liju_contact.domain.status_links import without_status_keys

KEYS = Keyring("a secret that only the tests know, and long enough")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TOKEN = KEYS.make_form_token(bytes(NONCE_BYTES), NOW)
ANY_TEXT = st.text(max_size=120) | st.text(string.ascii_letters + string.digits + "-_.~:+TZ/=\u0663", max_size=80)
MOMENTS = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-23",
    "2026-11-23T02:00:00Z",
    "20261123T02",
)


@given(ANY_TEXT)
@example(TOKEN[:-1])
@example(TOKEN.replace("A", "\u0410"))
def test_nothing_made_up_is_a_token_or_key_of_ours(written: str) -> None:
    assert KEYS.read_form_token(written) is None
    assert not KEYS.opens(written, "LJ-7K3F-9Q2X", 1)
    assert not KEYS.file_is_sealed("[]", written)
    assert KEYS.read_step(written) is None
    assert KEYS.read_attempt(written) is None
    assert KEYS.read_challenge(written.encode("utf-8", "replace"), "sign in") is None


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="ascii"))
def test_token_with_one_other_character_is_none(place: int, sign: str) -> None:
    other = TOKEN[:place] + sign + TOKEN[place + 1 :]

    assert KEYS.read_form_token(other) is None or other == TOKEN


@given(ANY_TEXT, st.sampled_from(MOMENTS), st.integers() | st.text(max_size=30))
def test_any_place_in_a_list_is_read_or_none(written: str, moment: str, id_: int | str) -> None:
    for text in (written, f"{moment}~{id_}", f"{moment}_{id_}", f"{moment}.{id_}"):
        mark = read_mark(text)
        assert mark is None or read_mark(str(mark)) == mark
        for is_backward in (True, False):
            cursor = Cursor.read(text, is_backward=is_backward)
            assert cursor is None or Cursor.read(str(cursor), is_backward=is_backward) == cursor


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00~1", "0001-01-01T00:00:00+00:01~0"])
def test_moment_before_all_time_is_no_mark(written: str) -> None:
    assert read_mark(written) is None


def test_mark_is_read_as_it_is_written() -> None:
    assert read_mark(str(Mark(at=NOW, id=7))) == Mark(at=NOW, id=7)


@given(st.dictionaries(st.sampled_from([*ListQuery.read({}).words(), "q", "after", "state", "since"]), ANY_TEXT))
def test_any_address_of_a_list_is_read(args: dict[str, str]) -> None:
    ListQuery.read(args).to_query()


@given(st.text(max_size=200))
def test_masking_leaves_what_has_no_link_alone_and_is_settled(text: str) -> None:
    masked = without_status_keys(text)

    assert without_status_keys(masked) == masked
    assert masked == text or "inquiry" in text.lower()
