"""How every line of the log is written: with the id of the request it belongs to, and without what people wrote.

A line may name an inquiry by its public number and a row by its id. Addresses, keys and tokens are struck out, whoever
wrote them. Of an exception that is not one of ours, its kind and the places in the code are told; its own words only
where the kind is known to speak of code and machines, and then without anything it puts in quotes but names that stand
in the lines of code beside it.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import sys
import threading
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")
FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request)s] %(message)s"
STRUCK = "…"
# Any address; then status links, reply keys, and whatever else is long, without blanks and with digits.
_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]@]+@[^\s<>\"'(),:;\[\]@]+")
_KEY = re.compile(
    r"(?<![\w/.\-])(?=[\w.\-]*\d)[\w\-]{20,}(?:\.[\w\-]+)*(?![\w/])|[0-9a-z]{8,12}\.[anh][0-9a-z]+\.[0-9a-f]{26}"
)
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_TELLING = (
    OSError,
    sqlite3.Error,
    ImportError,
    AttributeError,
    NameError,
    TypeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    MemoryError,
)
_OURS = "liju_contact."
_CAUSES = 10


class QuietFormatter(logging.Formatter):
    """Writes what a record says without what it must not say."""

    def format(self, record: logging.LogRecord) -> str:
        record.request = request_id.get()
        if isinstance(record.args, tuple) and any(isinstance(each, BaseException) for each in record.args):
            quiet = tuple(words_of(each) if isinstance(each, BaseException) else each for each in record.args)
            record = logging.makeLogRecord({**record.__dict__, "args": quiet})
        record.exc_text = None  # another formatter may have kept its own
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name of the standard library
        record.message = masked(record.message)
        return super().formatMessage(record)

    def formatException(  # noqa: N802  # the name of the standard library
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return where_it_broke(ei[1]) if ei[1] is not None else ""


def install_log() -> None:
    """Have this process log to standard error in this way, also what no thread has caught."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    install_hooks()


def install_hooks() -> None:
    """Tell of an exception that nothing has caught where it broke, and not in its own words."""
    sys.excepthook = lambda _kind, error, _places: _print(error)
    threading.excepthook = lambda broken: _print(broken.exc_value) if broken.exc_value else None


def masked(text: str) -> str:
    """Strike addresses, keys and tokens out."""
    return _KEY.sub(STRUCK, _ADDRESS.sub(STRUCK, text))


def words_of(error: BaseException, code: str = "") -> str:
    """Return what an exception may say in a log; ``code`` are the lines it passed through."""
    original: Any = getattr(error, "orig", None) or error
    kind = type(error).__qualname__
    if type(original).__module__.startswith(_OURS):
        return f"{kind}: {masked(str(original))}"
    if isinstance(original, OSError) and original.strerror:
        return f"{kind}: {original.strerror}"
    said = getattr(getattr(original, "diag", None), "message_primary", None)  # PostgreSQL's own, without its detail
    if said is None and not isinstance(original, _TELLING):
        return kind
    return f"{kind}: {masked(_unquoted(str(said or original), code))}".rstrip(": ")


def where_it_broke(error: BaseException) -> str:
    """Return the places an exception and what caused it passed through, oldest cause first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain and len(chain) < _CAUSES:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(_one(each) for each in reversed(chain))


def _one(error: BaseException) -> str:
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"{places}{words_of(error, places)}"


def _unquoted(text: str, code: str) -> str:
    known = set(re.findall(r"\w+", code))

    def keep(found: re.Match[str]) -> str:
        inner = found[0][1:-1]
        return found[0] if inner.isidentifier() and inner in known else f"{found[0][0]}{STRUCK}{found[0][0]}"

    return _QUOTED.sub(keep, text)


def _print(error: BaseException | None) -> None:
    if error is not None:
        sys.stderr.write(f"{where_it_broke(error)}\n")
