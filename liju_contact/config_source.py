"""Reads typed values out of a TOML text and the environment, and collects every fault with the line it stands on.

Knows nothing about what the settings mean: that is ``config``. A value in the environment (``LIJU_MAIL_PASSWORD`` for
``password`` in ``[mail]``) wins over the file and is read by the type that is asked for, never guessed from its
spelling.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from liju_contact.domain.catalogue import Label
from liju_contact.domain.errors import Fault, SettingsError

Path = tuple[str | int, ...]
# A text in one of TOML's four quotes, a comment, a run of blanks, a line break, a sign, or anything else up to those.
_PIECE = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*'|\#[^\n]*|[ \t\r]+|\n|[\[\]{}=,.]'''
    r"""|[^\s\[\]{}=,."'#]+""",
    re.DOTALL,
)


@dataclass(slots=True)
class ConfigSource:
    """One settings text with its faults so far; ``root`` is where reading starts."""

    name: str
    environment: Mapping[str, str]
    lines: Mapping[Path, int]
    values: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    unusable: set[Path] = field(default_factory=set)
    overridden: set[Path] = field(default_factory=set)

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
        """Note what is wrong with a value, unless it has been said already that there is none that could be used."""
        if path in self.unusable:
            return
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
        where = f"{self.name}, line {self.lines[known]}" if known else self.name
        if path in self.overridden:
            where = f"the environment's {variable(path)}"
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
            self._give_up(key, "must be a list of texts in quotes.")
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
        if key in self.values and isinstance(self.values[key], kind):
            return self.values[key]
        if key in self.values or default is None:
            self._give_up(key, f"must be {wanted}." if key in self.values else "is missing.")
        return default

    def _give_up(self, key: str, text: str) -> None:
        self.fault(key, text)
        self.source.unusable.add((*self.path, key))

    def _environment(self, key: str) -> str | None:
        if any(isinstance(part, int) for part in self.path):
            return None
        self.seen.add(key)
        path = (*self.path, key)
        spelled = self.source.environment.get(variable(path))
        if spelled is not None:
            self.source.overridden.add(path)
        return spelled


def variable(path: Path) -> str:
    """Return the environment variable that wins over a setting."""
    return "_".join(["LIJU", *map(str, path)]).upper()


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line each table and key of a valid TOML text stands on (1 = first).

    Keys inside inline tables and arrays are not looked into: their line is that of the key they belong to.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, statement in _statements(text):
        if statement[0] != "[":
            lines[(*table, *_key(statement[: statement.index("=")]))] = number
        elif statement[:2] == ["[", "["]:
            array = _numbered(_key(statement), counts)
            counts[array] = counts.get(array, -1) + 1
            table = (*array, counts[array])
            lines[table] = number
        else:
            table = _numbered(_key(statement), counts)
            lines[table] = number
    return lines


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line each table head and each ``key = value`` begins on, and its pieces without blanks and comments."""
    number, begins, depth = 1, 1, 0
    pieces: list[str] = []
    for piece in [*_PIECE.findall(text), "\n"]:
        depth += (piece in {"[", "{"}) - (piece in {"]", "}"})
        if piece == "\n" and not depth and pieces:
            yield begins, pieces
            pieces = []
        elif not piece.isspace() and not piece.startswith("#"):
            begins = begins if pieces else number
            pieces.append(piece)
        number += piece.count("\n")


def _key(pieces: list[str]) -> tuple[str, ...]:
    """Return the parts of a dotted key, or of the one in a table head; quotes are taken off as TOML itself does it."""
    dotted = "".join(piece for piece in pieces if piece not in {"[", "]"})
    value: Any = tomllib.loads(f"{dotted} = 0")
    parts = []
    while isinstance(value, dict):
        part, value = next(iter(value.items()))
        parts.append(part)
    return tuple(parts)


def _numbered(key: tuple[str, ...], counts: Mapping[Path, int]) -> Path:
    """Return where a table is found: below an array of tables it belongs to the array's newest."""
    path: Path = ()
    for part in key:
        path = (*path, counts[path]) if path in counts else path
        path = (*path, part)
    return path


def _integer(spelled: str) -> int | None:
    return int(spelled) if re.fullmatch(r"-?\d{1,18}", spelled, re.ASCII) else None
