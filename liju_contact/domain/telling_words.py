"""The words of a text that can tell what it is about: no grammar, no numbers; Chinese in pairs of characters.

For counting what keeps coming back, not for searching: a word that is missed here costs nothing.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]{4,30}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_SHORTEST_LATIN = 4
MOST_CHARACTERS = 4000

_GRAMMAR_WORDS = """
about above after again also another anybody anything around attached because been before being below best between both
cannot come could days dear does doing done down during each either else email even every from further give good have
having hello help here hope http https inquiry into information just kind kindly know like look made make many message
more most much must need needed needs next only other ours over please possible project quote question regards reply
same send should since some soon such sure take tell thank thanks than that their them then there these they thing this
those through time under until upon very want week weeks well were what when where whether which while will with within
without would your yours boiler boilers company unit units mail year years
para como esta este pour avec vous nous dans bitte eine einen einem nicht sind haben wird unser unsere
"""
_GRAMMAR = frozenset(_GRAMMAR_WORDS.split())
_HAN_GRAMMAR = frozenset(
    "的了是我们你您他她它请有在和与及或也都就还要能可会被把对从到于以为这那个些什么怎哪吗呢吧啊其中并而但如果因所不没很更最将已等"
)
_HAN_COMMON = frozenset(
    {"贵司", "谢谢", "您好", "公司", "锅炉", "产品", "需要", "希望", "一下", "一台", "两台", "联系"}
)


def telling_words_of(text: str) -> frozenset[str]:
    """Return the words of a text, each once, folded to lower case."""
    folded = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold()
    latin = {word for word in _WORD.findall(folded) if not _HAN.search(word) and word not in _GRAMMAR}
    return frozenset(latin | {pair for run in _HAN.findall(folded) for pair in _pairs(run)})


def _pairs(run: str) -> list[str]:
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    return [pair for pair in pairs if not set(pair) & _HAN_GRAMMAR and pair not in _HAN_COMMON]
