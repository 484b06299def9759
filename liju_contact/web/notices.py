"""What a form says when it comes back although its fields were right: the same words on every page."""

from __future__ import annotations

import logging

from flask import request

from liju_contact.domain.errors import StoreBusy
from liju_contact.web.rendering import translated as _

_log = logging.getLogger(__name__)


def stale_notice() -> str:
    return _("This page was open for a long time. Everything is still here: please send once more.")


def busy_notice(error: StoreBusy) -> str:
    """Return what somebody reads who has to send again; the operator reads the reason in the log."""
    log_busy(error)
    return _("Our database is busy just now. Nothing you typed is lost: please send again in a moment.")


def log_busy(error: StoreBusy) -> None:
    """Log with the name of the view and never with its address, which may hold a key."""
    _log.warning("The view %s could not be served: %s", request.endpoint, error)
