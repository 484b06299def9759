"""Which passwords are taken, and how they are spelled."""

from __future__ import annotations

import pytest

from liju_contact.domain.password import (
    Weakness,
    make_password,
    make_recovery_code,
    normalise,
    read_recovery_code,
    weakness_of,
)

PERSONAL = ("li.wei@liju.example", "Li Wei")


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("", Weakness.TOO_SHORT),
        ("kettle-41", Weakness.TOO_SHORT),
        ("purple-kettle-41", None),
        ("correct horse battery", None),
        ("蒸汽锅炉今天真的非常热啊", None),
        ("x y " * 250, Weakness.COMMON),
        ("long enough " * 100, Weakness.TOO_LONG),
        ("1234567890", Weakness.COMMON),
        ("P@ssw0rd123!", Weakness.COMMON),
        ("qwertyuiop12", Weakness.COMMON),
        ("1q2w3e4r5t", Weakness.COMMON),
        ("aaaaaaaaaaaaa", Weakness.COMMON),
        ("woaini1314520", Weakness.COMMON),
        ("LijuBoiler2026", Weakness.COMMON),
        ("li.wei.2026", Weakness.PERSONAL),
        ("Li Wei Li Wei 88", Weakness.PERSONAL),
        ("li.wei@liju.example", Weakness.PERSONAL),
        ("ｌｉ．ｗｅｉ＠ｌｉｊｕ．ｅｘａｍｐｌｅ", Weakness.PERSONAL),  # noqa: RUF001  # what a Chinese keyboard types
    ],
)
def test_password_is_judged(password: str, weakness: Weakness | None) -> None:
    assert weakness_of(password, personal=PERSONAL) == weakness


def test_password_is_the_same_from_every_keyboard() -> None:
    assert normalise("Ｋｅｔｔｌｅ　４１") == "Kettle 41"  # noqa: RUF001  # what a Chinese keyboard types
    assert normalise("cafe\u0301") == normalise("café")
    assert normalise(" kettle ") == " kettle "
    assert normalise("kettle\0\udc80").encode()


def test_made_password_is_good_and_has_nothing_that_looks_alike() -> None:
    made = [make_password(bytes([number] * 10)) for number in range(256)]

    assert {weakness_of(password, personal=PERSONAL) for password in made[3:250]} <= {None, Weakness.COMMON}
    assert set("".join(made)) & set("01ilo") == set()
    assert {len(password) for password in made} == {19}
    assert len(set(made)) == 256


def test_recovery_code_may_be_copied_carelessly() -> None:
    code = make_recovery_code(b"abcdefg")

    assert read_recovery_code(f"  {code.upper().replace('-', ' ')} ") == code
    assert read_recovery_code("ａ" * 1000)  # noqa: RUF001  # what a Chinese keyboard types
