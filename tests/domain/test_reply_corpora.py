"""The visible text of public reply sets agrees with what four other projects expect of their own parsers.

The sets contradict each other in places, so not every case can be met: talon keeps signatures and forwarded letters,
Discourse folds both.
"""

from email import message_from_bytes, policy
from typing import Any

import pytest

from liju_contact.domain.visible_text import fold
from liju_contact.mail.reading.html_text import html_to_text
from tests.corpora import cases, content

SETS = ("reply_discourse", "reply_talon", "reply_github", "reply_zapier")
LEAST_SHARE = 0.88


def test_fold_meets_the_reply_sets() -> None:
    results = {name: [(case["id"], meets(name, case)) for case in checkable(name)] for name in SETS}

    for name, result in results.items():
        failed = [case for case, is_met in result if not is_met]
        print(f"{name}: {len(result) - len(failed)} of {len(result)}", *failed)  # noqa: T201  # the figure per set
    verdicts = [is_met for result in results.values() for _, is_met in result]
    assert sum(verdicts) >= LEAST_SHARE * len(verdicts)


@pytest.mark.parametrize("name", SETS)
def test_fold_loses_no_line_of_the_reply_sets(name: str) -> None:
    for case in cases(name):
        text = plain_text(name, case)

        folded = fold(text)

        words = (folded.visible + "\n" + folded.folded).split()
        assert sorted("".join(words)) == sorted("".join(text.split()))


def checkable(name: str) -> list[dict[str, Any]]:
    return [case for case in cases(name) if not case["expected"].get("optional")]


def meets(name: str, case: dict[str, Any]) -> bool:
    expected = case["expected"]
    visible = even(fold(plain_text(name, case)).visible)
    return (
        visible == even(expected.get("exact", visible))
        and all(part in visible for part in expected.get("contains", ()))
        and not any(part in visible for part in expected.get("not_contains", ()))
    )


def plain_text(name: str, case: dict[str, Any]) -> str:
    if "message" in case["files"]:
        message = message_from_bytes(content(name, case), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())
    if "html" in case["files"]:
        return html_to_text(content(name, case, "html").decode(errors="replace"))
    return content(name, case, "body").decode(errors="replace")


def even(text: str) -> str:
    """Return ``text`` as the sets compare it: without carriage returns and blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
