"""Makes the HTML of a mail harmless in a process of its own, started for one mail and gone after it (``MailViewer``).

A page of the desk asks for it, so it is quicker to be given up than reading is.
"""

from __future__ import annotations

import sys

from liju_contact.guarded.limits import LENGTH_BYTES
from liju_contact.guarded.process import GuardedProcess, NoAnswer, Read
from liju_contact.usecases.mail_viewer import NoView

COMMAND = (sys.executable, "-m", "liju_contact.mail.showing")
WALL_SECONDS = 6.0
MOST_BYTES = 64 * 1024 * 1024


def view_html(raw: bytes, *, command: tuple[str, ...] = COMMAND, wall_seconds: float = WALL_SECONDS) -> str | NoView:
    """Return a harmless fragment, or why there is none; raises nothing for what the mail contains."""
    process = GuardedProcess(command, wall_seconds=wall_seconds)
    try:
        html = process.ask(raw, _read_html)
    except NoAnswer:
        return NoView.TOO_MUCH
    finally:
        process.close()
    return NoView.NONE_THERE if html is None else html


def _read_html(read: Read) -> str | None:
    has_html, length = read(1) == b"\1", int.from_bytes(read(LENGTH_BYTES), "big")
    if length > MOST_BYTES:
        raise ValueError("This is longer than any mail is shown.")
    html = read(length).decode()
    return html if has_html else None
