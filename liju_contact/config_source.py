"""Reads typed values out of a TOML text and the environment, and collects every fault with the line it stands on.

Knows nothing about what the settings mean: that is ``config``. A value in the environment (``LIJU_MAIL_PASSWORD`` for
``password`` in ``[mail]``) wins over the file and is read by the type that is asked for, never guessed from its spelling.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liju_contact.domain.catalogue import Label
from liju_contact.domain.errors import Fault, SettingsError

Path = tuple[str | int, ...]
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


@dataclass(slots=True)
class ConfigSource:
    """One settings text with its faults so far; ``root`` is where reading starts."""

    name: str
    environment: Mapping[str, str]
    lines: Mapping[Path, int]
    values: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str, *, name: str, environment: Mapping[str, str]) -> ConfigSource:
        """Raises ``SettingsError`` when the text is not TOML at all; the parser's message names line and column."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError([Fault(id="config.syntax", text=f"{name} is not TOML: {error}.")]) from error
        return cls(name=name, environment=environment, lines=line_numbers(text), values=values)

    @property
    def root(self) -> Section:
        return Section(source=self, path=(), values=self.values)

    def fault(self, path: Path, text: str) -> None:
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
        where = f"{self.name}, line {self.lines[known]}" if known else self.name
        dotted = ".".join(str(part) for part in path)
        id_ = ".".join(str(part) for part in path if isinstance(part, str))
        self.faults.append(Fault(id=f"config.{id_}", text=f"{where}: {dotted} {text}"))

    def raise_faults(self) -> None:
        if self.faults:
            raise SettingsError(self.faults)


@dataclass(slots=True)
class Section:
    """One table of the settings. Each reading method returns a usable value even after it has noted a fault."""

    source: ConfigSource
    path: Path
    values: Mapping[str, Any]
    seen: set[str] = field(default_factory=set)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without ``default`` the key is required."""
        value = self._environment(key)
        if value is None:
            value = self._value(key, str, "a text in quotes", default)
        return str(value) if value is not None else ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key, default="") or None

    def integer(self, key: str, default: int, *, low: int, high: int) -> int:
        spelled = self._environment(key)
        value = self._value(key, int, "a whole number", default) if spelled is None else _integer(spelled)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(key, f"must be a whole number from {low} to {high}.")
            return default
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in choices:
            self.fault(key, f"must be one of {', '.join(choices)}; it is {value!r}.")
            return default
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self._value(key, list, "a list of texts in quotes", list(default))
        if not all(isinstance(item, str) for item in value or ()):
            self.fault(key, "must be a list of texts in quotes.")
            return default
        return tuple(value or ())

    def label(self, key: str, languages: tuple[str, ...], *, required: bool = True) -> Label:
        """Return a text per language, written as ``{ en = "...", zh_Hans = "..." }``."""
        value = self._value(key, dict, "a text per language", None if required else {})
        texts = {k: v for k, v in (value or {}).items() if isinstance(v, str) and v.strip()}
        missing = [language for language in languages if language not in texts]
        if missing and (required or texts):
            self.fault(key, f"has no text for {', '.join(missing)}.")
        return Label(texts or dict.fromkeys(languages, ""))

    def section(self, key: str) -> Section:
        value = self._value(key, dict, "a table", {})
        return Section(source=self.source, path=(*self.path, key), values=value or {})

    def sections(self, key: str) -> list[Section]:
        value = self._value(key, list, "an array of tables", [])
        tables = [item if isinstance(item, dict) else {} for item in value or ()]
        return [Section(source=self.source, path=(*self.path, key, i), values=t) for i, t in enumerate(tables)]

    def fault(self, key: str, text: str) -> None:
        self.source.fault((*self.path, key), text)

    def finish(self) -> None:
        """Note every key nobody asked for: a misspelled setting must not be silently without effect."""
        for key in self.values:
            if key not in self.seen:
                self.fault(key, "is not a setting of this program; is it misspelled?")

    def _value(self, key: str, kind: type, wanted: str, default: Any) -> Any:
        self.seen.add(key)
        if key not in self.values:
            if default is None:
                self.fault(key, "is missing.")
            return default
        value = self.values[key]
        if not isinstance(value, kind):
            self.fault(key, f"must be {wanted}.")
            return default
        return value

    def _environment(self, key: str) -> str | None:
        if any(isinstance(part, int) for part in self.path):
            return None
        self.seen.add(key)
        return self.source.environment.get("_".join(["LIJU", *map(str, self.path), key]).upper())


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line each table and key of a valid TOML text stands on (1 = first).

    Keys inside inline tables and multi-line values are not looked into: their line is that of the key they belong to.
    """
    lines: dict[Path, int] = {}
    counts: dict[str, int] = {}
    table: Path = ()
    open_brackets, quote = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not open_brackets and not quote:
            if found := _TABLE.match(line):
                table = _table_path(found[1], found[2], counts)
                lines.setdefault(table, number)
            elif found := _KEY.match(line):
                lines[(*table, *(part.strip("\"'") for part in found[1].split(".")))] = number
        open_brackets, quote = _open_after(line, open_brackets, quote)
    return lines


def _table_path(brackets: str, name: str, counts: dict[str, int]) -> Path:
    parts = tuple(part.strip().strip("\"'") for part in name.split("."))
    if brackets == "[[":
        counts[name] = counts.get(name, -1) + 1
        return (*parts, counts[name])
    return parts


def _open_after(line: str, brackets: int, quote: str) -> tuple[int, str]:
    """Return how many brackets and which multi-line quote are open after ``line``."""
    position = 0
    while position < len(line):
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return brackets, quote if len(quote) == 3 else ""  # noqa: PLR2004  # three quotes open a multi-line text
            position, quote = end + len(quote), ""
            continue
        character = line[position]
        if character == "#":
            break
        if character in "\"'":
            quote = character * 3 if line.startswith(character * 3, position) else character
            position += len(quote)
            continue
        if not _TABLE.match(line):
            brackets += (character in "[{") - (character in "]}")
        position += 1
    return brackets, quote if len(quote) == 3 else ""  # noqa: PLR2004  # as above


def _integer(spelled: str) -> int | None:
    return int(spelled) if re.fullmatch(r"-?\d{1,18}", spelled, re.ASCII) else None
