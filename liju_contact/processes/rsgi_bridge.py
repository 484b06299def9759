"""Between Granian, which speaks RSGI, and a WSGI application: one call of ``Bridge.__rsgi__`` per request.

A request reaches the application only when its body is complete (``request_body``). It runs on the event loop itself,
one at a time: threads that take turns at the interpreter cost half as much again. No GET waits for a lock of the
database (D9, D3), but other requests may. Those are first run in a hurry; one that meets a locked database and so
answers 503 has changed nothing, and is run once more in a thread, where it may wait while others are served.

An answer beyond half a megabyte goes to a temporary file without a name, which Granian sends at the client's pace: its
streams have no brake and would fill the memory.

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
from contextlib import AbstractContextManager
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, Protocol

from liju_contact.processes.request_body import Bodies, Incoming, RequestRefused, discard
from liju_contact.processes.sent_files import SentFiles
from liju_contact.processes.wsgi_environ import Environ, Scope, environ_of

Headers = list[tuple[str, str]]
# Within such a context the application does not wait for locks, but answers 503.
Hurry = Callable[[], AbstractContextManager[object]]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_STEP_BYTES = 512 * 1024
_PLAIN: Headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]

_log = logging.getLogger(__name__)


class Exchange(Incoming, Protocol):
    """Granian's side of one request: gives its body, takes its answer."""

    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_str(self, status: int, headers: Headers, body: str) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_file(self, status: int, headers: Headers, file: str) -> None: ...


class Bridge:
    """The RSGI application around a WSGI one. ``draining`` makes every answer the last on its connection.

    ``headers`` go with what the bridge answers by itself, in place of the application.
    """

    def __init__(
        self,
        application: WsgiApplication,
        *,
        address: tuple[str, int],
        threads: int,
        body_limit_bytes: int,
        hurried: Hurry | None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._application = application
        self._plain = [*_PLAIN, *headers]
        self._fixed: Environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": address[0],
            "SERVER_PORT": str(address[1]),
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        self._pool = ThreadPoolExecutor(threads, "request")
        self._hurried = hurried
        self._waiting_count = 0
        self._bodies = Bodies(limit_bytes=body_limit_bytes)
        self._sent_files = SentFiles()
        self.draining = False
        self.running_count = 0

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        self.running_count += 1
        try:
            await self._answer(environ_of(scope, self._fixed), exchange)
        except RequestRefused as refusal:
            exchange.response_str(refusal.status, self._plain, f"{refusal}\n")
        except Exception as error:  # noqa: BLE001  # whatever an application raises ends one request, not the process
            _log.error("A %s request failed: %s", scope.method, _without_values(error))
            exchange.response_str(500, self._plain, "Something went wrong here. Please try again later.\n")
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
        call, run = await self._begun(environ)
        try:
            if call.finished:
                self._send(call, exchange)
            else:
                await self._send_file(call, exchange, run)
        finally:
            call.close()

    async def _begun(self, environ: Environ) -> tuple[_Call, _Run]:
        """Make the call and its first step, and say how its further steps are run."""
        if self._hurried is None or environ["REQUEST_METHOD"] in _READING:
            call = _Call(self._application, environ)
            call.advance()
            return call, _inline
        if not self._waiting_count:  # while one waits, the next would only find the same lock
            call = _Call(self._application, environ.copy())
            with self._hurried():
                call.advance()
            if call.status != 503:  # noqa: PLR2004  # HTTP's number for "try again later"
                return call, _inline
            call.close()
            environ["wsgi.input"].seek(0)
        return await self._begun_in_thread(_Call(self._application, environ))

    async def _begun_in_thread(self, call: _Call) -> tuple[_Call, _Run]:
        run = _in_thread(self._pool)
        self._waiting_count += 1
        try:
            await run(call.advance)
        finally:
            self._waiting_count -= 1
        return call, run

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
            headers = [*call.sendable_headers(), ("content-length", str(spool.tell())), ("connection", "close")]
            spool.seek(0)
            exchange.response_file(call.status, headers, f"/dev/fd/{spool.fileno()}")
            await self._sent_files.until_sent(spool.fileno())


_Run = Callable[[Callable[[], None]], Awaitable[None]]


async def _inline(step: Callable[[], None]) -> None:
    step()


def _in_thread(pool: ThreadPoolExecutor) -> _Run:
    """Run all steps of one call in the same context, because Flask leaves its variables there between them."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()

    async def run(step: Callable[[], None]) -> None:
        await loop.run_in_executor(pool, context.run, step)

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
        try:
            self.finished = self._take_step()
        except BaseException:
            self.close()
            raise
        if self.finished:
            self.close()

    def _take_step(self) -> bool:
        if self._chunks is None:
            iterable = self._application(self._environ, self._start_response)
            self._close = getattr(iterable, "close", None)
            self._chunks = iter(iterable)
        size = 0
        for chunk in self._chunks:
            self._taken.append(chunk)
            size += len(chunk)
            if size > _STEP_BYTES and not self.is_head:
                return False
        return True

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


def _without_values(error: Exception) -> str:
    """Say where an exception came from and of what kind it is, but not its text, which may hold what was asked for."""
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__qualname__}\n{places}".rstrip()
