"""What the program says, as the source has it; ``python -m tests.catalogues`` brings the catalogues up to date with it.

New sentences arrive in a ``.po`` file empty, those nobody says any more leave it. ``tests/test_translations.py`` fails
while one is empty.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.conftest import PROJECT

TRANSLATIONS = PROJECT / "liju_contact" / "translations"
_METHODS = [
    ("liju_contact/**.py", "tests.catalogues:python_sentences"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
_OPTIONS = {f"templates/**.{suffix}": {"trimmed": "true", "silent": "false"} for suffix in ("html", "txt")}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
# Babel's own header names people nobody has and a time that differs at every run.
_HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: liju_contact\n"
"Language: {language}\n"
"Plural-Forms: {plural_forms}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def source_catalog() -> Catalog:
    """Return every sentence marked for translation, with the places it stands at."""
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(PROJECT, _METHODS, _OPTIONS, keywords=_KEYWORDS, directory_filter=_is_source)
    for filename, line, message, comments, context in found:
        catalog.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    return catalog


def catalog_of(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def path_of(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _is_source(folder: str | Path) -> bool:
    relative = Path(folder).resolve().relative_to(PROJECT).parts
    return not relative or relative[0] in {"liju_contact", "templates"}


def update(language: str) -> int:
    """Rewrite a catalogue and return how many of its sentences are still empty."""
    catalog = catalog_of(language)
    catalog.update(source_catalog(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    write(language, catalog)
    return sum(1 for message in catalog if message.id and not all(texts(message.string)))


def write(language: str, catalog: Catalog) -> None:
    """Write a catalogue so that nothing but its sentences changes from one time to the next."""
    with path_of(language).open("wb") as file:
        file.write(_HEADER.format(language=language, plural_forms=catalog.plural_forms).encode())
        write_po(file, catalog, width=120, include_lineno=False, sort_by_file=True, omit_header=True)


def texts(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """Return the one text of a message, or one for each of its plural forms."""
    if isinstance(string, (tuple, list)):
        return list(string)
    return [string or ""]


def python_sentences(
    file: IO[bytes],
    keywords: Container[str],
    _tags: object,
    options: object,  # noqa: ARG001  # Babel names it
) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """Yield the calls with a keyword's name for Babel, whose own search sees none inside an f-string on Python 3.11."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and (name := _called(node)) in keywords:
            yield node.lineno, name, [_written(argument) for argument in node.args], []


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _written(argument: ast.expr) -> str | None:
    """Return the text that stands in the source, or None where it comes from elsewhere."""
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


if __name__ == "__main__":
    for folder in sorted(path.name for path in TRANSLATIONS.iterdir()):
        print(f"{folder}: {update(folder)} sentences to translate")  # noqa: T201  # a command for people
