"""What somebody was about to do when the desk asked them to sign in, kept until they can go on.

A page that was asked for is gone to afterwards. A form that met an ended session is carried through every step of the
sign-in as hidden fields, and then stands behind one button: nothing is sent by itself, and nothing typed is lost. Its
files are staged at once, as those of the public form are, since a browser cannot be handed its files again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from liju_contact.web.rendering import current_deps
from liju_contact.web.turned_away import current_caller
from liju_contact.web.uploads import KEPT_FIELD, kept_files, take_uploads

HOME = "/staff"
_CARRIED = "sent."
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_CARRIED = re.compile(r"csrf|password.*|code")  # what a sign-in asks for itself, or what is a secret
_CHARACTERS = 1_000_000  # more than a form of ours can hold
# A path of the desk and nothing a browser could take for another host; not the door itself.
_PATH = re.compile(r"/staff(?!/sign-in|/sign-out|/reset|/forgot)(?:[/?][\x21-\x5b\x5d-\x7e]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """``fields`` are those of a form, to be sent to ``back``; with ``is_form`` False ``back`` is only gone to."""

    back: str = HOME
    is_form: bool = False
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """Name and value of what a form of the sign-in carries."""
        yield "back", self.back
        if self.is_form:
            yield "is_form", "yes"
        for name, value in self.fields:
            yield f"{_CARRIED}{name}", value


def interrupted() -> Resumption:
    """Return what this request wanted, for afterwards."""
    back = safe_path(request.full_path.rstrip("?"))
    if request.method in _SAFE:
        return Resumption(back=back)
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not _NOT_CARRIED.fullmatch(name) and name != KEPT_FIELD
    ]
    deps = current_deps()
    staged = kept_files(deps, take_uploads(deps, current_caller(deps)).files)
    fields += [(KEPT_FIELD, file.token) for file in staged]
    return Resumption(back=back, is_form=True, fields=_within_limits(fields))


def carried() -> Resumption:
    """Return what a form of the sign-in carried."""
    is_form = bool(request.form.get("is_form"))
    fields = [
        (name.removeprefix(_CARRIED), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(_CARRIED)
    ]
    back = safe_path(request.values.get("back", ""))
    return Resumption(back=back, is_form=is_form, fields=_within_limits(fields) if is_form else ())


def safe_path(typed: str) -> str:
    """Return a path of the desk as it is, and the desk's own for everything else: no sign-in leads to another site."""
    path = typed.partition("?")[0]
    is_plain = "//" not in path and "/." not in path  # nothing that a browser or a proxy would make another path of
    return typed if is_plain and _PATH.fullmatch(typed) else HOME


def _within_limits(fields: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(fields) if sum(len(value) for _name, value in fields) <= _CHARACTERS else ()
