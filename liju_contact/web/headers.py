"""Security headers on every response, pages, files and errors alike. What a view has set for itself is left alone.

The desk tells itself, and nobody else, where a request came from: under ``no-referrer`` a browser says of every form
that its origin is ``null`` (Fetch, section 3.2), and a browser that knows nothing of ``Sec-Fetch-Site`` could then not
be told from another site's page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from liju_contact.domain.response_headers import protecting_headers
from liju_contact.web.request_id import install_request_ids

_DESK = "/staff"
_MOVED_FOR_GOOD = 308


def install_headers(app: Flask, *, is_https: bool) -> None:
    for_everybody = list(protecting_headers(is_https=is_https).items())
    for_the_desk = [*dict(for_everybody, **{"Referrer-Policy": "same-origin"}).items()]
    install_request_ids(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        if response.status_code == _MOVED_FOR_GOOD:
            _stay_here(response)
        headers = response.headers
        present = {name for name, _value in headers}
        defaults = for_the_desk if request.path.startswith(_DESK) else for_everybody
        headers.extend([header for header in defaults if header[0] not in present])
        return response


def _stay_here(response: Response) -> None:
    """Make a redirect to the better spelling of an address relative.

    Werkzeug writes it with the host that the request names, and whoever may name that could lead others away.
    """
    parts = urlsplit(response.headers["Location"])
    path = "/" + parts.path.lstrip("/")
    response.headers["Location"] = f"{path}?{parts.query}" if parts.query else path
    response.set_data(b"")  # the page in it names that host too
