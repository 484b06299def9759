"""What the program brings along to tell spam by: lists that others keep, and weights learnt from public texts.

README.md beside this file says where each comes from. They are read once, when the first inquiry is weighed.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from liju_contact.domain.spam_learner import Prior, Weights

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
    """Read lines of word, its weight in a text and in a mail, times a hundred, and share of honest texts in 10 000.

    The first line has no word: its weights are the biases.
    """
    in_text, in_mail, usual = dict[str, float](), dict[str, float](), dict[str, float]()
    for line in text.splitlines():
        word, weight, mail_weight, share = line.split("\t")
        if weight != "0":
            in_text[word] = int(weight) / 100
        if mail_weight != "0":
            in_mail[word] = int(mail_weight) / 100
        if share != "0":
            usual[word] = int(share) / 10_000
    return Prior(
        text=Weights(bias=in_text.pop("", 0.0), words=in_text),
        mail=Weights(bias=in_mail.pop("", 0.0), words=in_mail),
        usual=usual,
    )


def write_prior(prior: Prior) -> str:
    """Return the text that ``read_prior`` reads."""
    in_text, in_mail = prior.text.words, prior.mail.words
    lines = [f"\t{round(prior.text.bias * 100)}\t{round(prior.mail.bias * 100)}\t0"]
    for word in sorted(in_text.keys() | in_mail.keys() | prior.usual.keys()):
        told = [round(weights.get(word, 0.0) * 100) for weights in (in_text, in_mail)]
        told.append(round(prior.usual.get(word, 0.0) * 10_000))
        if any(told):
            lines.append("\t".join([word, *map(str, told)]))
    return "\n".join(lines) + "\n"


def _text(name: str) -> str:
    return _FOLDER.joinpath(name).read_text("utf-8")
