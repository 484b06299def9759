"""Renders pages in the reader's language.

A link's ``?lang=`` first, then what the browser asks for, then the settings' first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import current_app, g, request
from jinja2 import Environment
from markupsafe import Markup

from liju_contact.domain.language import html_tag, negotiate, read_language
from liju_contact.usecases.deps import Deps
from liju_contact.wording import Wording, wording_in


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """The same page in another language; ``name`` is what that language calls itself."""

    language: str
    tag: str
    name: str
    href: str
    is_current: bool


def current_deps() -> Deps:
    return cast(Deps, current_app.extensions["liju"])


def current_language() -> str:
    """Return the language of this request, chosen once."""
    language: str | None = g.get("language")
    if language is None:
        offered = current_deps().settings.web.languages
        wished = negotiate(request.headers.get("Accept-Language", ""), offered)
        language = asked_language() or wished or offered[0]
        g.language = language
    return language


def asked_language() -> str | None:
    """Return the language a link asks for, if it is one of ours."""
    asked = request.args.get("lang", "")
    return read_language(asked, current_deps().settings.web.languages) if asked else None


def use_language(language: str) -> None:
    """Make ``language`` the one of this request."""
    g.language = language


def current_wording() -> Wording:
    return wording_in(current_language())


def translated(message: str) -> str:
    """Return one of the program's sentences in the language of this request."""
    return current_wording().gettext(message)


def render(template: str, **context: Any) -> str:
    """Render a page; ``language_links`` and ``company`` are there for every one of them."""
    environments = cast(Mapping[str, Environment], current_app.extensions["liju_templates"])
    language = current_language()
    company = current_deps().settings.company.name.in_language(language)
    page = environments[language].get_template(template)
    return page.render(language_links=language_links(), company=company, **context)


def macro_of(template: str, name: str, language: str) -> Callable[..., Markup]:
    """Return a macro of a template, to write a part of a page with that is kept for others."""
    environments = cast(Mapping[str, Environment], current_app.extensions["liju_templates"])
    return _macro(environments[language], template, name)


@lru_cache(maxsize=16)
def _macro(environment: Environment, template: str, name: str) -> Callable[..., Markup]:
    return cast(Callable[..., Markup], getattr(environment.get_template(template).module, name))


def known_choices() -> dict[str, str]:
    """Return the product line and topic a link chose, if there are such.

    Nothing else of a link may enter a page that is kept for others.
    """
    catalogue = current_deps().settings.catalogue
    choices = {}
    if product_line := catalogue.find_product_line(request.args.get("product", "")):
        choices["product"] = product_line.id
    if topic := catalogue.find_topic(request.args.get("topic", "")):
        choices["topic"] = topic.id
    return choices


def language_links() -> list[LanguageLink]:
    """Return links to this page in each language; a page that answered a POST links to what GET shows there."""
    kept = known_choices()
    # A path that began with two slashes, whichever way they lean, would be read as the name of another host.
    current, path = current_language(), f"/{quote(request.path.lstrip('/'))}"
    return [
        LanguageLink(
            language=language,
            tag=html_tag(language),
            name=wording_in(language).own_name,
            href=f"{path}?{urlencode({**kept, 'lang': html_tag(language)})}",
            is_current=language == current,
        )
        for language in current_deps().settings.web.languages
    ]
