"""Which of the offered languages a person gets, from the browser's Accept-Language or a ``?lang=`` they followed.

Language ids are those of the gettext folders (``en``, ``zh_Hans``). Browsers name the same language in many ways
(zh-CN, zh-Hans-CN, zh-SG, zh-HK), and whoever reads one Chinese is served better by the other one than by English.
"""

import re
from collections.abc import Iterator, Sequence

_LONGEST_HEADER = 2000
_SAMPLE_LENGTH = 2000
_IDEOGRAPHS = re.compile("[\u3400-\u9fff]")
_OTHER_EAST_ASIAN = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_TAG = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,8}")
_QUALITY = re.compile(r"q=(0(?:\.[0-9]*)?|1(?:\.0*)?)")
_SCRIPT_OF = {
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-my": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
}


def negotiate(header: str, offered: Sequence[str]) -> str | None:
    """Return the offered language an Accept-Language header likes best, or None when it likes none of them.

    Source: RFC 9110 section 12.5.4; what is malformed counts as not written.
    """
    wanted = sorted(_ranges(header), key=lambda pair: -pair[1])
    refused = [tag for tag, quality in wanted if quality == 0]
    for tag, quality in wanted:
        if quality == 0:
            break
        found = _first_not_refused(offered, refused) if tag == "*" else read_language(tag, offered)
        if found is not None:
            return found
    return None


def read_language(typed: str, offered: Sequence[str]) -> str | None:
    """Return the offered language meant by one tag such as ``zh``, ``zh-CN``, ``zh_Hans`` or ``EN``."""
    tag = html_tag(typed[:_LONGEST_HEADER].strip()).lower()
    if _TAG.fullmatch(tag) is None:
        return None
    by_tag = {html_tag(language).lower(): language for language in offered}
    for candidate in _ever_shorter(_SCRIPT_OF.get(tag, tag)):
        if candidate in by_tag:
            return by_tag[candidate]
    primary = tag.partition("-")[0]
    return next((language for name, language in by_tag.items() if name.partition("-")[0] == primary), None)


def language_of_text(text: str, offered: Sequence[str]) -> str:
    """Return the offered language a text seems to be in: Chinese by its characters, else the one offered first.

    Kana and Hangul stand between ideographs too, and whoever writes them is not helped by Chinese.
    """
    chinese = next((language for language in offered if language.startswith("zh")), None)
    sample = text[:_SAMPLE_LENGTH]
    ideographs = len(_IDEOGRAPHS.findall(sample))
    if chinese and ideographs * 5 > len(sample.split()) and not _OTHER_EAST_ASIAN.search(sample):
        return chinese
    return next((language for language in offered if not language.startswith("zh")), offered[0])


def html_tag(language: str) -> str:
    """Return a language id as HTML and HTTP write it: ``zh_Hans`` becomes ``zh-Hans`` (RFC 5646)."""
    return language.replace("_", "-")


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for part in html_tag(header[:_LONGEST_HEADER]).lower().split(","):
        tag, _, parameter = ("".join(part.split())).partition(";")
        quality = _QUALITY.fullmatch(parameter or "q=1")
        if quality is not None and (tag == "*" or _TAG.fullmatch(tag)):
            yield tag, float(quality[1])


def _ever_shorter(tag: str) -> Iterator[str]:
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _first_not_refused(offered: Sequence[str], refused: Sequence[str]) -> str | None:
    for language in offered:
        tag = html_tag(language).lower()
        if not any(tag == no or tag.startswith(f"{no}-") for no in refused):
            return language
    return None
