"""What every answer of the program tells a browser, whoever gives it: a page, an error, or the web server itself.

A page may load only from this host, holds no code of its own, stands in no frame, and tells no other site where its
reader came from. ``web.headers`` adds these to what the application answers, ``processes.rsgi_bridge`` to what is
answered before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What a page could ask a browser for, and none of ours does. Only names that browsers know: others make them complain.
_UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_ALWAYS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Pages hold a token or an inquiry: no cache, shared or private, may keep one for somebody else.
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
# Two years, with everything below the host, as the list that browsers ship wants it (hstspreload.org).
_HTTPS_ONLY = "max-age=63072000; includeSubDomains"


def protecting_headers(*, is_https: bool) -> Mapping[str, str]:
    """Return the headers by name; HTTPS alone, from now on, where the program is reached by HTTPS."""
    return MappingProxyType({**_ALWAYS, "Strict-Transport-Security": _HTTPS_ONLY} if is_https else _ALWAYS)
