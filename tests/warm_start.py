"""Imported once, by the process that the tests' programs are forked from: what each of them would compute alike.

A start takes 1.6 s of computing, of which most goes into templates, names of countries and the weights of words. All of
it lies in the program's own caches, which know a changed template by its digest. ``tests/test_run.py`` starts the
program from nothing.
"""

from __future__ import annotations

import gc
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import alembic.command  # noqa: F401  # migrating is what most commands begin with

from liju_contact.app import make_app, make_deps
from liju_contact.config import read_settings
from liju_contact.processes.serve import warm_up
from liju_contact.store.schema import migrate
from liju_contact.templating import template_environments

EXAMPLE = Path(__file__).resolve().parent.parent / "instance" / "config.example.toml"
# Those of customers' pages and of the letters that every inquiry brings.
USUAL = re.compile(r"(public|macros|errors|post_office|email|email/(inquiry_\w+|answer|message_for_team))/[^/]+")


def _warm_up() -> None:
    text = EXAMPLE.read_text("utf-8").replace("@secret@", "s" * 64)
    with tempfile.TemporaryDirectory(prefix="liju-warm-") as folder:
        settings = read_settings(text, instance=Path(folder), environment={})
        deps = make_deps(replace(settings, database_url=f"sqlite:///{folder}/liju.db"))
        migrate(deps.db)
        warm_up(make_app(deps))
        deps.db.close()
    for environment in template_environments(settings.web.languages, {}).values():
        for name in environment.list_templates():
            if USUAL.fullmatch(name):
                environment.get_template(name)


_warm_up()
gc.collect()
gc.freeze()  # no program looks for garbage among it
