"""``liju-contact mail``: the doors a mail server opens: a pipe for each mail, or LMTP.

``receive`` speaks the exit codes of sysexits.h that mail servers know: 0 when the mail is stored, and 75 (EX_TEMPFAIL)
for everything else, whatever it is. Any other code makes them return the mail to its sender: a wrong setting, a full
disk or a bug of ours must not do that to a customer. The mail waits with them and comes again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from liju_contact.cli_parts import Program, instance_option, ready_deps
from liju_contact.domain.errors import LijuError, SettingsError, StartRefused
from liju_contact.domain.inbound import Door, Envelope
from liju_contact.usecases.receive_mail import receive_mail

_TRY_AGAIN = 75
# What Postfix's pipe(8) calls the null sender, unless it is told otherwise.
_NULL_SENDER = "MAILER-DAEMON"


class _Misused(click.UsageError):
    exit_code = _TRY_AGAIN


class _TriesAgain(click.Command):
    """A command whose own line may be wrong without harm to a mail: click would exit with 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _Misused(error.format_message(), ctx) from error


@click.group("mail")
def mail() -> None:
    """Let mail in, and look after what came in."""


@mail.command("receive", cls=_TriesAgain)
@click.option("--sender", help="Envelope sender; else $SENDER. Empty is the null sender.")
@click.option("--recipient", "recipients", multiple=True, help="Else $ORIGINAL_RECIPIENT and $RECIPIENT.")
@instance_option
@click.pass_obj
def receive_command(program: Program, sender: str | None, recipients: tuple[str, ...], instance: Path) -> None:
    """Store one mail from standard input: for a pipe from Postfix, Exim or OpenSMTPD.

    Exits with 0 when it is stored, or was before, and with 75 (try again later) when not, whatever the reason. Nothing
    at all on standard input is such a reason: no mail is empty, so the pipe is broken, and the mail is still with the
    mail server.
    """
    try:
        raw = _standard_input()
        deps = ready_deps(program, instance)
        receive_mail(deps, raw, piped_envelope(sender, recipients, os.environ), now=deps.now())
    except Exception as error:  # noqa: BLE001  # whatever went wrong, the mail server must keep the mail
        click.echo(f"liju-contact: the mail is not stored: {_sentence(error)}", err=True)
        sys.exit(_TRY_AGAIN)


@mail.command("lmtp")
@click.option("--listen", metavar="ADDRESS", help="unix:/path or host:port; else lmtp_listen in [inbound].")
@instance_option
@click.pass_obj
def lmtp_command(program: Program, listen: str | None, instance: Path) -> None:
    """Take mail by LMTP until SIGTERM; each is stored before it is acknowledged."""
    deps = ready_deps(program, instance)
    address = listen or deps.settings.inbound.lmtp_listen
    if not address:
        raise StartRefused("Where to listen is not said: give --listen, or lmtp_listen in [inbound] of config.toml.")
    program.services.run_lmtp(deps, address)


def piped_envelope(sender: str | None, recipients: tuple[str, ...], environment: Mapping[str, str]) -> Envelope:
    """Return the envelope from the command line, else from the variables that mail servers set for a pipe.

    Postfix's local(8), Exim and OpenSMTPD set SENDER and RECIPIENT, and some ORIGINAL_RECIPIENT: the address before any
    alias. With Postfix's pipe(8) the options are the way.
    """
    if sender is None:
        sender = environment.get("SENDER")
    named = (environment.get("ORIGINAL_RECIPIENT", ""), environment.get("RECIPIENT", ""))
    known = dict.fromkeys(filter(None, recipients or named))
    return Envelope(door=Door.PIPE, sender="" if sender == _NULL_SENDER else sender, recipients=tuple(known))


def _standard_input() -> bytes:
    raw = sys.stdin.buffer.read()
    if not raw:
        raise LijuError("There was no mail on standard input.")
    return raw


def _sentence(error: Exception) -> str:
    if isinstance(error, SettingsError):
        return " ".join(map(str, error.faults))
    return str(error) if isinstance(error, LijuError) else f"{type(error).__name__}: {error}"
