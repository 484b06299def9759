"""One Jinja environment per language, for pages and letters alike.

A template is compiled with its language's catalogue bound to it, so nothing about the language is looked up while it renders.
HTML is escaped, text is not; an undefined name is an error, not an empty string.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from liju_contact.domain.language import html_tag
from liju_contact.wording import wording_in

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def template_environments(languages: tuple[str, ...], shared: Mapping[str, Any]) -> dict[str, Environment]:
    """Return an environment for each language, with ``shared`` as globals beside ``wording`` and ``language``."""
    return {language: _environment(language, shared) for language in languages}


def _environment(language: str, shared: Mapping[str, Any]) -> Environment:
    wording = wording_in(language)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: name is not None and name.endswith((".html", ".svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(wording.gettext, wording.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    environment.globals.update(shared, wording=wording, language=language, html_language=html_tag(language))
    return environment
