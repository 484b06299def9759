"""Between Granian, which speaks RSGI, and a WSGI application: one call of ``Bridge.__rsgi__`` per request.

A request reaches the application only when its body is complete (``request_body``). Requests that only read run on the
event loop itself, which is cheapest and safe because no GET waits for a lock of the database (D9, D3); all others run
in a few threads, so that one that waits keeps nobody else waiting. An answer beyond half a megabyte goes to a temporary
file without a name, which Granian sends at the client's pace: its streams have no brake and would fill the memory.

Kept out: paths, queries and the texts of exceptions in the log, because addresses hold the keys of status links.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, Protocol

from liju_contact.processes.request_body import Bodies, Incoming, RequestRefused, discard

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_STEP_BYTES = 512 * 1024
_PLAIN: Headers = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("connection", "close"),
]

_log = logging.getLogger(__name__)


class RequestHeaders(Protocol):
    def items(self) -> list[tuple[str, str]]: ...

    def __contains__(self, name: str) -> bool: ...


class Scope(Protocol):
    """What Granian tells about a request; ``path`` is percent-decoded, ``client`` is ``address:port``."""

    http_version: str
    scheme: str
    method: str
    path: str
    query_string: str
    client: str
    authority: str | None
    headers: RequestHeaders


class Exchange(Incoming, Protocol):
    """Granian's side of one request: gives its body, takes its answer."""

    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_str(self, status: int, headers: Headers, body: str) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_file(self, status: int, headers: Headers, file: str) -> None: ...
    def client_disconnect(self) -> Awaitable[None]: ...


class Bridge:
    """The RSGI application around a WSGI one. ``draining`` makes every answer the last on its connection."""

    def __init__(
        self, application: WsgiApplication, *, address: tuple[str, int], threads: int, body_limit_bytes: int
    ) -> None:
        self._application = application
        self._fixed: Environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": address[0],
            "SERVER_PORT": str(address[1]),
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": threads > 1,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        self._pool = ThreadPoolExecutor(threads, "request") if threads > 1 else None
        self._bodies = Bodies(limit_bytes=body_limit_bytes)
        self._turns = _Turns(threads)
        self.draining = False
        self.running_count = 0

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        self.running_count += 1
        try:
            await self._answer(environ_of(scope, self._fixed), exchange)
        except RequestRefused as refusal:
            exchange.response_str(refusal.status, _PLAIN, f"{refusal}\n")
        except Exception as error:  # noqa: BLE001  # whatever an application raises ends one request, not the process
            _log.error("A %s request failed: %s", scope.method, _without_values(error))
            exchange.response_str(500, _PLAIN, "Something went wrong here. Please try again later.\n")
        finally:
            self.running_count -= 1

    async def _answer(self, environ: Environ, exchange: Exchange) -> None:
        declared = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = environ.pop("HTTP_TRANSFER_ENCODING", None) is not None
        if not declared and not chunked:
            environ["wsgi.input"] = BytesIO()
            await self._call(environ, exchange)
            return
        async with self._bodies.received(exchange, None if chunked else declared) as body:
            environ["wsgi.input"] = body.content
            environ["CONTENT_LENGTH"] = str(body.length)
            await self._call(environ, exchange)
            if body.rest is not None:
                await discard(body.rest)

    async def _call(self, environ: Environ, exchange: Exchange) -> None:
        call = _Call(self._application, environ)
        in_pool = self._pool is not None and (environ["REQUEST_METHOD"] not in _READING or ALL)
        run = self._turns.in_thread(self._pool) if in_pool else self._turns.inline
        try:
            await run(call.advance)
            if call.finished:
                self._send(call, exchange)
            else:
                await self._send_file(call, exchange, run)
        finally:
            call.close()

    def _send(self, call: _Call, exchange: Exchange) -> None:
        headers = call.sendable_headers()
        if self.draining:
            headers.append(("connection", "close"))
        if call.is_head:
            exchange.response_empty(call.status, headers)
        else:
            exchange.response_bytes(call.status, headers, b"".join(call.take()))

    async def _send_file(self, call: _Call, exchange: Exchange, run: _Run) -> None:
        with TemporaryFile() as spool:
            spool.writelines(call.take())
            while not call.finished:
                await run(call.advance)
                spool.writelines(call.take())
                await asyncio.sleep(0)
            headers = call.sendable_headers()
            # The connection's end is the only sign that all is sent and the file may go, so it must be its last answer.
            headers += [("content-length", str(spool.tell())), ("connection", "close")]
            spool.seek(0)
            exchange.response_file(call.status, headers, f"/dev/fd/{spool.fileno()}")
            await exchange.client_disconnect()


_Run = Callable[[Callable[[], None]], Awaitable[None]]
import os
ALL=bool(os.environ.get("ALL"))

