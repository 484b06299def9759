"""The walls of the house (D1): imports go one way, held by reading every syntax tree, also inside functions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PACKAGE = PROJECT / "liju_contact"
# What each room may import of this program, beside itself. A name stands for the module or everything below it.
LEAVES = {"domain", "clock"}
READING = {
    "config",
    "config_source",
    "config_calendar",
    "config_catalogue",
    "config_mail",
    "config_desk",
    "config_scanner",
    "config_limits",
    "config_retention",
}
COMMANDS = {
    "domain",
    "store",
    "usecases",
    "config",
    "processes",
    "cli_parts",
    "cli_mail",
    "cli_inbound",
    "cli_demo",
    "cli_spam",
    "cli_staff",
    "cli_privacy",
    "log_lines",
    "spam_lists",
    "__version__",
}
WORDS = {"wording", "vocabulary"}
ROOMS = {
    "domain": set[str](),
    "clock": set[str](),
    "log_lines": set[str](),
    "guarded": {"log_lines"},
    "pictures": {"domain", "guarded"},
    "hasher": set[str](),
    "vocabulary": {"domain"},
    "wording": {"domain", "vocabulary"},
    "templating": {"domain", *WORDS},
    "working_calendar": {"domain"},
    "spam_lists": {"domain"},
    "config_source": {"domain"},
    "config_calendar": {"domain", "config_source", "working_calendar"},
    "config_catalogue": {"domain", "config_source", "config_calendar"},
    "config_mail": {"domain", *READING},
    "config_desk": {"domain", "config_source"},
    "config_scanner": {"config_source"},
    "config_limits": {"domain", "config_source"},
    "config_retention": {"config_source"},
    "config": {"domain", *READING},
    "store": {"domain"},
    "usecases": {"domain", "store", "spam_lists", "working_calendar", *READING},
    "mail": {"domain", "store", "usecases", "guarded", *READING, *WORDS},
    "scanner": {"domain", "config_scanner"},
    "oidc": {"domain", "usecases", "config_desk"},
    "passkey_check": {"usecases"},
    "redis_counter": {"usecases"},
    "desk_doors": {"config", "usecases", "oidc", "passkey_check"},
    "sheets": {"domain", "store", "usecases", "config", *WORDS},
    "web": {"domain", "usecases", "config", "config_desk", "config_retention", "log_lines", *WORDS},
    "processes": {"domain", "store", "usecases", "config"},
    "cli_parts": COMMANDS,
    "cli_mail": COMMANDS,
    "cli_inbound": COMMANDS,
    "cli_demo": COMMANDS,
    "cli_spam": COMMANDS,
    "cli_staff": COMMANDS,
    "cli_privacy": COMMANDS,
    "cli": COMMANDS,
    "app": {
        "processes",
        "mail",
        "pictures",
        "desk_doors",
        "scanner",
        "redis_counter",
        "sheets",
        "web",
        "cli",
        "templating",
        "mail_checks",
        "clock",
        "hasher",
        *COMMANDS,
        *READING,
        *WORDS,
    },
    "mail_checks": {"mail", "domain", "config"},
    "__main__": {"app"},
    "__init__": set[str](),
}
BANNED_NAMES = {"manager", "helper", "utils", "common", "misc", "data", "info"}
# Names that a library gives to what it calls.
GIVEN_NAMES = {"process_bind_param", "process_result_value", "process_formdata", "handle_DATA", "data"}
BANNED_BEGINNINGS = ("handle_", "process_", "do_")


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and dotted name, below this package, of everything imported anywhere in a module."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "liju_contact":
            found += [(node.lineno, f"liju_contact.{alias.name}") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that they can be searched for"
            found.append((node.lineno, node.module or ""))
    return [(line, name.removeprefix("liju_contact.")) for line, name in found if name.startswith("liju_contact.")]


def climbed_walls(path: Path, source: str) -> list[str]:
    room = room_of(path)
    return [
        f"{path.relative_to(PROJECT)}:{line} {room} must not import {name}"
        for line, name in imported(ast.parse(source))
        if name.split(".")[0] not in ROOMS[room] | {room}
    ]


def test_every_module_stays_within_its_walls() -> None:
    walls = [wall for path in modules() for wall in climbed_walls(path, path.read_text("utf-8"))]

    assert walls == []


@pytest.mark.parametrize(
    "source",
    ["from liju_contact.store.tables import InquiryRow", "def view():\n    import liju_contact.store.tables"],
)
def test_a_page_that_reaches_for_a_table_is_named_with_its_line(source: str) -> None:
    walls = climbed_walls(PACKAGE / "web" / "status.py", source)

    assert len(walls) == 1
    assert walls[0].endswith("web must not import store.tables")


def test_the_domain_imports_only_the_standard_library() -> None:
    import sys  # noqa: PLC0415  # asked for one list of names only

    foreign = [
        f"{path.name}:{node.lineno} {name}"
        for path in modules()
        if room_of(path) == "domain"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if name.split(".")[0] not in {*sys.stdlib_module_names, "liju_contact"}
    ]

    assert foreign == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    askers = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    }

    assert askers == {"clock.py"}


def test_transactions_begin_only_in_stories() -> None:
    """``schema`` migrates before there are stories."""
    beginners = {
        path.relative_to(PACKAGE).parts[0]
        for path in modules()
        if path.name not in {"schema.py", "database.py"}
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.withitem)
        if isinstance(node.context_expr, ast.Call) and isinstance(node.context_expr.func, ast.Attribute)
        if node.context_expr.func.attr in {"begin", "read"} and "db" in ast.unparse(node.context_expr.func.value)
    }

    assert beginners == {"usecases"}


def test_no_name_says_nothing() -> None:
    names = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if node.name not in GIVEN_NAMES
        if node.name.strip("_").startswith(BANNED_BEGINNINGS) or BANNED_NAMES & set(node.name.lower().split("_"))
    ]
    files = [str(path) for path in modules() if BANNED_NAMES & set(path.stem.split("_"))]

    assert names + files == []


def test_functions_stay_short() -> None:
    long = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno >= 40
    ]

    assert long == []


def test_modules_stay_short() -> None:
    long = [str(path) for path in modules() if len(path.read_text("utf-8").splitlines()) > 300]

    assert long == []
