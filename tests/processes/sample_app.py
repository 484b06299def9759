"""A small Flask application with one page for each thing that a server can do wrong."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, stream_with_context

LIMIT_BYTES = 24 * 1024**2
BIG_BYTES = 40 * 1024**2
_BLOCK = bytes(range(256)) * 1024
_in_a_hurry = ContextVar("in_a_hurry", default=False)


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    token = _in_a_hurry.set(True)
    try:
        yield
    finally:
        _in_a_hurry.reset(token)


def make_app(folder: Path) -> Flask:  # noqa: C901  # a list of pages, each of a few lines
    """Make the application.

    It leaves ``called`` and ``closed`` in ``folder``, and cannot write while ``lock`` is there.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=LIMIT_BYTES, PROPAGATE_EXCEPTIONS=True)

    @app.get("/")
    def front() -> str:
        return "front"

    @app.get("/environ/<path:rest>")
    def environ(rest: str) -> dict[str, Any]:
        shown = {key: value for key, value in request.environ.items() if isinstance(value, (str, bool))}
        return shown | {"rest": rest, "args": request.args.to_dict()}

    @app.post("/digest")
    def digest() -> str:
        (folder / "called").touch()
        received = request.get_data()
        return f"{len(received)} {hashlib.sha256(received).hexdigest()}"

    @app.post("/form")
    def form() -> str:
        return request.form["message"]

    @app.post("/write")
    def write() -> tuple[str, int]:
        while (folder / "lock").exists():
            if _in_a_hurry.get():
                return "locked", 503
            time.sleep(0.01)
        return request.form["message"], 200

    @app.get("/slow")
    def slow() -> str:
        time.sleep(0.02)
        return "slow"

    @app.get("/cookies")
    def cookies() -> Response:
        response = Response("two cookies")
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        return response

    @app.get("/big")
    def big() -> Response:
        return Response(stream_with_context(_blocks(folder)), headers={"Content-Length": str(BIG_BYTES)})

    @app.get("/fail/<key>")
    def fail(key: str) -> str:
        raise ValueError(f"the text holds {key}")

    return app


def _blocks(folder: Path) -> Iterator[bytes]:
    try:
        for _ in range(BIG_BYTES // len(_BLOCK)):
            assert request.path == "/big"
            yield _BLOCK
    finally:
        (folder / "closed").touch()


def big_digest() -> str:
    digest = hashlib.sha256()
    for _ in range(BIG_BYTES // len(_BLOCK)):
        digest.update(_BLOCK)
    return digest.hexdigest()
