"""The real program behind a real browser: one server and one Chromium for all tests, a fresh visitor for each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from liju_contact.store.database import Database
from liju_contact.store.schema import migrate
from tests.chromium import open_browser
from tests.program import Program, running

PROJECT = Path(__file__).parents[2]
START_SECONDS = 60.0
expect.set_options(timeout=20_000)  # a machine may be busy; what is there already is not waited for
# What a browser says about every answer that is no 2xx, wanted or not; when a summary has the focus already; and when
# axe speaks to a frame that may run nothing.
_EXPECTED_REMARKS = (
    "Failed to load resource: ",
    "Autofocus processing was blocked",
    "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided",
)

# A machine and a network on which a test that does not wait for what it needs is found out.
_SLOW_BROWSER = os.environ.get("LIJU_TEST_SLOW_BROWSER") == "1"
_SLOWER_TIMES = 6
_LATENCY_MS = 300

NewPage = Callable[..., Page]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the program running on an instance of its own, with the settings that ship."""
    instance = tmp_path_factory.mktemp("instance")
    example = (PROJECT / "instance" / "config.example.toml").read_text("utf-8")
    (instance / "config.toml").write_text(example.replace("@secret@", "s" * 64), "utf-8")
    database = Database(f"sqlite:///{instance / 'liju.db'}")
    migrate(database)
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "8", "-b", address, "wsgi:app"]
    environment = {**os.environ, "LIJU_INSTANCE": str(instance), "LIJU_LIMITS_PROOF_FROM_NETWORK": "0"}
    with (instance / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        wait_until_open(f"http://{address}/", process, instance / "log")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="package")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The whole program as a newcomer starts it: with a worker, and a post office that shows its letters."""
    with running(tmp_path_factory.mktemp("program") / "instance") as program:
        yield program


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        if _SLOW_BROWSER:
            browser.on("context", lambda context: context.on("page", slow_down))
        yield browser


@pytest.fixture
def new_page(browser: Browser, server: str) -> Iterator[NewPage]:
    """Return a way to open a page as one more visitor; its arguments are those of ``Browser.new_context``.

    Whatever a page complains about fails the test at its end, a violated content policy too.
    """
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_EXPECTED_REMARKS):
            complaints.append(message.text)

    def open_page(**options: Any) -> Page:
        # Without the transition between two pages, which a test would only wait for.
        usual = {"base_url": server, "locale": "en-GB", "reduced_motion": "reduce"}
        context = browser.new_context(**{**usual, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def open_program(new_page: NewPage, program: Program) -> NewPage:
    """Return a way to open a page of the whole program; its arguments are those of ``new_page``."""
    return lambda **options: new_page(**{"base_url": f"http://127.0.0.1:{program.port}", **options})


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


def slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER_TIMES})
    network = {"offline": False, "latency": _LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", network)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=5):  # noqa: S310  # our own server
                return
        except (URLError, ConnectionError, TimeoutError):  # also while the machine is busy
            time.sleep(0.05)
    pytest.fail(f"The program did not start:\n{log.read_text('utf-8', 'replace')}")
