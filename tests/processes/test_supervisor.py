"""The supervisor with real processes: nothing stays down, nothing is left behind, nothing is cut off too early."""

from __future__ import annotations

import os
import signal
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from tests.processes.families import PATIENCE_SECONDS, family, is_alive, wait_until


def test_a_killed_child_is_started_again_at_once(tmp_path: Path) -> None:
    with family(tmp_path, "steady") as running:
        [first] = running.wait_for("steady")

        os.kill(first.pid, signal.SIGKILL)
        _, second = running.wait_for("steady", 2)

        assert second.pid != first.pid
        assert second.at - first.at < 2
        assert is_alive(running.parent.pid)


def test_the_other_children_are_left_alone(tmp_path: Path) -> None:
    with family(tmp_path, "steady", "draining") as running:
        [killed] = running.wait_for("draining")
        [other] = running.wait_for("steady")

        os.kill(killed.pid, signal.SIGKILL)
        running.wait_for("draining", 2)

        assert is_alive(other.pid)
        assert len(running.starts("steady")) == 1


def test_a_child_that_keeps_failing_is_started_more_and_more_slowly(tmp_path: Path) -> None:
    with family(tmp_path, "failing") as running:
        starts = running.wait_for("failing", 4)

    pauses = [after.at - before.at for before, after in pairwise(starts)]
    assert [round(pause) for pause in pauses] == [0, 1, 2]


def test_a_child_that_fails_says_why(tmp_path: Path) -> None:
    with family(tmp_path, "broken") as running:
        running.wait_for("broken")
        running.wait_for("broken", 2)
        running.parent.terminate()
        running.parent.wait(PATIENCE_SECONDS)

        words = running.words()
    assert "The broken process failed." in words
    assert "ZeroDivisionError" in words
    assert "The broken process ended (status 256); starting it again in 0 s." in words


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_children_finish_and_ends_with_0(tmp_path: Path, signal_number: int) -> None:
    with family(tmp_path, "draining", "steady") as running:
        [draining] = running.wait_for("draining")
        [steady] = running.wait_for("steady")
        running.wait_for("parent")

        running.parent.send_signal(signal_number)

        assert running.parent.wait(PATIENCE_SECONDS) == 0
        assert [start.pid for start in running.starts("drained")] == [draining.pid]
        assert (is_alive(draining.pid), is_alive(steady.pid)) == (False, False)


def test_a_child_that_others_speak_to_is_there_until_they_have_ended(tmp_path: Path) -> None:
    with family(tmp_path, "serving", "draining") as running:
        running.wait_for("serving")
        running.wait_for("draining")
        running.wait_for("parent")

        running.parent.terminate()

        assert running.parent.wait(PATIENCE_SECONDS) == 0
        [drained], [left] = running.starts("drained"), running.starts("left")
        assert drained.at < left.at


def test_a_child_that_others_speak_to_is_killed_with_them_when_the_drain_time_is_over(tmp_path: Path) -> None:
    with family(tmp_path, "serving", "stubborn", drain_seconds=0.5) as running:
        [serving] = running.wait_for("serving")
        [stubborn] = running.wait_for("stubborn")
        running.wait_for("parent")

        running.parent.terminate()

        assert running.parent.wait(PATIENCE_SECONDS) == 1
        assert (is_alive(serving.pid), is_alive(stubborn.pid)) == (False, False)


def test_a_signal_while_a_child_waits_for_its_next_start_ends_at_once(tmp_path: Path) -> None:
    with family(tmp_path, "failing") as running:
        last = running.wait_for("failing", 4)[-1]  # and now it pauses for four seconds
        running.parent.terminate()

        assert running.parent.wait(PATIENCE_SECONDS) == 0
        assert time.monotonic() - last.at < 3.5


def test_a_child_that_ignores_sigterm_is_killed_after_the_drain_time(tmp_path: Path) -> None:
    with family(tmp_path, "stubborn", "steady", drain_seconds=1.0) as running:
        [stubborn] = running.wait_for("stubborn")
        running.wait_for("parent")
        begun = time.monotonic()

        running.parent.terminate()

        assert running.parent.wait(PATIENCE_SECONDS) == 1
        assert time.monotonic() - begun > 0.9
        wait_until(lambda: not is_alive(stubborn.pid), "the end of the child")
        assert "The stubborn process did not stop in time and is killed." in running.words()


def test_kill_9_of_the_parent_leaves_no_child(tmp_path: Path) -> None:
    with family(tmp_path, "steady", "stubborn", "draining") as running:
        pids = [running.wait_for(kind)[0].pid for kind in ("steady", "stubborn", "draining")]

        running.parent.kill()
        running.parent.wait(PATIENCE_SECONDS)
        wait_until(lambda: not any(map(is_alive, pids)), "the end of all children")


def test_children_take_the_default_signals_and_their_names(tmp_path: Path) -> None:
    with family(tmp_path, "steady") as running:
        [steady] = running.wait_for("steady")

        assert psutil.Process(steady.pid).name() == "steady"
        os.kill(steady.pid, signal.SIGTERM)
        running.wait_for("steady", 2)
