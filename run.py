#!/usr/bin/env python3
"""Set up what the program needs, then run it: the one command a newcomer types.

``python3 run.py``                 sets up and serves (a demo on 127.0.0.1:8000 when nothing is configured)
``python3 run.py test [ARGS]``     sets up the tests' packages too and runs all tests, or pytest with ARGS
``python3 run.py bench [ARGS]``    the same for the benchmark in tests/bench/
``python3 run.py lint``            ruff, mypy, bandit and deptry, as CI runs them
``python3 run.py audit``           asks a public list whether a locked package has a known weakness
``python3 run.py COMMAND [ARGS]``  any other ``liju-contact`` command

Standard library only, because it runs before anything is installed. It keeps a virtual environment in ``.venv``, filled
from the hashed lock file; a stamp in it remembers which lock was installed, so a second start costs no more than a
look. Afterwards this process *becomes* the program (``execv``): whoever started or kills it deals with the program
itself.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

HOME = Path(__file__).resolve().parent
ENVIRONMENT = HOME / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
OLDEST_PYTHON = (3, 11)
RUNTIME_LOCK = HOME / "requirements.lock"
TEST_LOCK = HOME / "tests" / "requirements.lock"
# As many as cores: whole programs run beside, and have to start in time. The long ones come early in the alphabet.
ALL_TESTS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
DEVELOPER_COMMANDS = {"test", "bench", "lint", "audit"}


def main(arguments: list[str]) -> NoReturn:
    """Set up the environment ``arguments`` need and become the program they name."""
    if sys.version_info < OLDEST_PYTHON:
        fail(f"Python {dotted(OLDEST_PYTHON)} or newer is needed; this is {dotted(sys.version_info[:2])}.")
    command, rest = ("serve", arguments) if _is_serve(arguments) else (arguments[0], arguments[1:])
    ensure_environment(TEST_LOCK if command in DEVELOPER_COMMANDS else RUNTIME_LOCK)
    if command in DEVELOPER_COMMANDS:
        os.chdir(HOME)
    # No match statement in this file: an older Python must get through it to say the sentence above.
    if command == "lint":
        sys.exit(lint())
    if command == "audit":
        sys.exit(audit())
    if command == "test":
        become("-m", "pytest", *(rest or ALL_TESTS))
    if command == "bench":
        become("-m", "tests.bench", *rest)
    become("-m", "liju_contact", command, *rest)


def _is_serve(arguments: list[str]) -> bool:
    """``serve`` is what is meant when no command is named; ``--help`` alone asks for the list of commands."""
    return not arguments or (arguments[0].startswith("-") and arguments[0] not in {"--help", "--version"})


def ensure_environment(lock: Path) -> None:
    """Make ``.venv`` hold what ``lock`` lists; a no-op when its stamp says so.

    The tests' lock lists everything the program's own lock does, so where it was installed both are satisfied.
    """
    if PYTHON.exists() and (is_installed(lock) or is_installed(TEST_LOCK)):
        return
    print(f"Setting up {ENVIRONMENT.name} from {lock.relative_to(HOME)} ...", file=sys.stderr, flush=True)
    try:
        create_environment()
        install(lock)
        make_importable()
        stamp_of(lock).write_text(digest_of(lock))
    except PermissionError as error:
        fail(f"No permission to write {error.filename}. Run this as the owner of {HOME}.")
    except OSError as error:
        fail(f"The environment {ENVIRONMENT} could not be made: {error}")


def is_installed(lock: Path) -> bool:
    return stamp_of(lock).exists() and stamp_of(lock).read_text() == digest_of(lock)


def stamp_of(lock: Path) -> Path:
    return ENVIRONMENT / f"installed-for-{'tests' if lock == TEST_LOCK else 'running'}"


def digest_of(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def create_environment() -> None:
    """Create the virtual environment, also where Debian ships Python without ensurepip."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False).returncode == 0:
        return
    try:
        import ensurepip  # noqa: F401, PLC0415  # only asked whether it is there

        with_pip = True
    except ImportError:
        with_pip = False
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=with_pip).create(ENVIRONMENT)


def install(lock: Path) -> None:
    """Install ``lock`` with every hash checked and nothing compiled."""
    own_pip = subprocess.run([str(PYTHON), "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0
    pip = [str(PYTHON), "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    result = subprocess.run([*pip, "install", *options, "-r", str(lock)], check=False)
    if result.returncode != 0:
        fail("The packages could not be installed; pip says why above. Is there a network, and pip for this Python?")


def make_importable() -> None:
    """Let the environment's Python find ``liju_contact``, and give it the ``liju-contact`` command."""
    folder = ENVIRONMENT / "lib" / f"python{dotted(sys.version_info[:2])}" / "site-packages"
    (folder / "liju_contact.pth").write_text(f"{HOME}\n")
    # As pip does for what it installs: a start costs half, also for an account that may write nothing here.
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", str(HOME / "liju_contact")], check=False)
    command = PYTHON.with_name("liju-contact")
    command.write_text(f"#!{PYTHON}\nfrom liju_contact.app import main\n\nmain()\n")
    command.chmod(0o755)


def lint() -> int:
    """Run the checks of style, types, security and dependencies; return 0 when all are clean."""
    checks = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", "liju_contact", "run.py", "wsgi.py"],
        ["deptry", "."],
    )
    return max(subprocess.run([str(PYTHON), "-m", *check], check=False).returncode for check in checks)


def audit() -> int:
    """Look every locked package up; return 1 when one has a known weakness. A list out of reach is said."""
    asking = [str(PYTHON), "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes", "--format", "json"]
    asked = subprocess.run([*asking, "-r", str(RUNTIME_LOCK)], check=False, capture_output=True, text=True)
    if asked.stdout.strip():  # it says something only once it has an answer for every package
        print(asked.stdout)
        return asked.returncode
    print(f"Not audited: {asked.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    return 0


def become(*arguments: str) -> NoReturn:
    """Replace this process by the environment's Python.

    Same process id, so signals and ``kill -9`` reach the program.
    """
    os.execv(PYTHON, [str(PYTHON), *arguments])


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def fail(sentence: str) -> NoReturn:
    print(f"run.py: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
