"""What every part of the command line needs: what ``app`` lends it, where the instance is, and a ready database."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from liju_contact.config import Settings, load_settings
from liju_contact.domain.errors import Fault
from liju_contact.processes.serve import Services
from liju_contact.store.schema import check_schema
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mail_reader import MailReader

_INSTANCE = Path(__file__).resolve().parent.parent / "instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What ``app`` lends to the command line, which does not put parts together itself."""

    make_deps: Callable[[Settings], Deps]
    services: Services
    check_mail: Callable[[Settings], list[Fault]]
    check_scanner: Callable[[Settings], list[Fault]]
    check_sender: Callable[[Settings], list[Fault]]
    prepare_instance: Callable[[Path], None]
    new_mail_reader: Callable[[], MailReader]


instance_option = click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(os.environ.get("LIJU_INSTANCE", _INSTANCE)),
    show_default="instance/ beside the program, or $LIJU_INSTANCE",
    help="Folder with config.toml and the database.",
)


def plain_deps(program: Program, instance: Path) -> Deps:
    return program.make_deps(load_settings(instance.resolve(), os.environ))


def ready_deps(program: Program, instance: Path) -> Deps:
    """Return what a command needs that works on the database; raises ``SchemaMismatch`` when that is not ready."""
    deps = plain_deps(program, instance)
    check_schema(deps.db)
    return deps
