"""What is known of the places that links and senders name: who shortens links, and what tells a script."""

from __future__ import annotations

import re

_SHORTENERS = """
bit.ly tinyurl.com goo.gl ow.ly is.gd buff.ly t.ly rebrand.ly cutt.ly shorturl.at rb.gy tiny.cc bl.ink v.gd s.id
shorte.st adf.ly bc.vc u.to clck.ru vk.cc da.gd t.cn url.cn dwz.cn suo.im
"""
SHORTENERS = frozenset(_SHORTENERS.split())
"""Hosts that hide where a link leads. Honest people use them, too."""

_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_SCRIPTS = {
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "han": re.compile("[\u3400-\u9fff]"),
    "kana": re.compile("[\u3041-\u30ff]"),
    "hangul": re.compile("[\uac00-\ud7a3]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "thai": re.compile("[\u0e01-\u0e5b]"),
    "greek": re.compile("[\u0370-\u03ff]"),
}
# Where a script is at home; a country that is not here may write in any.
_HOME_COUNTRIES = {
    "cyrillic": "RU BY UA KZ KG TJ UZ TM MN BG RS MK ME BA MD GE AM AZ EE LV LT",
    "han": "CN TW HK MO SG MY JP KR",
    "kana": "JP",
    "hangul": "KR KP CN",
    "arabic": "SA AE QA KW BH OM YE IQ IR SY LB JO PS EG LY TN DZ MA SD PK AF MR SO DJ KM TD IL",
    "hebrew": "IL",
    "thai": "TH",
    "greek": "GR CY",
}
_HOMES = {script: frozenset(countries.split()) for script, countries in _HOME_COUNTRIES.items()}
_TELLING = 20  # letters of a script; fewer are a name or a quotation
_MIXED = re.compile("[A-Za-z][\u0400-\u052f\u0370-\u03ff][A-Za-z]|[\u0400-\u052f][A-Za-z][\u0400-\u052f]")
_MIXED_OFTEN = 3


def foreign_script(text: str, country: str, language: str) -> str:
    """Return a script that is at home neither where the sender says they are nor in the language of the page.

    Empty where there is none, where the country is not known, and for Latin, which everybody writes. It weighs little:
    people travel, and trade is where languages meet.
    """
    if not country or text.isascii():
        return ""
    for script, letters in _SCRIPTS.items():
        is_home = country in _HOMES[script] or (script == "han" and language.startswith("zh"))
        if not is_home and len(letters.findall(text)) >= _TELLING:
            return script
    return ""


def hides_words(text: str) -> bool:
    """Tell whether letters of another script stand within words, as in words that shall not be recognised."""
    return not text.isascii() and len(_MIXED.findall(text)) >= _MIXED_OFTEN
