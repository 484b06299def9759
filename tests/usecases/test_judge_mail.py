"""The worker's round over received mail: trouble with reading, crashes, rivals, and files that are all there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from liju_contact.domain.inbound import RETRY_AFTER, TRIES, Decision
from liju_contact.domain.inquiry import Inquiry
from liju_contact.store.inbound import claim_inbound
from liju_contact.usecases.apply_mail import LONGEST_BODY
from liju_contact.usecases.decide_held import accept_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import BATCH, judge_waiting
from liju_contact.usecases.mail_reader import Unreadable
from tests.conftest import Clock
from tests.store.statements import Crash, crashing_at, listening
from tests.usecases.mails import (
    CUSTOMER,
    LI,
    PUBLIC,
    DirectReader,
    as_bytes,
    entry,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    receive,
    reply_to,
    with_inbound,
    with_staff,
)
from tests.usecases.stories import at_once, counts, rows, submit

EVA = "eva@there.example"
GIF, OTHER_GIF = b"GIF89a" + bytes(40), b"GIF89a" + bytes(41)
SLOW = Unreadable(words="It took too long.", is_final=False)
FINAL = Unreadable(words="It is too large.", is_final=True)


def judge(deps: Deps, *faults: Unreadable) -> int:
    return judge_waiting(deps, DirectReader(list(faults)))


def states(deps: Deps) -> list[tuple[str, int]]:
    return [(row["state"], row["attempt_count"]) for row in rows(deps.db, "inbound")]


def alarms(deps: Deps) -> int:
    return sum(row["kind"] == "alarm" for row in rows(deps.db, "letter"))


@dataclass
class FailingLetters:
    """The letters of the program, but one about an inquiry of Eva's makes the program fail."""

    real: Any

    def __getattr__(self, name: str) -> Callable[..., Any]:
        write = getattr(self.real, name)

        def written(*arguments: Any, **named: Any) -> Any:
            if arguments and isinstance(arguments[0], Inquiry) and arguments[0].email == EVA:
                raise Crash(name)
            return write(*arguments, **named)

        return written


def failing(deps: Deps) -> Deps:
    return replace(deps, letters=FailingLetters(deps.letters))


def test_what_can_never_be_read_is_parked_at_once_and_alarmed_once(deps: Deps) -> None:
    for number in range(3):
        receive(deps, mail(EVA, PUBLIC, f"Mail {number}"))

    judge(deps, FINAL, FINAL, FINAL)

    assert states(deps) == [("parked", 1)] * 3
    assert {row["words"] for row in rows(deps.db, "inbound")} == {"It is too large."}
    assert alarms(deps) == 1


def test_what_may_be_read_later_is_tried_three_times(deps: Deps, clock: Clock) -> None:
    receive(deps, mail(EVA, PUBLIC, "Hello."))

    for attempt in range(1, TRIES + 1):
        assert judge(deps, SLOW) == 1
        assert states(deps) == [("parked" if attempt == TRIES else "waiting", attempt)]
        assert judge(deps) == 0
        clock.move(seconds=RETRY_AFTER.total_seconds())

    assert (judge(deps), alarms(deps), rows(deps.db, "inquiry")) == (0, 1, [])


def test_what_is_read_at_the_second_attempt_is_applied(deps: Deps, clock: Clock) -> None:
    receive(deps, mail(EVA, PUBLIC, "Hello."))
    judge(deps, SLOW)
    clock.move(seconds=RETRY_AFTER.total_seconds())

    judge(deps)

    assert (states(deps), rows(deps.db, "inbound")[0]["words"]) == ([("applied", 2)], "")


def test_a_mail_over_the_size_limit_is_kept_and_parked(deps: Deps) -> None:
    deps = with_inbound(deps, size_limit_bytes=1000)

    found = judged(deps, mail(EVA, PUBLIC, "x" * 1000))

    assert (found["state"], found["bytes_count"] > 1000) == ("parked", True)
    assert counts(deps.db)["blob"] == 1


def test_a_mail_that_fails_to_apply_is_parked_at_the_third_time_and_holds_up_nobody(deps: Deps, clock: Clock) -> None:
    receive(deps, mail(EVA, PUBLIC, "Mine fails."))
    receive(deps, mail("ana@there.example", PUBLIC, "Mine does not."))
    broken = failing(deps)

    for _attempt in range(3 * TRIES):
        try:
            judge(broken)
        except Crash:
            clock.move(seconds=1)
        else:
            clock.move(seconds=RETRY_AFTER.total_seconds())

    assert [state for state, _ in states(deps)] == ["parked", "applied"]
    assert [row["email"] for row in rows(deps.db, "inquiry")] == ["ana@there.example"]
    assert alarms(deps) == 1
    assert "log says why" in rows(deps.db, "inbound")[0]["words"]


def test_a_judge_that_died_after_its_claim_loses_nothing(deps: Deps, clock: Clock) -> None:
    receive(deps, mail(EVA, PUBLIC, "Hello."))
    with deps.db.begin() as tx:
        claim_inbound(tx, limit=BATCH, retry_after=RETRY_AFTER, now=deps.now())

    assert judge(deps) == 0
    clock.move(seconds=RETRY_AFTER.total_seconds())
    assert judge(deps) == 1

    assert (len(rows(deps.db, "inquiry")), states(deps)) == (1, [("applied", 2)])


