"""What somebody typed into the search field, read so that nothing in it can be wrong.

Words all have to be there; ``"a phrase"`` stands as it is written; ``boil*`` is how a word begins; ``company:``,
``name:`` and ``file:`` look in these alone; ``product:``, ``country:``, ``is:`` and their like narrow the list, each
also in Chinese. What is none of this is text, so ``foo:bar`` is looked for as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from liju_contact.domain.search_words import (
    LONGEST_WORD,
    MARKS,
    PieceKind,
    fold,
    is_dense,
    marked,
    normal_form,
    parts_of,
    phone_in,
)

LONGEST_TYPED = 1000  # characters; a whole mail that was pasted finds nothing better than its beginning
_MOST_WORDS = 32
_MOST_OTHERS = 8
_SHORTEST_PREFIX = 2
_PAIR = 2  # characters; a run of so many is one word of the index, a longer one has to be looked at

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』〝〞〟《》", '"'))
_PIECE = re.compile(r'(?:(?P<key>[^\W\d_]{1,20}):\s*)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

_IN_PIECES = {
    PieceKind.COMPANY: "company firm 公司 客户公司 单位",
    PieceKind.PERSON: "name from email mail customer 姓名 联系人 客户 来自 邮箱",
    PieceKind.FILE: "file filename 文件 文件名",
}
_MARK_OF = {word: MARKS[kind] for kind, words in _IN_PIECES.items() for word in words.split()}
# Each word of an address, with the words people type for it.
_NARROWING = {
    "product": "product line 产品 产品线",
    "topic": "topic about 主题 事项",
    "country": "country region 国家 地区",
    "language": "language lang 语言",
    "tag": "tag label 标签",
    "person": "person assignee owner 负责人 处理人",
    "is": "is state 状态 是",
    "has": "has with 有 含",
}
_NARROWING_OF = {word: key for key, words in _NARROWING.items() for word in words.split()}
_IS = {
    ("state", "received"): "received new 新 新收到 已收到",
    ("state", "open"): "open 处理中 进行中 未结",
    ("state", "answered"): "answered replied waiting 已回复 已答复",
    ("state", "closed"): "closed done 已关闭 关闭 已结",
    ("state", "spam"): "spam 垃圾 垃圾邮件",
    ("state", "merged"): "merged 已合并 合并",
    ("person", "me"): "mine 我的",
    ("person", "nobody"): "unassigned 未分配 无人负责",
    ("overdue", "1"): "overdue late 逾期 超期",
    ("priority", "urgent"): "urgent 紧急 加急",
    ("priority", "high"): "high 高 优先",
    ("priority", "normal"): "normal 普通 一般",
    ("priority", "low"): "low 低",
}
_HAS = {("files", "1"): "file files attachment attachments drawing drawings 文件 附件 图纸"}
_PEOPLE = {("person", "me"): "me 我", ("person", "nobody"): "nobody none 无 无人"}
_FIXED = {
    key: {word: meant for meant, words in table.items() for word in words.split()}
    for key, table in {"is": _IS, "has": _HAS, "person": _PEOPLE}.items()
}
NO_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """What looks like a phone number: its words, or all its digits in one."""

    words: tuple[str, ...]
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What has to be there, as the index and the normal form have it, and what narrows the list.

    ``words`` are words of the index, ``prefixes`` beginnings of such, ``phrases`` pieces of the normal form.
    ``filters`` are words of a list's address; ``unknown`` are those typed whose value is none of ours: they are text.
    """

    words: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    phrases: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unknown: tuple[str, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether the index has to be asked; a query may also narrow only."""
        return bool(self.words or self.prefixes or self.numbers)

    @property
    def is_empty(self) -> bool:
        return not self.has_text and not self.filters


def read_query(typed: str, labels: Mapping[str, Mapping[str, str]] = NO_LABELS) -> SearchQuery:
    """Return what was meant by ``typed``; there is no text that this raises for.

    ``labels`` holds per word of an address (product, topic, country, language, person) what a value may be called, as
    ``labels_by_name`` makes it.
    """
    draft = _Draft(labels)
    text = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED].translate(_QUOTES)).translate(_QUOTES)
    plain: list[str] = []
    for match in _PIECE.finditer(text):
        key, value = fold(match["key"] or ""), match["phrase"] if match["phrase"] is not None else match["word"]
        if value and (key in _MARK_OF or key in _NARROWING_OF):
            draft.add_field(key, value)
        elif match["phrase"] is not None:
            draft.add_text(f"{key}:{match['phrase']}")  # a colon parts Chinese words, where a space would join them
        else:
            plain.append(match[0])
    draft.add_plain(" ".join(plain))
    return draft.finished()


def without_filters(typed: str, labels: Mapping[str, Mapping[str, str]] = NO_LABELS) -> str:
    """Return what was typed without what only narrows: ``read_query`` of it needs no labels and finds the same text."""
    draft = _Draft(labels)
    text = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED].translate(_QUOTES)).translate(_QUOTES)
    return " ".join(match[0] for match in _PIECE.finditer(text) if not draft.is_filter(match))


def labels_by_name(values: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Return what each name, folded, means; ``values`` are values with all the names they go by."""
    return {normal_form(name): value for value, names in values for name in (*names, value) if normal_form(name)}


def tags_by_name(tags: Iterable[str]) -> dict[str, str]:
    """Return which tag each name means, as it is spelt: what is typed is normalised before it is taken apart."""
    return {_tag_name(tag): tag for tag in tags}


def _tag_name(tag: str) -> str:
    return "".join(character for character in fold(tag) if character.isprintable())


class _Draft:
    def __init__(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        self._labels = labels
        self._words: dict[str, None] = {}
        self._prefixes: dict[str, None] = {}
        self._phrases: dict[str, None] = {}
        self._numbers: list[Number] = []
        self._filters: dict[str, str] = {}
        self._unknown: list[str] = []

    def is_filter(self, piece: re.Match[str]) -> bool:
        key, value = fold(piece["key"] or ""), piece["phrase"] if piece["phrase"] is not None else piece["word"]
        return bool(value) and key in _NARROWING_OF and self._meaning(_NARROWING_OF[key], value) is not None

    def add_field(self, key: str, value: str) -> None:
        if mark := _MARK_OF.get(key):
            self.add_text(value, mark=mark)
            return
        meant = self._meaning(_NARROWING_OF[key], value)
        if meant is None:
            self._unknown.append(f"{key}:{value}")
            self.add_text(f"{key}:{value}")
        else:
            self._filters[meant[0]] = meant[1]

    def add_plain(self, text: str) -> None:
        """Add words that stand by themselves; what looks like a phone number is one thing, however it is grouped."""
        rest = fold(text)
        for number, digits in phone_in(rest):
            rest = rest.replace(number, " ", 1)
            words = tuple(normal_form(number).split())
            self._numbers.append(Number(words=words, digits=digits))
        for word in rest.split():
            self.add_text(word)

    def add_text(self, text: str, *, mark: str = "") -> None:
        words = normal_form(text).split()[:_MOST_WORDS]
        if not words:
            return
        last = words[-1]
        is_begun = text.rstrip().endswith("*") and not is_dense(last) and len(last) >= _SHORTEST_PREFIX
        for word in words[:-1] if is_begun else words:
            self._words.update(dict.fromkeys(parts_of(mark + word, is_asked=True)))
        if is_begun:
            self._prefixes[mark + last[:LONGEST_WORD]] = None
        # A run without spaces has its mark at its beginning only, so that a part of it cannot be looked for with one.
        if _has_to_be_looked_at(words) and not (mark and any(map(is_dense, words))):
            self._phrases[_phrase(words, mark, is_begun=is_begun)] = None

    def finished(self) -> SearchQuery:
        return SearchQuery(
            words=tuple(self._words)[:_MOST_WORDS],
            prefixes=tuple(self._prefixes)[:_MOST_OTHERS],
            numbers=tuple(self._numbers)[:_MOST_OTHERS],
            phrases=tuple(self._phrases)[:_MOST_OTHERS],
            filters=MappingProxyType(self._filters),
            unknown=tuple(self._unknown),
        )

    def _meaning(self, key: str, value: str) -> tuple[str, str] | None:
        """Return the word of an address and its value that ``key:value`` stands for."""
        typed = fold(value).strip()
        if key in _FIXED and typed in _FIXED[key]:
            return _FIXED[key][typed]
        if key == "tag":
            return ("tag", self._labels.get("tag", {}).get(_tag_name(value), value))
        found = _value_named(normal_form(value), self._labels.get(key, {}))
        return (key, found) if found is not None else None


def _value_named(name: str, labels: Mapping[str, str]) -> str | None:
    """Return the value with that name, or the only one with a name that contains it."""
    if not name:
        return None
    if name in labels:
        return labels[name]
    found = {value for label, value in labels.items() if name in label}
    return found.pop() if len(found) == 1 else None


def _has_to_be_looked_at(words: list[str]) -> bool:
    """Tell whether the words alone do not prove that the text is there as it was typed."""
    return len(words) > 1 or len(words[0]) > (_PAIR if is_dense(words[0]) else LONGEST_WORD)


def _phrase(words: list[str], mark: str, *, is_begun: bool) -> str:
    """Return the words as they stand in the normal form; a space ends a word that is not a run of characters."""
    before = "" if is_dense(words[0]) else " "
    after = "" if is_begun or is_dense(words[-1]) else " "
    joined = " ".join(words)
    return f"{before}{marked(joined, mark) if mark else joined}{after}"
