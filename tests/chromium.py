"""The browser that the tests drive. Where there is none, what needs it is skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

# The one without windows draws the same pages for a third of the work.
_PLACES = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(os.path.exists, _PLACES), _PLACES[-1])
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # One process for all pages: each would begin with some tenths of a second of its own.
    "--renderer-process-limit=1",
    "--disable-features=SpareRendererForSitePerProcess",
)


@contextmanager
def open_browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no browser at {CHROMIUM}; the variable CHROMIUM names another place.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()
