"""The signed token in every public form: it needs no session and no cookie, and is good for days.

It carries a nonce, which makes the same form sent twice one thing, and the time the form was opened. A token that is
old, from another installation or missing loses nothing: the form comes back filled, with a fresh one.
"""

from __future__ import annotations

from datetime import timedelta

from flask import request

from liju_contact.domain.keys import NONCE_BYTES, FormToken
from liju_contact.usecases.deps import Deps

FIELD = "token"


def new_form_token(deps: Deps) -> str:
    return deps.keys.make_form_token(deps.random_bytes(NONCE_BYTES), deps.now())


def read_sent_token(deps: Deps) -> FormToken | None:
    """Return the token of the form that was sent, if it is ours and still good."""
    token = deps.keys.read_form_token(request.form.get(FIELD, ""))
    lifetime = timedelta(days=deps.settings.web.form_token_days)
    return token if token and token.is_fresh(deps.now(), lifetime) else None
