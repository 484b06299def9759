"""Composition root: the only place where the parts meet. Settings become Deps, Deps become a Flask app."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from jinja2 import Environment
from werkzeug.middleware.proxy_fix import ProxyFix

from liju_contact import clock
from liju_contact.cli import commands
from liju_contact.cli_parts import Program
from liju_contact.config import Settings, load_settings
from liju_contact.config_mail import KEY
from liju_contact.desk_doors import identity_providers, passkey_check
from liju_contact.domain.errors import StartRefused
from liju_contact.domain.inbound import Door, Envelope
from liju_contact.domain.keys import Keyring
from liju_contact.hasher import Argon2Hasher
from liju_contact.log_lines import install_log
from liju_contact.mail.account_letters import TemplateAccountLetterWriter
from liju_contact.mail.carrier import SmtpCarrier
from liju_contact.mail.guarded_reader import GuardedReader
from liju_contact.mail.guarded_viewer import view_html
from liju_contact.mail.imap import ImapMailbox
from liju_contact.mail.letters import TemplateLetterWriter
from liju_contact.mail.lmtp import run_lmtp
from liju_contact.mail.post_office import MaildirPostOffice, run_post_office
from liju_contact.mail_checks import check_mail, check_sender, mail_server
from liju_contact.pictures.maker import GuardedPictureMaker
from liju_contact.processes.alarm_command import run_alarm_command
from liju_contact.processes.serve import Services
from liju_contact.scanner.clamd import ClamdScanner, check_scanner
from liju_contact.sheets.formats import new_page_writer, new_sheet
from liju_contact.store.database import Database
from liju_contact.store.deliveries import Claimed
from liju_contact.templating import template_environments
from liju_contact.usecases.answer_in_post_office import take_in
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.rate_counter import DatabaseCounter, RateCounter
from liju_contact.usecases.receive_mail import receive_mail
from liju_contact.web import assets, errors, find, headers, health, inquiry, post_office, privacy, status
from liju_contact.web.form_page import FormPages
from liju_contact.web.inquiry_form import inquiry_form_class
from liju_contact.web.staff import (
    account,
    bulk,
    inquiry_changes,
    inquiry_mail,
    inquiry_moves,
    insight,
    oidc,
    passkeys,
    people,
    replies,
    reset,
    saved_views,
    second_factor,
    sign_in,
)
from liju_contact.web.staff import exports as staff_exports
from liju_contact.web.staff import files as staff_files
from liju_contact.web.staff import held as staff_held
from liju_contact.web.staff import inquiry as desk_inquiry
from liju_contact.web.staff import list as desk_list
from liju_contact.web.staff import originals as staff_originals
from liju_contact.web.staff import privacy as privacy_desk
from liju_contact.web.staff import refused as staff_refused
from liju_contact.web.staff.list_rows import WrittenRows
from liju_contact.wording import wording_in

_FORM_BYTES = 1_000_000  # the text of a form; RFC 7578 parts without a file name together
_PARTS = 1000
_LMTP_BYTES = 200_000_000  # a mail above size_limit_mb is kept unread; above this the mail server has to


def create_app(instance: Path | None = None) -> Flask:
    """Return the WSGI application for ``instance/config.toml``; the door for any WSGI server (``wsgi:app``)."""
    install_log()  # a server that has a log of its own keeps it
    folder = instance or Path(os.environ.get("LIJU_INSTANCE", "instance"))
    return make_app(make_deps(load_settings(folder.resolve(), os.environ)))


def make_deps(settings: Settings, *, now: Callable[[], datetime] = clock.now) -> Deps:
    """Put together what the stories need. Nothing is opened yet.

    The database and the mail server are met at first use.
    """
    environments = template_environments(settings.web.languages, {})
    server, keys = mail_server(settings), Keyring(settings.secret)
    maildir = settings.instance / "post"
    return Deps(
        settings=settings,
        db=Database(settings.database_url, pool_size=settings.web.threads + 1),
        keys=keys,
        random_bytes=secrets.token_bytes,
        now=now,
        pause=time.sleep,
        letters=TemplateLetterWriter(settings, environments),
        account_letters=TemplateAccountLetterWriter(settings, environments),
        hasher=Argon2Hasher(),
        counter=rate_counter(settings),
        country_names=lambda code: [wording_in(language).country(code) for language in settings.web.languages],
        new_carrier=lambda: SmtpCarrier(server, lambda claimed: _envelope_sender(settings, keys, claimed)),
        new_mail_reader=GuardedReader,
        new_picture_maker=GuardedPictureMaker,
        view_mail=view_html,
        new_mailbox=lambda: ImapMailbox(settings.inbound.imap) if settings.inbound.imap else None,
        new_scanner=lambda: ClamdScanner(settings.scanner) if settings.scanner else None,
        tell_operator=lambda text: run_alarm_command(settings.alarm.command, text),
        post_office=MaildirPostOffice(maildir) if settings.mail.is_demo else None,
        new_page_writer=partial(new_page_writer, settings),
        new_sheet=partial(new_sheet, settings),
        passkeys=passkey_check(settings),
        identity_providers=identity_providers(settings),
    )


def rate_counter(settings: Settings) -> RateCounter:
    """Return what counts for the limits: Redis where the settings name one, and the database while that is away."""
    if settings.limits.redis_url is None:
        return DatabaseCounter()
    from liju_contact.redis_counter import RedisCounter  # noqa: PLC0415  # the client is loaded where it is wanted

    return RedisCounter(settings.limits.redis_url, meanwhile=DatabaseCounter())


def _envelope_sender(settings: Settings, keys: Keyring, claimed: Claimed) -> str:
    """Return where the bounce of a delivery goes: an address signed for it, if the provider delivers such."""
    pattern = settings.mail.bounce_address
    if pattern is None or not settings.hears_replies:
        return claimed.letter.sender_address
    return pattern.replace(KEY, str(keys.bounce_key(claimed.delivery_id)))


def serve_lmtp(deps: Deps, listen: str) -> None:
    """Take mail by LMTP until a signal."""

    def deliver(raw: bytes, sender: str, recipients: list[str]) -> None:
        envelope = Envelope(door=Door.LMTP, sender=sender, recipients=tuple(recipients))
        receive_mail(deps, raw, envelope, now=deps.now())

    run_lmtp(listen, deliver, size_limit_bytes=_LMTP_BYTES)


def make_app(deps: Deps) -> Flask:
    settings = deps.settings
    app = _Flask("liju_contact", template_folder=None, static_folder=None, instance_path=str(settings.instance))
    app.session_interface = _NoSessions()
    app.config["MAX_CONTENT_LENGTH"] = 2 * settings.files.total_limit_bytes + _FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_BYTES
    app.config["MAX_FORM_PARTS"] = _PARTS
    app.extensions["liju"] = deps
    app.extensions["liju_assets"] = assets.Assets(settings.catalogue)
    app.extensions["liju_form_pages"] = FormPages()
    app.extensions["liju_inquiry_form"] = inquiry_form_class(settings.catalogue)
    app.extensions["liju_templates"] = _page_environments(app, settings)
    app.extensions["liju_rows"] = WrittenRows(settings)
    for room in (inquiry, status, find, privacy, privacy_desk, health, assets, post_office):
        app.register_blueprint(room.bp)
    desk_rooms = (desk_list, bulk, saved_views, sign_in, reset, account, second_factor, people, insight, replies)
    inquiry_rooms = (
        desk_inquiry,
        inquiry_changes,
        inquiry_moves,
        inquiry_mail,
        staff_exports,
        staff_files,
        staff_held,
        staff_originals,
        staff_refused,
    )
    for desk_room in (*desk_rooms, *inquiry_rooms):
        app.register_blueprint(desk_room.bp)
    oidc.install_providers(app, settings)
    passkeys.install_passkeys(app, settings)
    errors.install_errors(app)
    headers.install_headers(app, is_https=settings.web.is_https)
    if settings.web.proxy_hops:
        hops = settings.web.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # Flask documents this way of adding middleware
    return app


def prepare_instance(instance: Path) -> None:
    """Write ``config.toml`` from the example, with a secret of its own, where there is none yet."""
    path = instance / "config.toml"
    if path.exists():
        return
    example = Path(__file__).resolve().parent.parent / "instance" / "config.example.toml"
    text = example.read_text("utf-8").replace("@secret@", secrets.token_urlsafe(36))
    try:
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StartRefused(f"Cannot write {path}: {error.strerror}. Choose another folder with --instance.") from error


def main() -> None:
    """Run the command line (``liju-contact``, ``python -m liju_contact``)."""
    services = Services(
        run_lmtp=serve_lmtp,
        make_deps=make_deps,
        make_app=make_app,
        run_post_office=lambda deps, maildir, listener: run_post_office(
            maildir, sock=listener, take_in=partial(take_in, deps)
        ),
    )
    program = Program(
        make_deps=make_deps,
        services=services,
        check_mail=check_mail,
        check_scanner=lambda settings: check_scanner(settings.scanner),
        check_sender=check_sender,
        prepare_instance=prepare_instance,
        new_mail_reader=GuardedReader,
    )
    os.umask(0o077)  # what customers wrote is for this account alone: database, letters, configuration
    commands(obj=program, prog_name="liju-contact")


def _page_environments(app: Flask, settings: Settings) -> dict[str, Environment]:
    shared = {
        "asset": app.extensions["liju_assets"].url,
        "url_for": app.url_for,
        "website": settings.company.website,
        "is_demo": settings.mail.is_demo,
        "has_scanner": settings.scanner is not None,
        "has_passkeys": settings.desk.has_passkeys,
        "zone": settings.company.working_hours.zone,
    }
    return template_environments(settings.web.languages, shared)


class _Flask(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Log what escaped every error handler, without the address that Flask would name: it may hold a key."""
        self.logger.error("A request failed.", exc_info=exc_info)


class _NoSessions(SessionInterface):
    """Customers have no session and get no cookie (D16)."""

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002  # Flask's signature
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: object, response: object) -> None:
        """Nothing is kept."""
