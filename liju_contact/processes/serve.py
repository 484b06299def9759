"""Starts everything a running program consists of under one supervisor.

Web processes, worker, and the demo's post office.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from liju_contact.config import Settings
from liju_contact.processes.supervisor import Child, supervise
from liju_contact.processes.web_server import bind, run_web_process
from liju_contact.processes.worker import new_holder, run_worker
from liju_contact.store.database import Database
from liju_contact.store.schema import is_current, migrate
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_account import Given, open_demo_account
from liju_contact.usecases.weigh_spam import read_spam_lists

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the processes are made of; ``app`` puts it together."""

    make_deps: Callable[[Settings], Deps]
    make_app: Callable[[Deps], Any]
    run_lmtp: Callable[[Deps, str], None]
    run_post_office: Callable[[Deps, Path, socket.socket], None]


def serve(settings: Settings, services: Services, *, address: str, with_worker: bool) -> int:
    """Run until a signal says stop and return the exit status.

    Raises ``StartRefused``, ``SchemaMismatch`` or ``StoreBusy``.
    """
    listener = bind(address)
    post_listener = bind(f"127.0.0.1:{settings.mail.post_office_port}") if settings.mail.is_demo else None
    settings = _as_bound(settings, listener, post_listener)
    deps = services.make_deps(settings)
    _prepare_database(deps.db)
    opened = open_demo_account(deps, now=deps.now())
    app = services.make_app(deps)
    warm_up(app)
    deps.db.close()
    limit = app.config["MAX_CONTENT_LENGTH"]
    web = partial(
        run_web_process,
        app,
        listener,
        threads=settings.web.threads,
        body_limit_bytes=limit,
        hurried=deps.db.hurried,
        is_https=settings.web.is_https,
    )
    children = [Child(role=f"web-{number}", run=web) for number in range(1, settings.web.processes + 1)]
    if with_worker:
        holder = new_holder(deps)
        children.append(Child(role="worker", run=lambda: run_worker(deps, holder=holder)))
    if lmtp_listen := settings.inbound.lmtp_listen:
        children.append(Child(role="lmtp", run=lambda: services.run_lmtp(deps, lmtp_listen)))
    if post_listener is not None:
        maildir = settings.instance / "post"
        run = partial(services.run_post_office, deps, maildir, post_listener)
        children.append(Child(role="post-office", run=run, serves_others=True))
    return supervise(children, when_started=lambda: _announce(settings, listener, opened))


def _prepare_database(db: Database) -> None:
    """Migrate, where there is something to do, in a process of its own.

    What a migration loads would else stay in the memory of every process that is forked from this one.
    """
    if is_current(db):
        return
    db.close()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        pool.submit(_migrate, db.url).result()


def _migrate(url: str) -> None:
    migrate(Database(url))


def warm_up(app: Any) -> None:
    """Make one request for each page before the fork, so that what it loads is shared by all processes.

    The lists that spam is weighed by would else be read by each of them while it holds the database's one writer.
    """
    read_spam_lists()
    client = app.test_client()
    for language in ("en", "zh-Hans"):
        client.get("/", query_string={"lang": language})
        client.get("/find", query_string={"lang": language})
    client.get("/healthz")


def _as_bound(settings: Settings, listener: socket.socket, post_listener: socket.socket | None) -> Settings:
    """Return the settings with what only the sockets know: in a demo, the address to open is the one that was bound."""
    if post_listener is None:
        return settings
    mail = replace(settings.mail, post_office_port=post_listener.getsockname()[1])
    web = settings.web
    if urlsplit(web.base_url).hostname in _LOOPBACK:
        web = replace(web, base_url=_url(listener))
    return replace(settings, mail=mail, web=web)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family is socket.AF_INET6 else f"http://{host}:{port}"


def _announce(settings: Settings, listener: socket.socket, opened: Given | None) -> None:
    """Say where everything is. The one-time password of the desk is said only when it was made."""
    url = _url(listener)
    print(f"The form:         {url}/")  # noqa: T201  # this is what the newcomer waits for
    print(f"The staff desk:   {url}/staff   ({_way_in(settings, opened)})")  # noqa: T201  # as above
    if settings.mail.is_demo:
        port = settings.mail.post_office_port
        print(f"The post office:  {url}/post-office/   (SMTP on 127.0.0.1:{port})")  # noqa: T201  # as above
        print(f"This is a demo, because {settings.instance}/config.toml names no mail server.")  # noqa: T201  # as above
    print(f"Running as process {os.getpid()}; Ctrl-C stops it.", flush=True)  # noqa: T201  # as above
    sys.stdout.flush()


def _way_in(settings: Settings, opened: Given | None) -> str:
    if opened is not None:
        return f"{opened.address}, one-time password {opened.password}"
    if settings.mail.is_demo:
        return "a new password: run.py staff password ADDRESS"
    return "people: run.py staff add ADDRESS --role administrator"
