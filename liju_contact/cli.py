"""The command line: parse, call one story, print, exit. ``liju-contact --help`` lists the commands.

Exit codes: 0 done, 1 something is wrong (it says what), 2 the command line itself is wrong.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from liju_contact import __version__
from liju_contact.cli_demo import demo
from liju_contact.cli_inbound import mail
from liju_contact.cli_parts import Program, instance_option, plain_deps, ready_deps
from liju_contact.cli_privacy import privacy
from liju_contact.cli_spam import spam
from liju_contact.cli_staff import staff
from liju_contact.config import load_settings
from liju_contact.domain.delivery import DeliveryState
from liju_contact.domain.errors import Fault, LijuError, SchemaMismatch, SettingsError, StoreBusy
from liju_contact.log_lines import install_log
from liju_contact.processes.serve import serve
from liju_contact.processes.worker import new_holder, run_worker
from liju_contact.store.schema import check_schema, migrate
from liju_contact.usecases.check_calendars import check_calendars
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import rebuild_search
from liju_contact.usecases.tend_outbox import drop_delivery, list_outbox, retry_delivery

_NO_ROOM = Fault(
    id="database.room",
    text="The disk of the database is full, or soon will be.",
    remedy="Make room: /healthz says 503 until then.",
)
_WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)
_DELIVERY_ID = click.IntRange(1, 2**63 - 1)  # what a BIGINT column can be asked for
_FAILED = (DeliveryState.REFUSED, DeliveryState.GIVEN_UP, DeliveryState.PARKED)


class _SaysWhy(click.Group):
    """Turns every error of the house into its sentence and exit code 1: no traceback for what is nobody's bug."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            for fault in error.faults:
                click.echo(str(fault), err=True)
        except LijuError as error:
            click.echo(f"liju-contact: {error}", err=True)
        sys.exit(1)


@click.group(cls=_SaysWhy)
@click.version_option(__version__)
def commands() -> None:
    """LIJU's customer inquiries: the form, the letters, the status pages."""
    install_log()
    for chatty in ("alembic", "imapclient", "mail.log"):  # aiosmtpd's log would hold addresses
        logging.getLogger(chatty).setLevel(logging.WARNING)


@commands.command("serve")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT")
@click.option("--worker/--no-worker", "with_worker", default=True, help="Run the worker under the same supervisor.")
@instance_option
@click.pass_obj
def serve_command(program: Program, bind: str, with_worker: bool, instance: Path) -> None:  # noqa: FBT001  # click passes it by name
    """Run the web server and the worker until SIGTERM.

    Without a configuration, a demo with a post office of its own.
    """
    program.prepare_instance(instance)
    settings = load_settings(instance.resolve(), os.environ)
    for fault in program.check_sender(settings):
        click.echo(str(fault), err=True)
    sys.exit(serve(settings, program.services, address=bind, with_worker=with_worker))


@commands.command("worker")
@instance_option
@click.pass_obj
def worker_command(program: Program, instance: Path) -> None:
    """Run the worker alone, beside web servers that were started by themselves."""
    deps = ready_deps(program, instance)
    run_worker(deps, holder=new_holder(deps))


@commands.command("migrate")
@instance_option
@click.pass_obj
def migrate_command(program: Program, instance: Path) -> None:
    """Bring the database to the schema of this program (serve does it too)."""
    click.echo("The database was migrated." if migrate(plain_deps(program, instance).db) else "Nothing to migrate.")


@commands.command("check")
@instance_option
@click.pass_obj
def check_command(program: Program, instance: Path) -> None:
    """Read the settings, connect to database and mail server, and tell everything that is wrong, each with an id.

    What will be wrong some day is told too, and makes no exit code.
    """
    settings = load_settings(instance.resolve(), os.environ)
    deps = program.make_deps(settings)
    for warning in check_calendars(settings, deps.now()):
        click.echo(str(warning), err=True)
    faults = [*_check_database(deps), *program.check_mail(settings), *program.check_scanner(settings)]
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        sys.exit(1)
    click.echo("All well: settings, database and mail server.")


def _check_database(deps: Deps) -> list[Fault]:
    try:
        check_schema(deps.db)
    except StoreBusy as error:
        return [Fault(id="database", text=str(error), remedy="Is database_url right, and the server running?")]
    except SchemaMismatch as error:
        return [Fault(id="database.schema", text=str(error))]
    return [] if deps.db.has_room() else [_NO_ROOM]


@commands.group("outbox")
def outbox() -> None:
    """Look after letters that wait or failed."""


@outbox.command("list")
@click.option("--all", "every", is_flag=True, help="Also what was delivered or dropped.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@instance_option
@click.pass_obj
def outbox_list(program: Program, every: bool, limit: int, instance: Path) -> None:  # noqa: FBT001  # click passes it by name
    """List letters that wait or failed, newest first, with the mail server's last words."""
    states = tuple(DeliveryState) if every else (*_WAITING, *_FAILED)
    lines = list_outbox(ready_deps(program, instance), states=states, limit=limit)
    for line in lines:
        delivery = line.delivery
        due = f", due {delivery.due_at:%Y-%m-%d %H:%M:%S} UTC" if delivery.due_at else ""
        click.echo(f"{delivery.id}  {delivery.state.value}  {delivery.kind.value} to {delivery.recipient}")
        click.echo(f"      {delivery.subject}")
        click.echo(f"      {delivery.attempt_count} attempts{due}{'; ' + line.words if line.words else ''}")
    if not lines:
        click.echo("Nothing waits and nothing failed.")


@outbox.command("retry")
@click.argument("delivery_ids", nargs=-1, required=True, type=_DELIVERY_ID)
@instance_option
@click.pass_obj
def outbox_retry(program: Program, delivery_ids: tuple[int, ...], instance: Path) -> None:
    """Send letters again at once, whatever became of them before."""
    deps = ready_deps(program, instance)
    for delivery_id in delivery_ids:
        _tell(delivery_id, "queued", done=retry_delivery(deps, delivery_id, now=deps.now()))


@outbox.command("drop")
@click.argument("delivery_ids", nargs=-1, required=True, type=_DELIVERY_ID)
@instance_option
@click.pass_obj
def outbox_drop(program: Program, delivery_ids: tuple[int, ...], instance: Path) -> None:
    """Give letters up for good."""
    deps = ready_deps(program, instance)
    for delivery_id in delivery_ids:
        _tell(delivery_id, "dropped", done=drop_delivery(deps, delivery_id, now=deps.now()))


@commands.group("search")
def search() -> None:
    """Look after the index that the staff desk searches."""


@search.command("rebuild")
@instance_option
@click.pass_obj
def search_rebuild(program: Program, instance: Path) -> None:
    """Forget the index and have the worker write it anew; it begins with the newest inquiries.

    On SQLite nobody else can write while the index is emptied: with a million inquiries that takes a quarter of a
    minute.
    """
    count = rebuild_search(ready_deps(program, instance))
    click.echo(f"{count} inquiries will be indexed anew by the worker.")


def _tell(delivery_id: int, became: str, *, done: bool) -> None:
    if not done:
        raise LijuError(f"Delivery {delivery_id} is being sent right now; try again in a moment.")
    click.echo(f"{delivery_id}  {became}")


commands.add_command(mail)
commands.add_command(demo)
commands.add_command(staff)
commands.add_command(privacy)
commands.add_command(spam)
