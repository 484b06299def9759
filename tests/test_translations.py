"""Every sentence exists in every language, with the same placeholders, and none that nobody says any more."""

from __future__ import annotations

import re

import pytest

from liju_contact.config import KNOWN_LANGUAGES
from liju_contact.wording import SOURCE_LANGUAGE
from tests.catalogues import catalog_of, source_catalog, texts

TRANSLATED = [language for language in KNOWN_LANGUAGES if language != SOURCE_LANGUAGE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_has_exactly_what_the_program_says(language: str) -> None:
    said = {str(message.id) for message in source_catalog() if message.id}

    known = {str(message.id) for message in catalog_of(language) if message.id}

    assert (said - known, known - said) == (set(), set()), "run: python -m tests.catalogues"


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_leaves_nothing_untranslated(language: str) -> None:
    messages = [message for message in catalog_of(language) if message.id]

    empty = [message.id for message in messages if message.fuzzy or not all(texts(message.string))]

    assert messages
    assert empty == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders(language: str) -> None:
    different = [
        (message.id, translated)
        for message in catalog_of(language)
        if message.id
        for translated in texts(message.string)
        if sorted(PLACEHOLDER.findall(texts(message.id)[-1])) != sorted(PLACEHOLDER.findall(translated))
    ]

    assert different == []
