"""Fuzz what reads strangers' bytes: ``python -m tests.fuzz mail --minutes 10 --folder /tmp/fuzz``.

Runs with atheris, which is in no lock of this project: install it into an environment of its own and let that find the
project's packages by ``PYTHONPATH``. Seeds are the corpora of mail and reply; what is found new is kept in the folder,
and a crasher is written beside it. What a crasher taught belongs into ``tests/fuzz/test_targets.py``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # in no lock: see above

with atheris.instrument_imports(include=["liju_contact"]):
    from tests.fuzz.targets import TARGETS

from tests.corpora import cases, content, hostile_values

_MAIL_SETS = ("mail_rubymail", "mail_mimekit", "mail_cpython", "mail_helpdesk", "mail_roundup", "bounce_flufl")
_SEED_BYTES = 16_384
_SLOW_SECONDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--folder", type=Path, required=True, help="What is found new is kept here.")
    asked = parser.parse_args()
    folder = asked.folder / asked.target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(_seeds(asked.target)):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={int(asked.minutes * 60)}",
        f"-max_len={_SEED_BYTES}",
        f"-timeout={_SLOW_SECONDS}",
        f"-artifact_prefix={folder}-",
        "-print_final_stats=1",
        str(folder),
    ]
    atheris.Setup([sys.argv[0], *options], TARGETS[asked.target])
    atheris.Fuzz()


def _seeds(target: str) -> list[bytes]:
    mails = [content(name, case) for name in _MAIL_SETS for case in cases(name)]
    mails += [content("spamassassin", case) for case in cases("spamassassin")[::10]]
    small = [mail for mail in mails if len(mail) <= _SEED_BYTES]
    if target in {"mail", "shown"}:
        return small
    bodies = [mail.partition(b"\n\n")[2] for mail in small]
    if target == "html":
        return [body for body in bodies if b"<" in body]
    return bodies[:200] + [value.encode("utf-8", "replace") for value in hostile_values()]


if __name__ == "__main__":
    main()