def test_a_crash_at_any_statement_leaves_all_of_it_or_a_mail_that_waits(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    submit(deps)
    answer = as_bytes(reply_to(letter_to(deps, LI), LI, "Two are fine."))
    receive(deps, answer)
    with listening(deps.db) as said:
        judge(deps)
    whole = counts(deps.db)

    receive(deps, answer.replace(b"Two are fine.", b"Two are FINE."))
    for number in range(len(said)):
        before = counts(deps.db)
        with pytest.raises(Crash), crashing_at(deps.db, number):
            judge(deps)
        assert counts(deps.db) == before
        with deps.db.begin() as tx:
            tx.exec_driver_sql("UPDATE inbound SET attempt_count = 0 WHERE state = 'waiting'")
        clock.move(seconds=RETRY_AFTER.total_seconds())
    judge(deps)

    assert states(deps)[-1][0] == "applied"
    assert counts(deps.db)["message"] == whole["message"] + 1
    assert [kind for kind, _ in letters(deps)].count("answer") == 2


@pytest.mark.parametrize("count", [1, 3])
def test_two_judges_at_the_same_moment_apply_once(deps: Deps, count: int) -> None:
    for number in range(count):
        receive(deps, mail(EVA, PUBLIC, f"Mail {number}"))

    claimed = at_once(2, lambda _turn: judge(deps))

    assert sum(claimed) == count
    assert len(rows(deps.db, "inquiry")) == count
    assert states(deps) == [("applied", 1)] * count


def test_a_slow_judge_whose_mail_another_has_judged_meanwhile_applies_nothing(deps: Deps, clock: Clock) -> None:
    receive(deps, mail(EVA, PUBLIC, "Hello."))

    class SlowReader(DirectReader):
        def read(self, raw: bytes) -> Any:
            clock.move(seconds=RETRY_AFTER.total_seconds())
            judge(deps)
            return super().read(raw)

    judge_waiting(deps, SlowReader())

    assert (len(rows(deps.db, "inquiry")), states(deps)) == (1, [("applied", 2)])


def test_a_judge_that_is_stopped_gives_back_what_it_has_not_begun(deps: Deps) -> None:
    receive(deps, mail(EVA, PUBLIC, "Hello."))

    judge_waiting(deps, DirectReader(), is_stopping=lambda: True)

    assert states(deps) == [("waiting", 0)]
    assert judge(deps) == 1


def signed(text: str, picture: bytes = GIF, sender: str = EVA) -> bytes:
    """Return a mail whose writer's company puts a picture below each."""
    message = mail(sender, PUBLIC, text)
    message.add_related(picture, maintype="image", subtype="gif", cid="<logo>", disposition="inline")
    return as_bytes(message)


def shown(deps: Deps) -> list[int]:
    """Return how many files each message shows."""
    with_files = [row["message_id"] for row in rows(deps.db, "file")]
    return [with_files.count(row["id"]) for row in rows(deps.db, "message")]


def test_a_picture_that_comes_a_third_time_from_one_domain_is_folded(deps: Deps) -> None:
    for number in range(4):
        judged(deps, signed(f"Mail {number}"))
    judged(deps, signed("Another picture.", OTHER_GIF))
    judged(deps, signed("Another company.", sender="li@elsewhere.example"))

    assert shown(deps) == [1, 1, 0, 0, 1, 1]
    assert [row["is_folded"] for row in rows(deps.db, "inbound_file")] == [False, False, True, True, False, False]


def test_a_mail_that_is_judged_anew_does_not_count_its_picture_again(deps: Deps) -> None:
    for number in range(2):
        raw = signed(f"Mail {number}").replace(b"Subject:", b"X-Spam-Flag: YES\r\nSubject:", 1)
        accept_mail(deps, judged(deps, raw)["id"], Decision.ACCEPT, by="test", now=deps.now())
        judge(deps)

    assert shown(deps) == [1, 1]


def test_every_part_of_a_mail_is_a_row_or_the_entry_says_why_not(deps: Deps) -> None:
    message = mail(EVA, PUBLIC, "See the files.")
    for number in range(12):
        message.add_attachment(
            b"%PDF-1.7" + bytes([number % 3]), maintype="application", subtype="pdf", filename="a.pdf"
        )
    message.add_attachment(b"MZ" + bytes(20), maintype="application", subtype="octet-stream", filename="..\\run.exe")
    message.add_attachment(b"", maintype="text", subtype="calendar", filename="")
    message.add_attachment(mail(LI, EVA, "Nested."))

    found = judged(deps, message)

    parts = len(list(message.iter_attachments()))
    assert len(rows(deps.db, "inbound_file")) == parts == 15
    assert [row["position"] for row in rows(deps.db, "inbound_file")] == list(range(parts))
    assert (len(rows(deps.db, "file")), found["words"]) == (parts, "")


def test_a_very_long_text_is_cut_in_the_conversation_and_kept_whole(deps: Deps) -> None:
    found = judged(deps, mail(EVA, PUBLIC, "A boiler.\n" * 20_000))

    [(_, _, body)] = messages(deps)
    assert LONGEST_BODY <= len(body) <= LONGEST_BODY + 100
    assert (body.endswith("[…]"), found["bytes_count"] > 200_000) == (True, True)


@pytest.mark.parametrize("field", ["Subject", "From", "To", "References", "In-Reply-To", "Message-ID", "Content-Type"])
@pytest.mark.parametrize("damage", [b"\0", b"\xff\xfe", "\ud800".encode("utf-8", "surrogatepass"), b"=?utf-8?b?AAA=?="])
def test_damage_in_a_field_does_not_stop_a_mail(deps: Deps, field: str, damage: bytes) -> None:
    deps = with_staff(deps)
    submit(deps)
    raw = as_bytes(reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "Hello."))
    head, _, rest = raw.partition(f"{field}: ".encode())
    raw = head + f"{field}: ".encode() + damage + rest

    found = judged(deps, raw)

    assert (found["state"] in {"applied", "held"}, entry(deps, found["id"])["attempt_count"]) == (True, 1)
