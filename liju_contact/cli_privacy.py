"""Commands about what is held on somebody: hand it out, erase it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from liju_contact.cli_parts import Program, instance_option, ready_deps
from liju_contact.domain.errors import LijuError
from liju_contact.usecases.clean_up import clean_up_at_once, rewrite_database
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.erase_address import Held, erase_address, look_up_address
from liju_contact.usecases.export_address import export_address

_WORDS = {
    "inquiries": "inquiries, whole",
    "messages": "messages",
    "notes": "notes of staff",
    "events": "lines of timelines",
    "letters": "letters",
    "deliveries": "deliveries of letters",
    "mails": "received mails",
    "mentions": "other places that name the address, where it is struck out",
    "mails_struck": "mails of others, in whose bytes it was struck out",
    "waiting": "mails of others that name it in a way that cannot be struck out, and wait for staff's decision",
}


@click.group("privacy")
def privacy() -> None:
    """Hand out or erase what is held on a mail address."""


@privacy.command("export")
@click.argument("address")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@instance_option
@click.pass_obj
def export_command(program: Program, address: str, target: Path | None, instance: Path) -> None:
    """Write all that is held on ADDRESS into a zip: its index.txt tells what is what."""
    deps = ready_deps(program, instance)
    now = deps.now()
    path = target or Path(f"held-{now:%Y-%m-%d}.zip")
    try:
        lines = _write_zip(deps, address, path, now)
    except OSError as error:
        raise LijuError(f"Cannot write {path}: {error.strerror}.") from error
    for line in lines:
        click.echo(line)
    click.echo(f"Written to {path}.")


@privacy.command("erase")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do it; without, this only tells what would go.")
@instance_option
@click.pass_obj
def erase_command(program: Program, address: str, yes: bool, instance: Path) -> None:  # noqa: FBT001  # click passes it by name
    """Erase all that is held on ADDRESS, for good."""
    deps = ready_deps(program, instance)
    now = deps.now()
    if not yes:
        _tell(look_up_address(deps, address, now=now))
        return
    for name, count in erase_address(deps, address, actor="", now=now).items():
        click.echo(f"{count:6}  {_WORDS.get(name, name)}")
    if not clean_up_at_once(deps, address):
        raise LijuError("It is erased, but somebody kept reading the database: the worker sees to the bytes left over.")
    click.echo("Erased, its bytes too. A backup from before learns of it when it is restored beside erasures.log.")


@privacy.command("rewrite")
@instance_option
@click.pass_obj
def rewrite_command(program: Program, instance: Path) -> None:
    """Write the whole database anew, so that no gap of it holds what was erased. Nobody can write meanwhile."""
    rewrite_database(ready_deps(program, instance))
    click.echo("The database was written anew.")


def _write_zip(deps: Deps, address: str, path: Path, now: datetime) -> list[str]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            return export_address(deps, address, file, now=now)
    except BaseException:
        path.unlink(missing_ok=True)  # half a zip helps nobody, and would be in the way of the next try
        raise


def _tell(held: Held) -> None:
    for name, count in held.counts.items():
        click.echo(f"{count:6}  {_WORDS.get(name, name)}")
    if held.references:
        click.echo(f"Inquiries: {', '.join(held.references)}")
    if held.is_staff:
        click.echo("This is an address of our own people: it is not erased this way.")
    elif held.counts:
        click.echo("Nothing was changed. With --yes all of this goes, for good.")
    else:
        click.echo("Nothing is held on this address.")
