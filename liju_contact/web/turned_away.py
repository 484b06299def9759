"""What the public doors have in common when they turn something away: who it was, noting it, and when to come again.

Whoever sent it gets everything back; the note is for staff, should they give up.
"""

from __future__ import annotations

import contextlib

from flask import Response, make_response, request

from liju_contact.domain.errors import StoreBusy, TooOften
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalReason
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller
from liju_contact.usecases.note_refusal import note_refusal
from liju_contact.usecases.staff_session import recognise
from liju_contact.vocabulary import FIELDS
from liju_contact.web.form_token import FIELD, read_sent_token
from liju_contact.web.inquiry_form import NOTICE_FIELD
from liju_contact.web.network import network_of
from liju_contact.web.rendering import current_deps, current_language, current_wording
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.cookies import cookie_name
from liju_contact.web.uploads import Uploads

TOO_MANY = 429
_TYPED = frozenset({*FIELDS, *(f"{name}_unit" for name in FIELDS), "body", "stars", "words", NOTICE_FIELD}) - {"files"}
_NOTHING = Uploads(files=(), errors=())


def current_caller(deps: Deps) -> Caller:
    return Caller(network=network_of(request.remote_addr), is_staff=_is_staff(deps))


def why_not_accepted(deps: Deps) -> RefusalReason | None:
    """Return what is wrong with the token of the form that was sent; None when it is good."""
    if read_sent_token(deps) is not None:
        return None
    is_ours = deps.keys.read_form_token(request.form.get(FIELD, "")) is not None
    return RefusalReason.STALE_TOKEN if is_ours else RefusalReason.BAD_TOKEN


def note(door: PublicDoor, reason: RefusalReason, uploads: Uploads = _NOTHING, *, reference: str = "") -> None:
    """Keep what was sent for staff, with the files that are here."""
    deps = current_deps()
    token = deps.keys.read_form_token(request.form.get(FIELD, ""))
    note_refusal(
        deps,
        door=door,
        reason=reason,
        typed={name: value for name, value in request.form.items() if name in _TYPED},
        files=uploads.files,
        left_out_count=len(uploads.errors),
        network=network_of(request.remote_addr),
        nonce=token.nonce if token else "",
        language=current_language(),
        reference=reference,
        now=deps.now(),
    )


def come_again(error: TooOften) -> str:
    """Return the sentence that says when to try again."""
    time = current_wording().duration(error.retry_seconds)
    return (
        _("We cannot take this just now: a great deal has come in. Nothing you typed is lost. Please send again in %s.")
        % time
    )


def answered(body: str, status: int, *, retry_seconds: int = 0) -> Response:
    response = make_response(body, status)
    if retry_seconds:
        response.headers["Retry-After"] = str(retry_seconds)
    return response


def _is_staff(deps: Deps) -> bool:
    """Tell whether somebody signed in to the desk sends this; customers have no cookie, and are not looked for."""
    token = request.cookies.get(cookie_name(), "")
    with contextlib.suppress(StoreBusy):
        return bool(token) and recognise(deps, token, now=deps.now()) is not None
    return False
