"""Test data that nobody on this project wrote; where it comes from and its licences: README.md beside this file."""

from __future__ import annotations

import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def cases(corpus: str) -> list[dict[str, Any]]:
    """Return the cases of a corpus's manifest, such as ``cases("i18n_names")``; treat them as read-only."""
    manifest = json.loads((_HERE / corpus / "manifest.json").read_text(encoding="utf-8"))
    return list(manifest["cases"])


@cache
def rows(corpus: str, category: str) -> list[str]:
    """Return the strings of one category of a corpus kept as lines, such as ``rows("payload_fuzzdb", "xss")``."""
    case = next(case for case in cases(corpus) if case["id"] == f"{category}-{case['split']}")
    lines = (_HERE / corpus / case["files"]["jsonl"]).read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["v"]) for line in lines]


def categories(corpus: str) -> list[str]:
    """Return the names ``rows`` takes for this corpus."""
    return [case["id"].removesuffix(f"-{case['split']}") for case in cases(corpus)]


def hostile_values() -> list[str]:
    """Return every value of both payload corpora, to be put through any text field."""
    fuzzdb = [value for category in categories("payload_fuzzdb") for value in rows("payload_fuzzdb", category)]
    return fuzzdb + [str(case["value"]) for case in cases("payload_blns")]


def content(corpus: str, case: dict[str, Any], role: str = "message") -> bytes:
    """Return a case's file as it is, such as the ``message`` of a mail set or the ``body`` of a reply set."""
    name: str = case["files"][role]
    packed = _HERE / corpus / "dev.tar.xz"
    return _unpacked(packed)[name] if packed.exists() else (_HERE / corpus / name).read_bytes()


@cache
def _unpacked(archive: Path) -> dict[str, bytes]:
    """Return every file of an archive by its name; 22 MB for the largest."""
    with tarfile.open(archive) as members:
        return {member.name: members.extractfile(member).read() for member in members if member.isfile()}  # type: ignore[union-attr]  # a file has content
