"""What axe-core finds on a page that a browser shows."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = "options => axe.run(document, options).then(results => results.violations)"
_ALL_RULES = {"resultTypes": ["violations"]}
_CONTRAST_ALONE = {**_ALL_RULES, "runOnly": ["color-contrast"]}


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds in light, and what the dark colours alone can change.

    Axe comes into the page once, and only what it finds comes out: both take as long as the looking itself.
    """
    page.wait_for_load_state()  # a page that is on its way has nothing yet, and least of all a fault
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_RUN, _ALL_RULES)
    page.emulate_media(color_scheme="dark")
    return [*found, *page.evaluate(_RUN, _CONTRAST_ALONE)]
