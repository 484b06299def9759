"""Commands about who may sign in to the staff desk."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from email_validator import EmailNotValidError, validate_email

from liju_contact.cli_parts import Program, instance_option, ready_deps
from liju_contact.domain.errors import LijuError
from liju_contact.domain.person import NAME_LIMIT, Role
from liju_contact.domain.text import clean_line
from liju_contact.usecases.administer_people import PersonLine, Refusal, disable_person, enable_person, list_people
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_account import Given, get_account, give_password, open_account

_stdin_option = click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read the password from standard input; it need not be changed."
)


@click.group("staff")
def staff() -> None:
    """Say who may sign in to the staff desk."""


@staff.command("add")
@click.argument("address")
@click.option("--name", default="", help="As customers and colleagues see it.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@click.option("--product-line", "product_lines", multiple=True, metavar="ID", help="Serves only these; repeatable.")
@_stdin_option
@instance_option
@click.pass_obj
def staff_add(  # noqa: PLR0917  # click passes each of them by name
    program: Program,
    address: str,
    name: str,
    role: str,
    product_lines: tuple[str, ...],
    from_stdin: bool,  # noqa: FBT001  # click passes it by name
    instance: Path,
) -> None:
    """Open an account and print its one-time password, once."""
    deps = ready_deps(program, instance)
    given = open_account(
        deps,
        _address(address),
        name=_name(name),
        role=Role(role),
        product_lines=_known_lines(deps, product_lines),
        password=_typed() if from_stdin else None,
        now=deps.now(),
    )
    _tell(deps, given)


@staff.command("password")
@click.argument("address")
@click.option("--without-second-factor", is_flag=True, help="Also switch the second factor off.")
@_stdin_option
@instance_option
@click.pass_obj
def staff_password(
    program: Program,
    address: str,
    without_second_factor: bool,  # noqa: FBT001  # click passes it by name
    from_stdin: bool,  # noqa: FBT001  # click passes it by name
    instance: Path,
) -> None:
    """Give somebody a new one-time password and print it, once; it signs them out everywhere."""
    deps = ready_deps(program, instance)
    given = give_password(
        deps,
        _line(address),
        password=_typed() if from_stdin else None,
        without_second_factor=without_second_factor,
        now=deps.now(),
    )
    _tell(deps, given)


@staff.command("disable")
@click.argument("address")
@instance_option
@click.pass_obj
def staff_disable(program: Program, address: str, instance: Path) -> None:
    """Let somebody in no more; every session of theirs ends at once."""
    deps = ready_deps(program, instance)
    account = get_account(deps, _line(address))
    if disable_person(deps, None, account.person.id, now=deps.now()) is Refusal.LAST_ADMINISTRATOR:
        raise LijuError(f"{address} is the last administrator. Add another one first.")
    click.echo(f"{address}  disabled")


@staff.command("enable")
@click.argument("address")
@instance_option
@click.pass_obj
def staff_enable(program: Program, address: str, instance: Path) -> None:
    """Let somebody in again, with the password they had."""
    deps = ready_deps(program, instance)
    enable_person(deps, None, get_account(deps, _line(address)).person.id)
    click.echo(f"{address}  enabled")


@staff.command("list")
@instance_option
@click.pass_obj
def staff_list(program: Program, instance: Path) -> None:
    """List all accounts."""
    lines = list_people(ready_deps(program, instance))
    for line in lines:
        click.echo(_words(line))
    if not lines:
        click.echo('Nobody may sign in yet: "liju-contact staff add ADDRESS --role administrator".')


def _words(line: PersonLine) -> str:
    person = line.person
    notes = [
        f"for {', '.join(sorted(person.product_lines))}" if person.product_lines else "",
        "" if line.has_password else "no password yet",
        "second factor" if line.has_second_factor else "",
        f"last sign-in {line.signed_in_at:%Y-%m-%d %H:%M} UTC" if line.signed_in_at else "never signed in",
        "disabled" if line.disabled_at else "",
    ]
    return "  ".join((person.address, person.role.value, person.name or "-", "; ".join(filter(None, notes))))


def _tell(deps: Deps, given: Given) -> None:
    click.echo(f"{deps.settings.web.base_url}/staff   {given.address}")
    if given.is_temporary:
        click.echo(f"One-time password: {given.password}")
        click.echo("It is shown only now, and the first sign-in asks for another.")


def _typed() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _line(typed: str) -> str:
    """Return what was typed; a database takes no broken characters, and the head of a letter no line break."""
    if clean_line(typed) != typed.strip():
        raise LijuError(f"{typed!r} is no text on one line in UTF-8.")
    return typed.strip()


def _name(typed: str) -> str:
    name = _line(typed)
    if len(name) > NAME_LIMIT:
        raise LijuError(f"A name has at most {NAME_LIMIT} characters.")
    return name


def _address(typed: str) -> str:
    try:
        return validate_email(typed.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise LijuError(f"{typed} is no e-mail address: {error}") from error


def _known_lines(deps: Deps, product_lines: tuple[str, ...]) -> tuple[str, ...]:
    known = {line.id for line in deps.settings.catalogue.product_lines}
    if unknown := sorted(set(product_lines) - known):
        raise LijuError(f"There is no product line {', '.join(unknown)}; there are {', '.join(sorted(known))}.")
    return product_lines
