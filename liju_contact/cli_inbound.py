"""``liju-contact mail``: what came in and what became of it; hold and let in; explain and judge again."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from liju_contact.cli_mail import mail
from liju_contact.cli_parts import Program, instance_option, ready_deps
from liju_contact.config import Settings, load_settings
from liju_contact.domain.errors import NotFound
from liju_contact.domain.inbound import Decision, InboundState
from liju_contact.domain.reference import read_reference
from liju_contact.store.inbound_lines import InboundLine
from liju_contact.usecases.decide_held import accept_mail, discard_mail, undo_decision
from liju_contact.usecases.explain_mail import explain_mail
from liju_contact.usecases.tend_inbound import Difference, list_inbound, raw_mail, replay_mail

__all__ = ["mail"]
_OPEN = (InboundState.WAITING, InboundState.HELD, InboundState.PARKED)
_BY = "command line"
_MAIL_ID = click.IntRange(1, 2**63 - 1)  # what a BIGINT column can be asked for


@mail.command("list")
@click.option("--all", "every", is_flag=True, help="Also what was applied, noted or discarded.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@instance_option
@click.pass_obj
def list_command(program: Program, every: bool, limit: int, instance: Path) -> None:  # noqa: FBT001  # click passes it by name
    """List mail that waits, is held or is parked, newest first, and why."""
    lines = list_inbound(ready_deps(program, instance), states=tuple(InboundState) if every else _OPEN, limit=limit)
    for line in lines:
        click.echo(_described(line))
    if not lines:
        click.echo("No mail waits for anybody.")


@mail.command("show")
@click.argument("mail_id", type=_MAIL_ID)
@instance_option
@click.pass_obj
def show_command(program: Program, mail_id: int, instance: Path) -> None:
    """Print a mail as it was received, byte by byte."""
    raw = raw_mail(ready_deps(program, instance), mail_id)
    with open(sys.stdout.fileno(), "wb", closefd=False) as stream:  # this one is buffered, so it writes all
        stream.write(raw)


@mail.command("accept")
@click.argument("mail_id", type=_MAIL_ID)
@click.option("--join", is_flag=True, help="Its sender may speak for the customer from now on.")
@click.option(
    "--as-answer", is_flag=True, help="It is staff's answer, sent from an address that is not in the settings."
)
@instance_option
@click.pass_obj
def accept_command(program: Program, mail_id: int, join: bool, as_answer: bool, instance: Path) -> None:  # noqa: FBT001  # click passes them by name
    """Let a held mail in; the worker applies it."""
    if join and as_answer:
        raise click.UsageError("It cannot be the customer's and staff's.")
    decision = Decision.JOIN if join else Decision.ANSWER if as_answer else Decision.ACCEPT
    deps = ready_deps(program, instance)
    accept_mail(deps, mail_id, decision, by=_BY, now=deps.now())
    click.echo(f"Mail {mail_id} is let in.")


@mail.command("attach")
@click.argument("mail_id", type=_MAIL_ID)
@click.argument("reference")
@instance_option
@click.pass_obj
def attach_command(program: Program, mail_id: int, reference: str, instance: Path) -> None:
    """Make a held mail part of the inquiry REFERENCE."""
    deps = ready_deps(program, instance)
    known = read_reference(reference, deps.settings.company.reference_prefix)
    if known is None:
        raise NotFound(f"{reference!r} is no reference.")
    accept_mail(deps, mail_id, Decision.ATTACH, reference=known, by=_BY, now=deps.now())
    click.echo(f"Mail {mail_id} becomes part of {known}.")


@mail.command("discard")
@click.argument("mail_id", type=_MAIL_ID)
@instance_option
@click.pass_obj
def discard_command(program: Program, mail_id: int, instance: Path) -> None:
    """Put a held or parked mail aside; it stays stored."""
    deps = ready_deps(program, instance)
    discard_mail(deps, mail_id, by=_BY, now=deps.now())
    click.echo(f"Mail {mail_id} is discarded.")


@mail.command("undo")
@click.argument("mail_id", type=_MAIL_ID)
@instance_option
@click.pass_obj
def undo_command(program: Program, mail_id: int, instance: Path) -> None:
    """Hold a mail again that was let in or discarded, as long as no letter with it has left."""
    deps = ready_deps(program, instance)
    undo_decision(deps, mail_id, by=_BY, now=deps.now())
    click.echo(f"Mail {mail_id} is held again.")


@mail.command("explain")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@instance_option
@click.pass_obj
def explain_command(program: Program, files: tuple[Path, ...], instance: Path) -> None:
    """Print one line of JSON per mail: what it says and what it would be taken for. Needs no database."""
    settings = _settings_if_any(instance)
    reader = program.new_mail_reader()
    try:
        for file in files:
            explained = explain_mail(settings, reader.read(file.read_bytes()))
            click.echo(json.dumps(explained, ensure_ascii=False))
    finally:
        reader.close()


@mail.command("replay")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@instance_option
@click.pass_obj
def replay_command(program: Program, dry_run: bool, instance: Path) -> None:  # noqa: FBT001  # click passes it by name
    """Judge all stored mail again, by today's rules, and show what differs."""
    deps = ready_deps(program, instance)
    reader, count = deps.new_mail_reader(), 0
    try:
        for difference in replay_mail(deps, reader, is_dry=dry_run, now=deps.now()):
            click.echo(_difference(difference))
            count += 1
    finally:
        reader.close()
    click.echo(f"{count} mails {'would change' if dry_run else 'differ'}.")


def _settings_if_any(instance: Path) -> Settings | None:
    """Return the settings where there are some: without them a mail is explained all the same."""
    is_configured = (instance / "config.toml").exists()
    return load_settings(instance.resolve(), os.environ) if is_configured else None


def _described(line: InboundLine) -> str:
    what = line.verdict.value if line.verdict else "not judged"
    why = line.reason.value if line.reason else line.rule
    about = f" {line.reference}" if line.reference else ""
    rows = [
        f"{line.id}  {line.state.value}  {what}{about}{f' ({why})' if why else ''}",
        f"      from {line.sender or '?'}, {line.received_at:%Y-%m-%d %H:%M:%S} UTC, {line.bytes_count} bytes",
    ]
    rows += [f"      {text}" for text in (line.subject, line.words) if text]
    return "\n".join(rows)


def _difference(difference: Difference) -> str:
    before = difference.before.value if difference.before else "unreadable"
    after = difference.after.value if difference.after else "unreadable"
    changes = [f"{before} -> {after} ({difference.rule})"] if difference.verdict_differs else []
    changes += ["other text"] if difference.text_differs else []
    return f"{difference.inbound_id}  {', '.join(changes)}"
