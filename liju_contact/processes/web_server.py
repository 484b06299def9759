"""The web server: gunicorn with threads, on a socket that is already bound (README, D17, says why this one)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from liju_contact.domain.errors import StartRefused
from liju_contact.processes.supervisor import die_with_parent

_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 5
_GRACEFUL_SECONDS = 30
_STUCK_SECONDS = 120


def bind(address: str) -> socket.socket:
    """Return a listening socket for ``HOST:PORT`` (``[::1]:8000`` for IPv6); raises ``StartRefused`` in one sentence."""
    host, _colon, port = address.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal():
        raise StartRefused(f"{address!r} is no address to listen on: write HOST:PORT, like 127.0.0.1:8000.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartRefused(f"Cannot listen on {address}: {reason}. Is another program using it? Try --bind.") from error
    listener.set_inheritable(True)
    return listener


def run_web_server(
    application: Any, listener: socket.socket, *, processes: int, threads: int, when_forked: Callable[[], None]
) -> None:
    """Serve ``application`` until SIGTERM, then finish the requests that are running.

    ``when_forked`` is called in each web process before its first request.
    """
    options = {
        "bind": f"fd://{listener.fileno()}",
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "keepalive": _KEEP_ALIVE_SECONDS,
        "graceful_timeout": _GRACEFUL_SECONDS,
        "timeout": _STUCK_SECONDS,
        "backlog": _BACKLOG,
        "accesslog": None,  # an access log would hold the keys of status links
        "loglevel": "warning",
        "control_socket_disable": True,
        "preload_app": True,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112  # a heartbeat file that never waits for a disk
        "post_fork": _post_fork(when_forked),
    }
    _Gunicorn(application, options).run()


def _post_fork(when_forked: Callable[[], None]) -> Callable[[Any, Any], None]:
    def post_fork(_arbiter: Any, worker: Any) -> None:
        die_with_parent(worker.ppid)
        when_forked()

    return post_fork


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
    """gunicorn configured from here and from nowhere else: no file, no environment, no arguments."""

    def __init__(self, application: Any, options: dict[str, Any]) -> None:
        self._application = application
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if value is not None:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return self._application


def run_web_process(application: Any, listener: socket.socket, *, threads: int) -> None:
    run_web_server(application, listener, processes=1, threads=threads, when_forked=lambda: None)
