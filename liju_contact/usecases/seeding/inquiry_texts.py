"""Invented texts of honest inquiries alone, in every language the demo knows: what the spam learner takes for usual.

Public sets hold the mail of programmers and the short messages of students. Nobody there gives a telephone number to be
called back, writes in capitals off a type plate or from a company's address: whoever learns from these sets alone takes
all of that for spam. So every other text here is terse in one of the ways that customers are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from liju_contact.domain.catalogue import Catalogue
from liju_contact.usecases.seeding.letters import Letters
from liju_contact.usecases.seeding.people import COUNTRIES, Customer, customer
from liju_contact.usecases.seeding.sheets import Sheets

SentText = tuple[str, str]
"""A text and the address it is from."""

_PRICES = ("$12,000", "€ 45,000", "USD 3 500", "£900", "¥ 120 000")
_ENDINGS = ("com", "com", "com", "net", "co.uk", "de", "com.br", "cn", "com.cn", "in", "org")
_HOSTS = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "163.com", "qq.com")
_LINKS = ("datasheet", "spec", "catalog/boiler", "docs/p-id.pdf", "nameplate.jpg")


def inquiry_texts(catalogue: Catalogue, *, count: int, seed: int, today: date) -> list[SentText]:
    """Return ``count`` texts with their senders; the same seed gives the same ones."""
    dice = random.Random(seed).random  # noqa: S311  # invented, not secret
    lines, topics = list(catalogue.product_lines), [topic.id for topic in catalogue.topics]
    letters = Letters(lines, topics, Sheets(catalogue.product_lines, dice, today), dice)
    texts = []
    for number in range(count):
        who = customer(COUNTRIES[number % len(COUNTRIES)], number, dice)
        line, topic = lines[int(len(lines) * dice())].id, topics[int(len(topics) * dice())]
        text = letters.inquiry(who, line, topic, dice)
        texts.append((_WAYS[number % len(_WAYS)](text, who, dice), _address(who, dice)))
    return texts


def _address(who: Customer, dice: Callable[[], float]) -> str:
    name = "".join(filter(str.isalnum, who.name.casefold())) or "office"
    number = int(100 * dice()) if dice() < 0.3 else ""  # noqa: PLR2004  # three in ten
    if dice() < 0.4:  # noqa: PLR2004  # four in ten have no address of a company
        return f"{name}{number}@{_HOSTS[int(len(_HOSTS) * dice())]}"
    host = "".join(filter(str.isalnum, who.company.partition(" ")[0].casefold())) or "plant"
    return f"{name}{number}@{host}.{_ENDINGS[int(len(_ENDINGS) * dice())]}"


def _whole(text: str, _who: Customer, _dice: Callable[[], float]) -> str:
    return text


def _one_sentence(text: str, _who: Customer, dice: Callable[[], float]) -> str:
    sentences = [line for line in text.replace(". ", ".\n").splitlines() if line.strip()]
    return sentences[int(len(sentences) * dice())]


def _call_back(text: str, who: Customer, dice: Callable[[], float]) -> str:
    number = int(1e10 * dice())
    asking = ("Call me", "Please call", "My WhatsApp is", "Tel", "Phone:", "请致电", "电话", "Tel.:")[int(8 * dice())]
    return f"{_one_sentence(text, who, dice)} {asking} {number}"


def _shouted(text: str, who: Customer, dice: Callable[[], float]) -> str:
    return _one_sentence(text, who, dice).upper() + "!" * int(4 * dice())


def _priced(text: str, _who: Customer, dice: Callable[[], float]) -> str:
    price = _PRICES[int(len(_PRICES) * dice())]
    budget = ("Our budget is", "We were quoted", "Price target", "预算")[int(4 * dice())]
    return f"{text}\n\n{budget} {price}."


def _linked(text: str, who: Customer, dice: Callable[[], float]) -> str:
    host = "".join(filter(str.isalnum, who.company.partition(" ")[0].casefold())) or "plant"
    links = [f"https://www.{host}.com/{_LINKS[int(len(_LINKS) * dice())]}" for _ in range(1 + int(3 * dice()))]
    return f"{text}\n\n" + "\n".join(links)


def _traded(_text: str, who: Customer, dice: Callable[[], float]) -> str:
    """Write as buyers and agents do, who have no time for sentences and no fear of capitals or figures."""
    amount = (
        f"{_CURRENCIES[int(len(_CURRENCIES) * dice())]}{1 + int(900 * dice())}{(',000', ',500', '')[int(3 * dice())]}"
    )
    host = "".join(filter(str.isalnum, who.company.partition(" ")[0].casefold())) or "plant"
    facts = {
        "amount": amount,
        "host": f"www.{host}.com",
        "phone": f"+{1 + int(990 * dice())} {int(100 * dice())} {int(1e7 * dice())}",
        "count": str(1 + int(40 * dice())),
        "size": str(15 + int(285 * dice())),
        "land": COUNTRIES[int(len(COUNTRIES) * dice())].code,
    }
    said = [_TRADED[int(len(_TRADED) * dice())] for _ in range(1 + int(3 * dice()))]
    text = " ".join(dict.fromkeys(said)).format(**facts)
    return text.upper() if dice() < 0.25 else text  # noqa: PLR2004  # one in four


_CURRENCIES = ("$", "USD ", "€", "£", "$ ", "EUR ")
_TRADED = (
    "Dear Sirs, please offer {count} boiler(s) CIF our port, our ceiling is {amount}.",
    "Kindly send best price and delivery, FOB or EXW, for {count} pcs. Budget {amount}.",
    "Valve DN{size} PN25, {count} pcs, how much? We paid {amount} last time.",
    "Gaskets DN{size} x {count}, burner nozzle x {count}, ship to {land}.",
    "Quote please: pump, {count} units, PN16, flange DN{size}.",
    "We would like to represent your products in {land}. Please send your conditions and catalogue!",
    "Looking for an exclusive agency for {land}, what do you offer to dealers?",
    "Hello, I am interested in your boilers. Contact me by WhatsApp {phone}!!!",
    "URGENT!! Burner stopped, nobody answers. Call {phone} at once!",
    "Our plant is down, call now {phone}",
    "More about us: {host}. Please click on contact there if our mail does not reach you.",
    "Could you give us a free estimate? Is there any discount or a free sample of the catalogue?",
    "The display says error {count} when we press start, is that under guarantee? Load never over {size} %.",
    "Can you match this offer ({amount})? See https://{host}/offer.pdf and https://{host}/sheet{count}.pdf",
    "Dear Sir, kindly quote best price FOB or CIF for {count} x boiler {size} kW, budget {amount}. {host}",
    "Inquiry: {count} t/h steam boiler, {size} kPa, gas fired. Your best offer please, tel {phone}",
    "询价：{count}吨锅炉{size}台，预算{amount}，电话{phone}",
    "Which certificates do you have? We need ISO 9001 and the type approval for {land}.",
    "Please send the material certificate and the test report, the inspector of {land} asks for them.",
    "Do you offer financing, leasing or credit? We can pay {amount} now and the rest in {count} months.",
    "We have transferred {amount} to your bank account. Please confirm and send the invoice.",
    "The part you sent is wrong. We want our money back or a new one at no cost.",
    "Let us talk about business with {land}. Call me on {phone}.",
    "Is there a training or a degree course for operators? {count} of our men need the license.",
    "We are a hospital with {count} beds. Which boiler saves most money and gas?",
    "Have you received my order of last week? Please reply, it is urgent.",
)
_WAYS = (
    _traded,
    _traded,
    _whole,
    _one_sentence,
    _whole,
    _call_back,
    _whole,
    _shouted,
    _priced,
    _whole,
    _linked,
    _one_sentence,
)
