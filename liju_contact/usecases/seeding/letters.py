"""What invented customers and staff write: bodies put together from a language's sentences."""

from __future__ import annotations

from collections.abc import Mapping

from liju_contact.domain.catalogue import ProductLine
from liju_contact.usecases.seeding.language import Dice, Language, Sentence, one_of, said, sentence
from liju_contact.usecases.seeding.people import Customer, invented, invented_chinese
from liju_contact.usecases.seeding.sheets import Sheets
from liju_contact.usecases.seeding.words_en import EN
from liju_contact.usecases.seeding.words_more import MORE
from liju_contact.usecases.seeding.words_zh import ZH

_SITES = 4000
_ANSWER_FRAMES = {"en": ("Dear {name},", "Best regards,"), "zh": ("{name}，您好！", "祝商祺！")}
_NOTES_EN = (
    "Called the customer, they decide in {month}.",
    "Price limit is {hours} % below the list.",
    "Known customer, be quick.",
    "Ask {weekday} again.",
    "The {part} is out of stock until {month}.",
    "Consultant prefers {standard}, see the {site} file.",
)
_NOTES_ZH = (
    "已电话沟通，{month}定标。",
    "底价可让{hours}%。",
    "老客户，优先处理。",
    "{weekday}再跟进。",
    "{part}缺货，{month}到货。",
    "对方比较看重{standard}。",
)
SPAM = (
    "We offer SEO services, first page of every search engine in {hours} days!",
    "Dear friend, I am {site} and have {number} million for you.",
    "Cheap LED lamps from the factory, price list on request.",
    "Invoice software for your company, now {hours} % off.",
    "代开发票，需要请联系。",
    "Best casino bonus {nox} today!!!",
)
RATINGS = (
    "",
    "",
    "",
    "Quick and friendly.",
    "回复很及时，谢谢。",
    "Good support.",
    "服务很好",
    "Took too long.",
    "The engineer knew his trade.",
    "一般",
)


class Letters:
    """Gives bodies. Sentences are taken apart once; ``{city}`` stays in them until it is known whose letter it is."""

    def __init__(self, lines: list[ProductLine], topics: list[str], sheets: Sheets, dice: Dice) -> None:
        latin = tuple(invented(dice) for _ in range(_SITES))
        chinese = tuple(invented_chinese(dice) for _ in range(_SITES))
        facts = _facts(sheets)
        self._languages = {
            language.id: _Compiled(language, facts | {"site": chinese if language is ZH else latin}, lines, topics)
            for language in (EN, ZH, *MORE)
        }

    def inquiry(self, customer: Customer, line_id: str, topic: str, dice: Dice) -> str:
        language = self._languages[customer.language]
        middles = language.middles[line_id, topic]
        parts = [said(one_of(language.openings[line_id, topic], dice), dice)]
        parts += [said(one_of(middles, dice), dice) for _ in range(1 + int(3 * dice()))]
        return language.letter(parts, customer.name, customer.city, dice)

    def reply(self, customer: Customer, line_id: str, topic: str, dice: Dice) -> str:
        language = self._languages[customer.language]
        parts = [said(one_of(language.replies, dice), dice), said(one_of(language.middles[line_id, topic], dice), dice)]
        return language.space.join(parts).replace("{city}", customer.city)

    def thanks(self, customer: Customer, dice: Dice) -> str:
        return said(one_of(self._languages[customer.language].thanks, dice), dice).replace("{city}", customer.city)

    def answer(self, customer: Customer, line_id: str, topic: str, name: str, dice: Dice) -> str:
        language = self._languages[_staff_language(customer)]
        said_ = said(one_of(language.answers[line_id, topic], dice), dice).replace("{city}", customer.city)
        greeting, closing = _ANSWER_FRAMES[_staff_language(customer)]
        return f"{greeting.format(name=customer.name)}\n\n{said_}\n\n{closing}\n{name}"

    def note(self, customer: Customer, dice: Dice) -> str:
        return said(one_of(self._languages[_staff_language(customer)].notes, dice), dice).replace(
            "{city}", customer.city
        )

    def spam(self, dice: Dice) -> str:
        return said(one_of(self._languages["en"].spam, dice), dice)

    def file_name(self, customer: Customer, dice: Dice) -> str:
        names = self._languages[customer.language].files
        number = int(200 * dice() * dice())
        name = names[int(len(names) * dice())]
        return f"{name} {number}" if number else name


class _Compiled:
    """One language's sentences, taken apart, by product line and topic."""

    def __init__(
        self, language: Language, facts: Mapping[str, tuple[str, ...]], lines: list[ProductLine], topics: list[str]
    ) -> None:
        base = {**facts, **language.words, "city": ("{city}",)}
        base.setdefault("boiler", language.boilers["other"])
        self.space = language.space
        self.files = language.files
        self._greetings = _compiled(language.greetings, base)
        self._closings = _compiled(language.closings, base)
        self.replies = _compiled(language.replies, base)
        self.thanks = _compiled(language.thanks, base)
        self.notes = _compiled(_NOTES_ZH if language is ZH else _NOTES_EN, base)
        self.spam = _compiled(SPAM, base)
        self.openings, self.middles, self.answers = self._by_line(language, base, lines, topics)

    def letter(self, parts: list[str], name: str, city: str, dice: Dice) -> str:
        greeting, closing = said(one_of(self._greetings, dice), dice), said(one_of(self._closings, dice), dice)
        return f"{greeting}\n\n{self.space.join(parts)}\n\n{closing}\n{name}".replace("{city}", city)

    def _by_line(
        self, language: Language, base: Mapping[str, tuple[str, ...]], lines: list[ProductLine], topics: list[str]
    ) -> tuple[dict[tuple[str, str], tuple[Sentence, ...]], ...]:
        found: tuple[dict[tuple[str, str], tuple[Sentence, ...]], ...] = ({}, {}, {})
        for line in lines:
            words = {**base, "boiler": language.boilers.get(line.drawing, language.boilers["other"])}
            for topic in topics:
                for texts, kept in zip((language.openings, language.middles, language.answers), found, strict=True):
                    kept[line.id, topic] = _compiled(texts.get(topic, texts["other"]), words)
        return found


def _compiled(texts: tuple[str, ...], words: Mapping[str, tuple[str, ...]]) -> tuple[Sentence, ...]:
    return tuple(sentence(text, words) for text in texts)


def _facts(sheets: Sheets) -> dict[str, tuple[str, ...]]:
    """Return the slots every language shares: numbers, codes, and serial numbers that hardly ever come twice."""
    return {
        "number": ("2", "1", "3", "4", "6", "5", "8", "10", "12"),
        "hours": ("10", "24", "16", "8", "12", "20", "15", "5", "30"),
        "altitude": ("50", "1500", "400", "2200", "10", "3650", "900", "4300"),
        "nox": ("30", "80", "50", "100", "60", "150", "200", "25"),
        "metres": ("2.4", "3.0", "2.1", "4.5", "1.9"),
        "year": tuple(str(year) for year in range(2024, 1997, -1)),
        "serial": sheets.serials,
        "partno": sheets.part_numbers,
        "code": tuple(f"E{number:02d}" for number in (3, 11, 7, 21, *range(22, 99), 1, 2)),
    }


def _staff_language(customer: Customer) -> str:
    return "zh" if customer.language == "zh" else "en"
