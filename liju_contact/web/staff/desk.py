"""The door of the desk: who is signed in, what they may do, and that a form is theirs.

A route of the desk names its action with ``@needs``; one that names none is closed to everybody. Nothing changes by
GET (D9); everything else carries the session's ``csrf`` field (or the header ``X-CSRF``, for scripts). Somebody whose
session has ended gets the sign-in page with everything they sent in it: it is sent again afterwards, so nothing typed
is lost.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import Forbidden
from liju_contact.domain.person import Action, Person
from liju_contact.usecases.staff_session import LIFETIME, SignedIn, recognise
from liju_contact.web.form_token import new_form_token
from liju_contact.web.rendering import asked_language, current_deps, render, use_language

CSRF_FIELD = "csrf"
_CSRF_HEADER = "X-CSRF"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NO_CONTENT_OF_OURS = frozenset({CSRF_FIELD, "token", "password", "code"})
_RESUMED_CHARACTERS = 400_000  # of fields that are carried over a sign-in; more is no form of ours
_View = TypeVar("_View", bound=Callable[..., Any])


def needs(action: Action) -> Callable[[_View], _View]:
    """Say which action a view of the desk is; it stands below the route's own decorator."""

    def mark(view: _View) -> _View:
        view.liju_action = action  # type: ignore[attr-defined]  # read by the guard below and by the authorisation test
        return view

    return mark


def action_of(endpoint: str) -> Action | None:
    """Return the action a view is, None for one that was given none."""
    return getattr(current_app.view_functions.get(endpoint), "liju_action", None)


def desk_blueprint(name: str, module: str, *, prefix: str = "/staff") -> Blueprint:
    """Return a blueprint whose every view is guarded."""
    blueprint = Blueprint(name, module, url_prefix=prefix)
    blueprint.before_request(_guard)
    return blueprint


def current_person() -> Person:
    return current_sign_in().person


def current_sign_in() -> SignedIn:
    signed_in: SignedIn = g.signed_in
    return signed_in


def find_sign_in() -> SignedIn | None:
    """Return who makes this request, also on a page that needs nobody."""
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        deps = current_deps()
        signed_in = g.signed_in = recognise(deps, request.cookies.get(cookie_name(), ""), now=deps.now())
    return signed_in


def render_desk(template: str, *, room: str = "", q: str = "", **context: Any) -> str:
    """Render a page of the desk: ``person``, ``csrf`` and ``may`` are there for every one of them.

    ``room`` is the entry of the bar it belongs to, ``q`` what stands in the search field.
    """
    signed_in = current_sign_in()
    may = {action.name.lower(): signed_in.person.may(action) for action in Action}
    return render(template, person=signed_in.person, csrf=signed_in.csrf, may=may, room=room, q=q, **context)


def cookie_name() -> str:
    """Return the cookie's name; with ``__Host-`` a browser takes it from this host over HTTPS alone."""
    return "__Host-liju-staff" if _is_https() else "liju-staff"


def give_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(), token, max_age=int(LIFETIME.total_seconds()), secure=_is_https(), httponly=True, samesite="Lax"
    )


def take_cookie(response: Response) -> None:
    response.delete_cookie(cookie_name(), secure=_is_https(), httponly=True, samesite="Lax")


def _is_https() -> bool:
    return current_deps().settings.web.base_url.startswith("https:")


def is_from_elsewhere() -> bool:
    """Tell whether another site's page sent this request; browsers say so, other programs say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    base = current_deps().settings.web.base_url
    if site is not None:
        return site not in {"same-origin", "none"}
    return origin is not None and origin not in {base, request.host_url.rstrip("/")}


def resumed_fields() -> list[tuple[str, str]]:
    """Return what a form that met the sign-in page held, so that it can be sent again; no password, no token."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NO_CONTENT_OF_OURS]
    return fields if sum(len(value) for _name, value in fields) <= _RESUMED_CHARACTERS else []


def _guard() -> ResponseReturnValue | None:
    signed_in = find_sign_in()
    if signed_in is None:
        return _ask_to_sign_in()
    language = signed_in.person.language
    if language in current_deps().settings.web.languages and language and not asked_language():
        use_language(language)
    action = action_of(request.endpoint or "")
    if action is None or not signed_in.person.may(action):
        raise Forbidden("This account may not do this.")
    if request.method not in _SAFE and not _carries_csrf(signed_in):
        raise Forbidden("This form is not one of this session.")
    return None


def _carries_csrf(signed_in: SignedIn) -> bool:
    sent = request.headers.get(_CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    is_ours = hmac.compare_digest(sent.encode("utf-8", "replace"), signed_in.csrf.encode())
    return is_ours and not is_from_elsewhere()


def _ask_to_sign_in() -> ResponseReturnValue:
    """Show the sign-in page in place of what was asked for; a script gets the bare status."""
    if request.headers.get(_CSRF_HEADER):
        return "", 401
    # A form is resumed at its own address; a page that was only asked for is gone to afterwards.
    page = render(
        "staff/sign_in.html",
        token=new_form_token(current_deps()),
        back=request.full_path.rstrip("?") if request.method in _SAFE else request.path,
        is_resumed=request.method not in _SAFE,
        resumed=[] if request.method in _SAFE else resumed_fields(),
        notice=None,
        address="",
        providers=[],
    )
    return make_response(page, 401 if request.method not in _SAFE else 200)
