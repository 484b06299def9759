"""``liju-contact demo``: what makes an installation worth looking at."""

from __future__ import annotations

import time
from pathlib import Path

import click

from liju_contact.cli_parts import Program, instance_option, plain_deps
from liju_contact.store.schema import migrate
from liju_contact.usecases.seed_demo import seed_demo

_LARGEST_SEED = 2**31 - 1


@click.group("demo")
def demo() -> None:
    """Fill a demo."""


@demo.command("seed")
@click.option("--count", required=True, type=click.IntRange(1, 10_000_000), help="How many inquiries.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, _LARGEST_SEED), help="Another, others.")
@click.option("--index", "with_index", is_flag=True, help="Make them searchable at once, not by the worker.")
@click.option("--force", is_flag=True, help="Also where letters go to a real mail server.")
@instance_option
@click.pass_obj
def seed_command(program: Program, count: int, seed: int, with_index: bool, force: bool, instance: Path) -> None:  # noqa: FBT001, PLR0917  # click passes them by name
    """Write invented inquiries of the last three years. No letter is sent to anybody."""
    program.prepare_instance(instance)
    deps = plain_deps(program, instance)
    migrate(deps.db)
    began_at = time.monotonic()

    def progress(done: int) -> None:
        rate = done / max(time.monotonic() - began_at, 0.001)
        click.echo(f"\r{done} of {count} inquiries, {rate:.0f} a second ", nl=done == count, err=True)

    wishes = {"is_forced": force, "is_indexed": with_index}
    seed_demo(deps, count=count, seed=seed, **wishes, now=deps.now(), progress=progress)
