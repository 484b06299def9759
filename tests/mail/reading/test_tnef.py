from __future__ import annotations

import struct

import pytest

from liju_contact.mail.reading.tnef import BrokenTnefError, TnefFile, files_of
from tests.mail.reading.winmail import winmail

CONTENT = bytes(range(256)) * 5
WINMAIL = winmail(
    ("HEATIN~1.PDF", "Heating plan 热水锅炉.pdf", "application/PDF", CONTENT), ("图纸.dwg", "", "", b"AC1032")
)


def test_files_of() -> None:
    assert files_of(WINMAIL) == (
        TnefFile(name="Heating plan 热水锅炉.pdf", media_type="application/pdf", content=CONTENT),
        TnefFile(name="图纸.dwg", media_type="", content=b"AC1032"),
    )


def test_files_of_without_attachments() -> None:
    assert files_of(winmail()) == ()


@pytest.mark.parametrize("end", [10, 20, 40, 300, len(WINMAIL) - 400, len(WINMAIL) - 1])
def test_files_of_truncated(end: int) -> None:
    with pytest.raises(BrokenTnefError):
        files_of(WINMAIL[:end])


@pytest.mark.parametrize(
    "properties",
    [
        struct.pack("<I", 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x1E, 0x3707, 0xFFFFFFFF),
        struct.pack("<IHHII", 1, 0x1E, 0x3707, 1, 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x1003, 0x3707, 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x77, 0x3707, 1),
    ],
)
def test_files_of_with_properties_that_claim_too_much(properties: bytes) -> None:
    rendering = struct.pack("<BII14xH", 2, 0x9002, 14, 0)
    attribute = struct.pack("<BII", 2, 0x9005, len(properties)) + properties + b"\0\0"

    with pytest.raises(BrokenTnefError):
        files_of(winmail() + rendering + attribute)
