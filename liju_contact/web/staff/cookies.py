"""The desk's cookies: the session, what a browser keeps of having been signed in before, and a sign-in under way.

Over HTTPS their names begin with ``__Host-``: a browser takes such a cookie from this host alone, over HTTPS, for the
whole of it. A page's script can read none.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from liju_contact.domain.provider_attempt import ATTEMPT_LIFETIME
from liju_contact.usecases.known_device import KnownDevice, read_device
from liju_contact.usecases.staff_session import LIFETIME
from liju_contact.web.rendering import current_deps

_DEVICE_KEPT = timedelta(days=400)  # the longest that browsers keep a cookie


def cookie_name() -> str:
    return _named("liju-staff")


def give_cookie(response: Response, token: str) -> None:
    _give(response, cookie_name(), token, LIFETIME)


def take_cookie(response: Response) -> None:
    response.delete_cookie(cookie_name(), secure=_is_https(), httponly=True, samesite="Lax")


def clear_cache(response: AnyResponse) -> None:
    """Have the browser let go of all it keeps of this site, the pages behind its Back button among it."""
    response.headers["Clear-Site-Data"] = '"cache"'


def give_device(response: Response, device: KnownDevice) -> None:
    _give(response, _named("liju-device"), device.cookie, _DEVICE_KEPT)


def current_device() -> KnownDevice:
    return read_device(request.cookies.get(_named("liju-device"), ""))


def give_attempt(response: Response, kept: str) -> None:
    """Have the browser keep a sign-in that has gone to another service."""
    _give(response, _named("liju-provider"), kept, ATTEMPT_LIFETIME)


def current_attempt() -> str:
    return request.cookies.get(_named("liju-provider"), "")


def take_attempt(response: Response) -> None:
    response.delete_cookie(_named("liju-provider"), secure=_is_https(), httponly=True, samesite="Lax")


def is_from_elsewhere() -> bool:
    """Tell whether another site's page sent this request; browsers say so, other programs say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    base = current_deps().settings.web.base_url
    if site is not None:
        return site not in {"same-origin", "none"}
    return origin is not None and origin not in {base, request.host_url.rstrip("/")}


def _give(response: Response, name: str, value: str, lifetime: timedelta) -> None:
    seconds = int(lifetime.total_seconds())
    response.set_cookie(name, value, max_age=seconds, secure=_is_https(), httponly=True, samesite="Lax")


def _named(name: str) -> str:
    return f"__Host-{name}" if _is_https() else name


def _is_https() -> bool:
    return current_deps().settings.web.is_https
