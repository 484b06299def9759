"""How well spam is told: on a public set of short messages, and on fresh kinds of it after twenty marks.

The whole of the public sets is measured by hand: ``liju-contact spam evaluate --corpus FOLDER``.
"""

from __future__ import annotations

import json
import random
from datetime import date

import pytest

from liju_contact.config import Settings
from liju_contact.domain.spam_learner import Marks
from liju_contact.domain.spam_score import Surroundings, weigh, weighable
from liju_contact.domain.spam_words import words_to_weigh
from liju_contact.spam_lists import disposable_domains, shipped_prior
from liju_contact.usecases.evaluate_spam import PARTS, MarkedText, evaluate_spam, part_of, prior_from
from liju_contact.usecases.seeding.inquiry_texts import inquiry_texts
from tests.corpora import content

# Kinds of spam that the public sets, which are twenty years old, know nothing of: sentences to be put together.
STYLES = {
    "marketing": [
        "I was looking at {site} and noticed that you miss most visitors.|Your site {site} could bring more clients.",
        "Our team builds funnels that turn visitors into leads.|We run campaigns on social networks for factories.",
        "Last month a company like yours got {n} new leads.|We raised the traffic of a competitor by {n} percent.",
        "Would you be open to a quick call on {day}?|Shall I send over a free audit of your website?",
        "Growth team, {name}|Cheers, {name}, growth partner",
    ],
    "crypto": [
        "Hi, {name} here from the trading desk.|Hello investor, this is {name}.",
        "Our trading robot makes {n} percent a month with no risk.|Members doubled their deposit within {n} days.",
        "Start with only {n} USDT in your wallet.|The minimum deposit today is {n} USDT.",
        "Join our Telegram channel before {day}.|Open your account on our exchange until {day}.",
    ],
    "invoices": [
        "本公司代开各类增值税发票，点数优惠。|可代理开具普通发票、专用发票，税点低。",
        "先验票后付款，真实可查。|票据真实，可上网查验。",
        "联系人{name}，电话{n}{n}，微信同号。|加微信{n}{n}咨询{name}经理。",
        "长期有效，打扰请见谅！|如有打扰，敬请谅解！",
    ],
    "loans": [
        "Do you need funding for your projects?|Is your company in need of a loan?",
        "We lend from {n} thousand up to 50 million at 3 percent interest.|Loans up to {n} million, no collateral.",
        "Apply with your full name, amount needed and duration.|Send us the amount you need and the duration.",
        "Regards, {name}, loan officer|Mr {name}, private lender",
    ],
    "furniture": [
        "Dear purchasing manager, glad to know you are in the market.|Hello friend, this is {name} from Foshan.",
        "We are a factory for LED panels and chairs since {n}.|Our factory makes LED strips and chairs for export.",
        "MOQ {n} pieces, samples within 7 days.|Low MOQ of {n} pieces and quick samples.",
        "Attached is our catalogue with best prices.|May I send you the e-catalogue for your reference?",
    ],
}
MARKS, JUDGED = 20, 60


def written(style: str, count: int, seed: int) -> list[str]:
    dice = random.Random(f"{style} {seed}")
    texts = []
    for _ in range(count):
        facts = {
            "site": f"www.{dice.choice(['plant', 'boiler', 'heat', 'steam'])}{dice.randrange(100)}.example",
            "n": str(dice.randrange(10, 9000)),
            "day": dice.choice(["Monday", "Tuesday", "Friday", "tomorrow"]),
            "name": dice.choice(["Amy", "Jack", "Olga", "王", "李", "Peter", "Grace"]),
        }
        chosen = [dice.choice(line.split("|")).format(**facts) for line in STYLES[style] if dice.random() < 0.9]
        texts.append(" ".join(chosen or [STYLES[style][1].split("|")[0].format(**facts)]))
    return texts


def marks_for(texts: list[str]) -> Marks:
    counts: dict[str, tuple[int, int]] = {}
    for text in texts:
        for word in words_to_weigh(text, "x@spam.example"):
            counts[word] = (counts.get(word, (0, 0))[0] + 1, 0)
    return Marks(spam_count=len(texts), counts=counts)


def held(texts: list[str], marks: Marks, address: str) -> int:
    around = Surroundings(marks=marks)
    return sum(
        weigh(weighable(text, address), around, prior=shipped_prior(), disposable=disposable_domains()).is_held
        for text in texts
    )


@pytest.mark.parametrize("style", STYLES)
def test_fresh_kind_of_spam_is_held_after_twenty_marks_and_no_inquiry_is(style: str, settings: Settings) -> None:
    marks = marks_for(written(style, MARKS, 1))
    honest = inquiry_texts(settings.catalogue, count=100, seed=7, today=date(2026, 11, 23))

    of_style = held(written(style, JUDGED, 2), marks, "new@elsewhere.example")
    of_honest = sum(held([text], marks, address) for text, address in honest)

    assert (of_style >= 0.9 * JUDGED, of_honest) == (True, 0), of_style


def test_short_messages_are_told_apart(settings: Settings) -> None:
    lines = content("sms_spam", {"files": {"message": "dev/sms.jsonl"}}).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [
        MarkedText(
            id=f"sms-{row['i']}",
            corpus="sms_spam",
            inquiry=weighable(row["text"], ""),
            is_spam=row["label"] == "spam",
        )
        for row in rows
    ]
    judged = [text for text in texts if part_of(text.id) in {0, 1, 2}]
    usual = inquiry_texts(settings.catalogue, count=200, seed=1, today=date(2026, 11, 23))
    prior = prior_from([text for text in texts if part_of(text.id) > 2], usual=[weighable(*text) for text in usual])

    (line,) = evaluate_spam(judged, prior=prior)

    assert line.honest_count + line.spam_count > 700
    assert line.honest_percent <= 0.2
    assert line.spam_percent >= 93


@pytest.mark.parametrize(("is_spread", "held_percent"), [(False, 0), (True, 100)], ids=["in one part", "in all parts"])
def test_a_text_is_judged_by_what_the_other_parts_teach(held_percent: int, *, is_spread: bool) -> None:
    """What advertises the same stands in one part alone, where nothing else tells of it, or in all of them."""
    ids: dict[int, list[str]] = {part: [] for part in range(PARTS)}
    for number in range(500):
        ids[part_of(f"t-{number}")].append(f"t-{number}")
    texts = []
    for part, of_part in ids.items():
        for place, id_ in enumerate(of_part[:30]):
            is_spam = place % 10 == 1
            goods = chr(ord("a") + (place // 10 if is_spread else part)) * 4
            said = goods if is_spam else "".join(chr(ord("k") + int(digit)) for digit in f"{part}{place:03}")
            text = " ".join(said + last for last in "xyzw")
            texts.append(MarkedText(id=id_, corpus="made", inquiry=weighable(text, ""), is_spam=is_spam))

    (line,) = evaluate_spam(texts)

    assert (line.spam_count, line.spam_percent, line.honest_percent) == (30, held_percent, 0)