class _Turns:
    def __init__(self, threads):
        self._places = asyncio.Semaphore(threads)
        self._turn = asyncio.Semaphore(1)
    async def inline(self, step):
        async with self._turn:
            step()
    def in_thread(self, pool: ThreadPoolExecutor) -> _Run:
        """Run all steps of one call in the same context, because Flask leaves its variables there between them."""
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()

        async def run(step: Callable[[], None]) -> None:
            async with self._places:
                await self._turn.acquire()
                early = loop.call_later(0.1, self._turn.release)
                try:
                    await loop.run_in_executor(pool, context.run, step)
                finally:
                    if early.when() > loop.time():
                        early.cancel()
                        self._turn.release()

        return run


class _Call:
    """One call of a WSGI application, advanced in steps of about half a megabyte."""

    def __init__(self, application: WsgiApplication, environ: Environ) -> None:
        self._application = application
        self._environ = environ
        self._chunks: Iterator[bytes] | None = None
        self._close: Callable[[], None] | None = None
        self._taken: list[bytes] = []
        self._headers: Headers = []
        self.is_head = environ["REQUEST_METHOD"] == "HEAD"
        self.status = 0
        self.finished = False

    def advance(self) -> None:
        """Take the next chunks; when there are no more, it is ``finished`` and closed."""
        if self._chunks is None:
            iterable = self._application(self._environ, self._start_response)
            self._close = getattr(iterable, "close", None)
            self._chunks = iter(iterable)
        size = 0
        for chunk in self._chunks:
            self._taken.append(chunk)
            size += len(chunk)
            if size > _STEP_BYTES and not self.is_head:
                return
        self.close()
        self.finished = True

    def take(self) -> list[bytes]:
        taken, self._taken = self._taken, []
        return taken

    def close(self) -> None:
        closing, self._close = self._close, None
        if closing is not None:
            closing()

    def sendable_headers(self) -> Headers:
        """Leave the length to the server, which counts; only HEAD must repeat what GET would say."""
        if not self.status:
            raise RuntimeError("the application did not start its response")
        return [pair for pair in self._headers if self.is_head or pair[0].lower() != "content-length"]

    def _start_response(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:  # noqa: ARG002  # nothing has been sent yet, so an answer can always be replaced
        for name, value in headers:
            if not value.isascii():  # the server would leave it out without a word
                raise ValueError(f"the response header {name} is not ASCII")
        self.status, self._headers = int(status[:3]), headers
        return self._taken.append


def environ_of(scope: Scope, fixed: Environ) -> Environ:
    """Make the WSGI environment (PEP 3333), without a body.

    Raises ``RequestRefused`` for headers that two programs might read differently. A header with bytes beyond ASCII
    is left out, because RSGI does not show it.
    """
    environ = fixed.copy()
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = _wsgi_text(scope.path)
    environ["QUERY_STRING"] = _wsgi_text(scope.query_string)
    environ["SERVER_PROTOCOL"] = "HTTP/1.0" if scope.http_version == "1" else f"HTTP/{scope.http_version}"
    environ["REMOTE_ADDR"] = address_of(scope.client)
    environ["wsgi.url_scheme"] = scope.scheme
    for name, value in scope.headers.items():
        key = _key_of(name)
        if key in environ:
            environ[key] = _joined(key, environ[key], value)
        elif key:
            environ[key] = value
    _check_headers(environ, scope)
    return environ


def address_of(client: str) -> str:
    """Return the address of ``1.2.3.4:5``, ``[2001:db8::1]:5`` or ``[::ffff:1.2.3.4]:5``, the last as IPv4."""
    address = client.rpartition(":")[0].strip("[]")
    return address.removeprefix("::ffff:") if "." in address else address


@lru_cache(maxsize=512)
def _key_of(name: str) -> str:
    """Name a header as WSGI does; "" for one with an underscore, which could pass for one that a proxy has set."""
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def _joined(key: str, first: str, second: str) -> str:
    if key in {"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_HOST"} and first != second:
        raise RequestRefused(400, "A header that may stand once stands twice.")
    if key in {"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_HOST"}:
        return first
    return f"{first}; {second}" if key == "HTTP_COOKIE" else f"{first},{second}"


def _check_headers(environ: Environ, scope: Scope) -> None:
    if "HTTP_HOST" not in environ:
        if scope.http_version != "1" and not scope.authority:
            raise RequestRefused(400, "The Host header is missing.")
        environ["HTTP_HOST"] = scope.authority or environ["SERVER_NAME"]
    if "HTTP_X_FORWARDED_FOR" not in environ and "x-forwarded-for" in scope.headers:
        # It is there but unreadable: without it the visitor would be taken for the proxy.
        raise RequestRefused(400, "The X-Forwarded-For header cannot be read.")


def _wsgi_text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _without_values(error: Exception) -> str:
    """Say where an exception came from and of what kind it is, but not its text, which may hold what was asked for."""
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__qualname__}\n{places}".rstrip()
