"""Authentication-Results: only what our own server found counts."""

from __future__ import annotations

import pytest

from liju_contact.domain.authentication import dmarc_failed

OURS, THEIRS = "mx.liju.example; dmarc=fail", "mx.elsewhere.example; dmarc=fail"
PASSED = "mx.liju.example; spf=pass smtp.mailfrom=x; dkim=pass; dmarc=pass (p=reject; dmarc=fail) header.from=y"


@pytest.mark.parametrize(
    ("values", "server", "failed"),
    [
        ([], None, False),
        ([OURS], None, True),
        ([OURS], "mx.liju.example", True),
        ([OURS], "MX.LIJU.example", True),
        ([THEIRS], "mx.liju.example", False),
        ([THEIRS, OURS], "mx.liju.example", True),
        ([PASSED, OURS], "mx.liju.example", False),  # the first of our own counts; the rest came with the mail
        ([PASSED, THEIRS], None, False),
        ([THEIRS, PASSED], None, True),  # the most a forger can do is to have their own mail held
        (["mx.liju.example 1; DMARC = FAIL action=none"], "mx.liju.example", True),
        (["mx.liju.example; none"], "mx.liju.example", False),
        (["mx.liju.example; dmarc=temperror"], None, False),
        ([""], None, False),
        (["; dmarc=fail"], "mx.liju.example", False),
        (["(" * 50_000 + ")" * 50_000], None, False),
    ],
)
def test_dmarc_has_failed_when_our_server_says_so(values: list[str], server: str | None, failed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert dmarc_failed(values, server) == failed
