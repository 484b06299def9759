"""Serve the floor with Granian; Granian's own command cannot load the app before it forks, so this one does."""

from __future__ import annotations

import argparse
import gc
import multiprocessing

from granian.constants import Interfaces
from granian.server import MPServer

from tests.bench.floor import create_app

APP = "tests.bench.floor:create_app"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.granian_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", choices=("fork", "spawn"), default="fork")
    parser.add_argument("--preload", action="store_true")
    options = parser.parse_args()
    multiprocessing.set_start_method(options.start)
    server = MPServer(
        APP,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        backlog=2048,
        websockets=False,
        factory=True,
        log_enabled=False,
    )
    if options.preload:
        serve_preloaded(server)
    else:
        server.serve()


def serve_preloaded(server: MPServer) -> None:
    app = create_app()
    gc.freeze()
    server.serve(target_loader=lambda: app, wrap_loader=False)


if __name__ == "__main__":
    main()
