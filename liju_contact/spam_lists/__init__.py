"""What the program brings along to tell spam by: lists that others keep, and weights learnt from public texts.

README.md beside this file says where each comes from. They are read once, when the first inquiry is weighed.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from liju_contact.domain.spam_learner import Prior

_FOLDER = files("liju_contact.spam_lists")


@cache
def disposable_domains() -> frozenset[str]:
    """Return domains that lend mail boxes for minutes."""
    return frozenset(_text("disposable_domains.txt").split())


@cache
def shipped_prior() -> Prior:
    """Return what the shipped texts taught."""
    return read_prior(_text("prior.tsv"))


def read_prior(text: str) -> Prior:
    """Read lines of word, weight times a hundred, and share of honest texts in ten thousand; the first is the bias."""
    weights, usual, bias = dict[str, float](), dict[str, float](), 0.0
    for line in text.splitlines():
        word, weight, share = line.split("\t")
        if not word:
            bias = int(weight) / 100
            continue
        if weight != "0":
            weights[word] = int(weight) / 100
        if share != "0":
            usual[word] = int(share) / 10_000
    return Prior(bias=bias, weights=weights, usual=usual)


def write_prior(prior: Prior) -> str:
    """Return the text that ``read_prior`` reads."""
    lines = [f"\t{round(prior.bias * 100)}\t0"]
    for word in sorted(prior.weights.keys() | prior.usual.keys()):
        weight, share = round(prior.weights.get(word, 0.0) * 100), round(prior.usual.get(word, 0.0) * 10_000)
        if weight or share:
            lines.append(f"{word}\t{weight}\t{share}")
    return "\n".join(lines) + "\n"


def _text(name: str) -> str:
    return _FOLDER.joinpath(name).read_text("utf-8")
