"""A web process: Granian serves the application on a socket that is already bound (README, D17, says why Granian).

Protocol: the parent binds once, without SO_REUSEPORT, so that a port in use is noticed; each web process it forks calls
``run_web_process`` and accepts from that same socket. SIGTERM or SIGINT: answers say that they are the last on their
connection, then the process stops accepting, closes idle connections, finishes what runs, and returns.

Granian's own processes are not used: they would be a second supervisor. Relied on beyond its documentation (2.8):
``embed.Server`` asks ``_init_shared_socket`` for its socket and takes it from ``_shd``, a ``SocketHolder``.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]  # its only public home does not list it
from granian.server.embed import Server

from liju_contact.domain.errors import StartRefused
from liju_contact.domain.response_headers import protecting_headers
from liju_contact.processes.rsgi_bridge import Bridge, Hurry, WsgiApplication

BACKLOG = 2048
CONNECTIONS = 2048
# Also how long a connection may stay open between two requests.
HEADER_SECONDS = 10
_BUFFER_BYTES = 64 * 1024  # of one connection; the head of a request must fit
_STUCK_SECONDS = 600  # a client that takes nothing for so long is gone
_LAST_REQUESTS_SECONDS = 0.3
_QUIET_SECONDS = 2.0
_DRAIN_SECONDS = 30.0


def bind(address: str) -> socket.socket:
    """Return a listening socket for ``HOST:PORT`` (``[::1]:8000`` for IPv6).

    Raises ``StartRefused`` in one sentence.
    """
    host, _colon, port = address.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal():
        raise StartRefused(f"{address!r} is no address to listen on: write HOST:PORT, like 127.0.0.1:8000.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartRefused(f"Cannot listen on {address}: {reason}. Is another program using it? Try --bind.") from error
    _tune(listener)
    listener.set_inheritable(True)
    listener.setblocking(False)  # noqa: FBT003  # before any process shares it
    return listener


def run_web_process(
    application: WsgiApplication,
    listener: socket.socket,
    *,
    threads: int,
    body_limit_bytes: int,
    hurried: Hurry | None = None,
    is_https: bool = False,
) -> None:
    """Serve ``application`` on ``listener`` until SIGTERM or SIGINT, then finish the requests that are running.

    ``threads`` is how many requests may wait for a locked database at once, besides those that do not wait; it needs
    ``hurried``, without which a request that waits keeps all others of this process waiting.
    ``body_limit_bytes`` is at least the application's own limit: beyond it nothing is received. ``is_https`` says how
    browsers reach the program, whatever comes in here.
    """
    host, port = listener.getsockname()[:2]
    bridge = Bridge(
        application,
        address=(host, port),
        threads=threads,
        body_limit_bytes=body_limit_bytes,
        hurried=hurried,
        headers=protecting_headers(is_https=is_https).items(),
    )
    asyncio.run(_serve(bridge, listener))


def _tune(listener: socket.socket) -> None:
    """Set what accepted connections inherit."""
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * _STUCK_SECONDS)


async def _serve(bridge: Bridge, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    stop_asked = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop_asked.set)
    server = _server(bridge, listener)
    serving = loop.create_task(server.serve())
    asked = loop.create_task(stop_asked.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        asked.cancel()
        await serving
        raise RuntimeError("the server ended without being asked to")
    await _drain(bridge, server, serving)


async def _drain(bridge: Bridge, server: Server, serving: asyncio.Task[None]) -> None:
    """Let running requests end; stop waiting for connections on which nothing is asked."""
    loop = asyncio.get_running_loop()
    bridge.draining = True
    # A request that is under way when its idle connection is closed is lost, so busy clients are first told to go.
    await asyncio.sleep(_LAST_REQUESTS_SECONDS)
    server.stop()  # type: ignore[no-untyped-call]  # Granian leaves some of its methods without types
    give_up_at = loop.time() + _DRAIN_SECONDS
    quiet_since = loop.time()
    while loop.time() < give_up_at:
        await asyncio.wait({serving}, timeout=0.05)
        if bridge.running_count:
            quiet_since = loop.time()
        if serving.done() or loop.time() > quiet_since + _QUIET_SECONDS:
            return


def _server(bridge: Bridge, listener: socket.socket) -> _Server:
    return _Server(
        listener,
        target=bridge,
        interface=Interfaces.RSGI,
        blocking_threads=1,
        runtime_blocking_threads=8,  # they open and read the files of large answers
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=1000 * HEADER_SECONDS, max_buffer_size=_BUFFER_BYTES),
        websockets=False,
        backlog=BACKLOG,
        backpressure=_connections(),
        log_level=LogLevels.error,
        # Only the level is set: without this, Granian would close the handlers of our own log.
        log_dictconfig={"incremental": True, "handlers": {}, "loggers": {}},
    )


def _connections() -> int:
    """Say how many connections to accept at once: a connection and a file for its body each need a descriptor.

    Without descriptors left Granian would try to accept again and again without a pause.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + 100
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return (allowed - 100) // 2


class _Server(Server):
    """Granian's embedded server on a socket that exists."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__(**options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        # Granian closes the descriptor it is given, so it gets one of its own. False: no Unix socket. Not socket.dup():
        # that sets the socket to blocking for a moment, in all processes, and one of them may hang in accept.
        descriptor = os.dup(self._listener.fileno())
        self._shd = SocketHolder(descriptor, False, BACKLOG)  # type: ignore[assignment,call-arg]  # noqa: FBT003  # Granian's stubs lack the signature; it takes no names
