"""Security headers on every response, pages, files and errors alike. What a view has set for itself is left alone."""

from __future__ import annotations

from flask import Flask, Response

from liju_contact.web.request_id import install_request_ids

_DEFAULTS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Pages hold a token or an inquiry: no cache, shared or private, may keep one for somebody else.
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_YEAR = "max-age=31536000; includeSubDomains"


def install_headers(app: Flask, *, is_https: bool) -> None:
    install_request_ids(app)
    defaults = list(({**_DEFAULTS, "Strict-Transport-Security": _YEAR} if is_https else _DEFAULTS).items())

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        present = {name for name, _value in headers}
        headers.extend([header for header in defaults if header[0] not in present])
        return response
