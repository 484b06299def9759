"""Serve the floor with the program's own web processes, so that both are measured on the same server.

``--plain`` serves it with Granian's WSGI mode instead, to see what the program's own bridge costs.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import sys

from granian.constants import Interfaces
from granian.server import MPServer

from liju_contact.processes.supervisor import Child, supervise
from liju_contact.processes.web_server import bind, run_web_process
from tests.bench.floor import create_app

BODY_LIMIT_BYTES = 16 * 1024**2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.granian_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--preload", action="store_true", help="always so; kept for the command's callers")
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    return serve_plain(options) if options.plain else serve(options)


def serve(options: argparse.Namespace) -> int:
    app = create_app()
    listener = bind(f"127.0.0.1:{options.port}")

    def run() -> None:
        run_web_process(app, listener, threads=options.threads, body_limit_bytes=BODY_LIMIT_BYTES)

    children = [Child(role=f"web-{number + 1}", run=run) for number in range(options.workers)]
    return supervise(children, when_started=lambda: None)


def serve_plain(options: argparse.Namespace) -> int:
    app = create_app()
    multiprocessing.set_start_method("fork")
    server = MPServer(
        "unused:app",
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        backlog=2048,
        websockets=False,
        log_enabled=False,
    )
    gc.freeze()
    server.serve(target_loader=lambda: app, wrap_loader=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
