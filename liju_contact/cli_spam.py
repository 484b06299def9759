"""``liju-contact spam``: how well spam is told from honest texts, measured on public sets that somebody else marked."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import click

from liju_contact.cli_parts import Program, instance_option
from liju_contact.config import Settings, load_settings
from liju_contact.domain.errors import NotFound
from liju_contact.domain.spam_mail import mail_words
from liju_contact.domain.spam_score import Weighable, weighable
from liju_contact.spam_lists import shipped_prior, write_prior
from liju_contact.usecases.evaluate_spam import Held, MarkedText, evaluate_spam, prior_from
from liju_contact.usecases.mail_reader import MailReader, Unreadable
from liju_contact.usecases.seeding.inquiry_texts import SentText, inquiry_texts
from liju_contact.usecases.seeding.mail_programs import mail_of_today

SETS = ("spamassassin", "sms_spam")
HONEST_GOAL, SPAM_GOAL = 0.2, 97.0  # percent
_USUAL_TEXTS, _SEED, _DAY = 1800, 1, date(2026, 11, 23)
corpus_option = click.option(
    "--corpus",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the sets, each in a folder of its name with a manifest.json.",
)


@click.group("spam")
def spam() -> None:
    """Measure how well spam is told from honest texts."""


@spam.command("evaluate")
@corpus_option
@click.option("--set", "sets", multiple=True, default=SETS, show_default=True, help="Which sets; may be repeated.")
@click.option("--shipped", is_flag=True, help="Judge by the prior that comes with the program; teach nothing.")
@click.option("--mistakes", is_flag=True, help="Name the honest texts that would be held.")
@instance_option
@click.pass_obj
def evaluate(  # noqa: PLR0917  # click passes them by name
    program: Program,
    corpus: Path,
    sets: tuple[str, ...],
    shipped: bool,  # noqa: FBT001  # as above
    mistakes: bool,  # noqa: FBT001  # as above
    instance: Path,
) -> None:
    """Judge each tenth of the sets by what the other nine teach, and print what would be held.

    That takes some minutes of every core there is.

    With --shipped the figures mean something for sets alone that the shipped prior was not made from.
    """
    texts = list(_texts(program, corpus, sets))
    prior = shipped_prior() if shipped else None
    usual = () if shipped else _usual(program, _settings(program, instance))
    with ProcessPoolExecutor() as pool:
        lines = evaluate_spam(texts, prior=prior, usual=usual, each=pool.map)
    for line in lines:
        click.echo(_told(line))
        if mistakes:
            click.echo("".join(f"    {id_}\n" for id_ in line.mistakes), nl=False)


@spam.command("teach")
@corpus_option
@click.option("--write", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File for the prior.")
@instance_option
@click.pass_obj
def teach(program: Program, corpus: Path, write: Path, instance: Path) -> None:
    """Make the prior that comes with the program anew, from all texts of the sets."""
    texts = list(_texts(program, corpus, SETS))
    prior = prior_from(texts, usual=_usual(program, _settings(program, instance)))
    write.write_text(write_prior(prior), "utf-8")
    weights = f"{len(prior.text.words)} weights for texts, {len(prior.mail.words)} for mails"
    click.echo(f"{weights} and {len(prior.usual)} usual words of {len(texts)} texts.")


def _told(line: Held) -> str:
    honest = f"{len(line.mistakes)} of {line.honest_count} honest held ({line.honest_percent:.2f} %)"
    caught = f"{line.spam_held} of {line.spam_count} spam held ({line.spam_percent:.1f} %)"
    is_reached = line.honest_percent <= HONEST_GOAL and line.spam_percent >= SPAM_GOAL
    return f"{line.corpus}: {honest}, {caught}; goals {'reached' if is_reached else 'not reached'}"


def _settings(program: Program, instance: Path) -> Settings:
    program.prepare_instance(instance)
    return load_settings(instance.resolve(), os.environ)


def _usual(program: Program, settings: Settings) -> list[Weighable]:
    """Return honest inquiries, each as if it came by mail; a text's own words are what they are by form."""
    reader = program.new_mail_reader()
    try:
        texts = inquiry_texts(settings.catalogue, count=_USUAL_TEXTS, seed=_SEED, today=_DAY)
        return [weighable(*text, head=_head_of_today(reader, text, number)) for number, text in enumerate(texts)]
    finally:
        reader.close()


def _head_of_today(reader: MailReader, text: SentText, number: int) -> frozenset[str]:
    mail = reader.read(mail_of_today(text, number, seed=_SEED))
    return frozenset() if isinstance(mail, Unreadable) else mail_words(mail)


def _texts(program: Program, folder: Path, sets: tuple[str, ...]) -> Iterator[MarkedText]:
    """Yield the texts of the sets: mails as they read, lines of JSON as they stand."""
    reader = program.new_mail_reader()
    try:
        for name in sets:
            path = folder / name / "manifest.json"
            if not path.is_file():
                raise NotFound(f"There is no {path}.")
            seen = set[Path]()
            for case in json.loads(path.read_text("utf-8"))["cases"]:
                files = case["files"]
                if "message" in files:
                    yield from _mail(reader, name, case, folder / name / files["message"])
                elif (lines := folder / name / files["jsonl"]) not in seen:
                    seen.add(lines)
                    yield from _lines(name, lines)
    finally:
        reader.close()


def _mail(reader: MailReader, name: str, case: dict[str, Any], path: Path) -> Iterator[MarkedText]:
    mail = reader.read(path.read_bytes())
    if isinstance(mail, Unreadable):
        click.echo(f"{path.name} cannot be read: {mail.words}", err=True)
        return
    visible = mail.visible.strip()
    text = visible if mail.subject in visible else f"{mail.subject}\n\n{visible}".strip()
    address = mail.sender.address if mail.sender else ""
    is_spam = case["expected"]["label"] == "spam"
    today = _head_of_today(reader, (text, address), int(hashlib.sha256(case["id"].encode()).hexdigest()[:8], 16))
    inquiry = weighable(text, address, head=mail_words(mail))
    yield MarkedText(id=case["id"], corpus=name, inquiry=inquiry, is_spam=is_spam, today=today)


def _lines(name: str, path: Path) -> Iterator[MarkedText]:
    for line in path.read_text("utf-8").split("\n"):
        if line.strip():
            row = json.loads(line)
            inquiry, is_spam = weighable(row["text"], ""), row["label"] == "spam"
            yield MarkedText(id=f"{name}-{row['i']}", corpus=name, inquiry=inquiry, is_spam=is_spam)
