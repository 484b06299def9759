"""Every request gets an id of its own: in the answer's head, and in every line the log has of it.

A customer who meets an error can name it. It is made here and never taken from the request: what comes from outside
could be anything, and would stand in the log.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response

from liju_contact.log_lines import request_id

HEADER = "X-Request-Id"
_BYTES = 6


def install_request_ids(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        request_id.set(secrets.token_hex(_BYTES))

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers[HEADER] = request_id.get()
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        request_id.set("-")
