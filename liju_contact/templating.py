"""One Jinja environment per language, for pages and letters alike.

A template is compiled with its language's catalogue: ``{% trans %}`` and ``_("…")`` become the translated text itself,
so nothing about the language is looked up while a page renders. HTML is escaped, text is not; an undefined name is an
error, not an empty string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.bccache import Bucket
from jinja2.ext import InternationalizationExtension
from jinja2.lexer import Token, TokenStream

from liju_contact.domain.language import html_tag
from liju_contact.wording import wording_in

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def template_environments(languages: tuple[str, ...], shared: Mapping[str, Any]) -> dict[str, Environment]:
    """Return an environment for each language, with ``shared`` as globals beside ``wording`` and ``language``."""
    return {language: _environment(language, shared) for language in languages}


def _is_markup(name: str | None) -> bool:
    return name is not None and name.endswith((".html", ".svg"))


def _environment(language: str, shared: Mapping[str, Any]) -> Environment:
    wording = wording_in(language)
    environment = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=_is_markup,  # text letters must not be escaped; everything with markup is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_CompiledOnce(language),
        extensions=[_Translations],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(wording.gettext, wording.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    environment.globals.update(shared, wording=wording, language=language, html_language=html_tag(language))
    environment.extend(translate=wording.gettext)
    return environment


class _CompiledOnce(BytecodeCache):
    """Compiled templates of this process, by language: pages and letters, and every app made here, share them."""

    _compiled: ClassVar[dict[tuple[str, str], bytes]] = {}

    def __init__(self, language: str) -> None:
        self._language = language

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._compiled.get((self._language, bucket.key)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[self._language, bucket.key] = bucket.bytecode_to_string()


class _Environment(Environment):
    """An environment whose globals are settled before its first template is loaded."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return a plain dict, where Jinja keeps a view on globals that may change: each rendering copies it."""
        return {**self.globals, **(d or {})}


class _Translations(InternationalizationExtension):
    """Jinja's i18n, with the translation done while a template is compiled where nothing but the language decides it.

    A plural depends on a number and a call on its arguments; those stay calls.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Put the translated text in place of ``_("…")``."""
        window: list[Token] = []
        for token in stream:
            window.append(token)
            if [seen.type for seen in window[-4:]] == ["name", "lparen", "string", "rparen"] and window[
                -4
            ].value == "_":
                text = window[-2]
                window[-4:] = [Token(text.lineno, "string", self._translated(text.value).replace("%%", "%"))]
            if len(window) > 4:  # noqa: PLR2004  # the length of what is looked for
                yield window.pop(0)
        yield from window

    def _make_node(
        self, singular: str, plural: str | None, context: str | None, variables: dict[str, nodes.Expr], *rest: Any
    ) -> nodes.Output:
        if plural is not None or context is not None:
            return super()._make_node(singular, plural, context, variables, *rest)
        return nodes.Output(list(_pieces(self._translated(singular), variables)))

    def _translated(self, message: str) -> str:
        translated: str = self.environment.translate(message)  # type: ignore[attr-defined]  # set by _environment
        return translated


def _pieces(translated: str, variables: Mapping[str, nodes.Expr]) -> Iterator[nodes.Expr]:
    """Split a translation at its placeholders into template text and the expressions that stand there."""
    for position, piece in enumerate(_PLACEHOLDER.split(translated)):
        if position % 2:
            yield variables[piece]
        elif piece:
            yield nodes.TemplateData(piece.replace("%%", "%"))
