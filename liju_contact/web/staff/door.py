"""The pages somebody sees who is not signed in yet, and how they get in. Passkeys and single sign-on come in here too.

Each form of the door carries the signed token of the public forms, since there is no session yet, and what was about to
be done (``resume``). A form that another site sends is refused: nobody is signed in to somebody else's account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, make_response, redirect, request

from liju_contact.domain.errors import Forbidden
from liju_contact.domain.sign_in_step import Step
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.set_password import Same, Weak
from liju_contact.usecases.sign_in import Entered, MoreWanted, StepOver, Visit, Wrong
from liju_contact.usecases.staff_session import recognise, sign_out
from liju_contact.web.form_token import new_form_token, read_sent_token
from liju_contact.web.network import network_of
from liju_contact.web.notices import stale_notice
from liju_contact.web.rendering import current_deps, render
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.cookies import (
    clear_cache,
    cookie_name,
    current_device,
    give_cookie,
    give_device,
    is_from_elsewhere,
)
from liju_contact.web.staff.password_words import refusal_words
from liju_contact.web.staff.resume import Resumption
from liju_contact.web.uploads import KEPT_FIELD

UNACCEPTABLE = 422
_TOO_MANY = 429
_SEE_OTHER = 303
_SHORTEST_SHOWN = 12
_PROVIDERS = "liju_sign_in_providers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Another way to sign in: a button that posts to ``action``, with the words on it in the reader's language."""

    action: str
    label: Callable[[], str]


def providers() -> list[Provider]:
    """Return the list that other ways to sign in add themselves to."""
    found: list[Provider] = current_app.extensions.setdefault(_PROVIDERS, [])
    return found


def current_visit() -> Visit:
    return Visit(
        browser=request.headers.get("User-Agent", ""),
        network=network_of(request.remote_addr),
        device=current_device(),
    )


def refuse_elsewhere() -> None:
    if is_from_elsewhere():
        raise Forbidden("This form is not one of ours.")


def stale_words() -> str | None:
    """Return what to say about a form whose token is too old or none of ours."""
    if read_sent_token(current_deps()) is not None:
        return None
    return stale_notice()


def too_many_words() -> str:
    return _("That was too often. Please wait a while and try again.")


def sign_in_page(
    resumption: Resumption, *, address: str = "", notice: str | None = None, error: str | None = None, said: str = ""
) -> str:
    return _door("staff/sign_in.html", resumption, address=address, notice=notice, error=error, said=said)


def step_page(
    step: Step, step_token: str, resumption: Resumption, *, notice: str | None = None, error: str | None = None
) -> str:
    template = "staff/sign_in_code.html" if step is Step.CODE else "staff/sign_in_password.html"
    return _door(template, resumption, step=step_token, notice=notice, error=error)


def let_in(entered: Entered, resumption: Resumption) -> Response:
    """Answer with the session's cookie: the page that was asked for, or the form that is still to be sent."""
    deps = current_deps()
    before = recognise(deps, request.cookies.get(cookie_name(), ""), now=deps.now())
    if before:
        sign_out(deps, before)
    if resumption.is_form:
        response = make_response(resume_page(resumption, csrf=entered.csrf, has_just_signed_in=True))
    else:
        response = make_response(redirect(resumption.back, _SEE_OTHER))
    if before:
        clear_cache(response)
    give_cookie(response, entered.token)
    give_device(response, entered.device)
    return response


def resume_page(resumption: Resumption, *, csrf: str, has_just_signed_in: bool = False) -> str:
    """Show what somebody was sending, behind one button; nothing is sent by itself."""
    return render(
        "staff/resume.html",
        csrf=csrf,
        action=resumption.back,
        fields=resumption.fields,
        shown=[(name, value) for name, value in resumption.fields if _is_typed(name, value)],
        has_just_signed_in=has_just_signed_in,
    )


def answer_sign_in(
    result: Entered | MoreWanted | Wrong | TooMany | StepOver | Weak | Same,
    resumption: Resumption,
    show_again: Callable[[str], str],
    wrong: str,
) -> Response:
    """Turn what became of one step of a sign-in into its page; ``show_again`` renders the step with an error."""
    match result:
        case Entered():
            return let_in(result, resumption)
        case MoreWanted():
            return make_response(step_page(result.step, result.token, resumption))
        case Wrong():
            return make_response(show_again(wrong), UNACCEPTABLE)
        case Weak() | Same():
            return make_response(show_again(refusal_words(result)), UNACCEPTABLE)
        case TooMany():
            return too_many(show_again(too_many_words()), result)
        case StepOver():
            over = _("The sign-in took too long. Please begin once more; nothing else is lost.")
            return make_response(sign_in_page(resumption, notice=over), UNACCEPTABLE)


def too_many(page: str, result: TooMany) -> Response:
    response = make_response(page, _TOO_MANY)
    response.headers["Retry-After"] = str(result.retry_seconds)
    return response


def ask_to_sign_in(resumption: Resumption) -> Response:
    """Show the sign-in page in place of what was asked for."""
    return make_response(sign_in_page(resumption), 401 if resumption.is_form else 200)


def _is_typed(name: str, value: str) -> bool:
    """Tell whether a reader knows a field again: a text, and not a token, number or version that a page put there."""
    return name not in {"token", "nonce", "version", KEPT_FIELD} and len(value.strip()) >= _SHORTEST_SHOWN


def _door(template: str, resumption: Resumption, **context: Any) -> str:
    return render(
        template,
        token=new_form_token(current_deps()),
        hidden=list(resumption.hidden),
        is_resumed=resumption.is_form,
        providers=[(provider.action, provider.label()) for provider in providers()],
        **context,
    )
