"""Notes that a status page was looked at, so that staff can tell when a link has come into other hands.

This is the one thing that reading writes (D9): the first visit of a network on a day, and nothing more. Opening a page
twice, or a scanner that follows the link, changes nothing that anybody acts on. The network is kept as a label that is
made with a secret for this one inquiry: staff see that two visits come from two networks, and not from which.
"""

from __future__ import annotations

import contextlib
from datetime import datetime

from liju_contact.domain.browser import read_browser
from liju_contact.domain.errors import StoreBusy
from liju_contact.store.visits import add_visit
from liju_contact.usecases.deps import Deps


def note_visit(deps: Deps, reference: str, *, network: str, browser: str, now: datetime) -> None:
    """Note a visit with what the visitor calls their ``browser``; a busy database is not waited for.

    That it is the first of its network on the day is told by the page that was read (``show_status``); should another
    come first, this one changes nothing.
    """
    label = deps.keys.network_label(reference, network)
    with contextlib.suppress(StoreBusy), deps.db.hurried(), deps.db.begin() as tx:
        add_visit(tx, reference, label, read_browser(browser), now)
