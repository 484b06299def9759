"""What the process that makes pictures may say: a small picture of ours or a few words, and nothing else."""

from __future__ import annotations

import io

import pytest

from liju_contact.domain.picture import NoPicture, Picture
from liju_contact.pictures.wire import read_answer_from, write_answer

PICTURE = Picture(content=b"RIFF\0\0\0\0WEBPVP8 ", width=480, height=1)


@pytest.mark.parametrize("answer", [PICTURE, NoPicture(words="It is torn: 坏了.", is_final=True)])
def test_answer_arrives_as_it_was_given(answer: Picture | NoPicture) -> None:
    stream = io.BytesIO()
    write_answer(stream, answer)

    assert read_answer_from(io.BytesIO(stream.getvalue()).read) == answer


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\2\0\0\0\0",
        b"\1\xff\xff\xff\xff" + bytes(100),
        b"\1\0\0\0\x10\0\0\0\1RIFF\0\0\0\0WEBP",
        b"\1\0\0\0\x10\1\xe1\0\1RIFF\0\0\0\0WEBP",
        b"\1\0\0\0\x10\0\1\0\1<svg onload=1>",
        b"\1\0\0\0\0",
        b"\0\0\0\0\2\xff\xfe",
    ],
    ids=["nothing", "kind", "length", "no width", "too wide", "no webp", "empty", "no text"],
)
def test_anything_else_is_no_answer(octets: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_answer_from(io.BytesIO(octets).read)
