"""What is weighed: honest inquiries are never held, however terse or odd; spam is, and no sign alone is enough."""

from __future__ import annotations

from typing import Any

import pytest

from liju_contact.domain.spam_learner import NO_MARKS, Marks, learnt_points
from liju_contact.domain.spam_mail import mail_words
from liju_contact.domain.spam_score import ALONE, SaidBefore, Surroundings, weigh, weighable
from liju_contact.domain.spam_signs import LINE, SpamJudgement, SpamSign, SubmissionSigns
from liju_contact.domain.spam_sketch import SHARED, sketch_of
from liju_contact.domain.spam_words import links_in, normal_of, words_to_weigh
from liju_contact.mail.reading.mail import read_mail
from liju_contact.spam_lists import disposable_domains, read_prior, shipped_prior, write_prior
from liju_contact.usecases.seeding.mail_programs import mail_of_today

HONEST = (
    "We need two steam boilers, 10 t/h each.",
    "Price?",
    "price for 2 ton steam boiler pls",
    "Hello",
    "x",
    "BOILER DOWN!!! CALL ME NOW +971 50 123 4567",
    "Please call me 13800138000. John",
    "Can I get a free quote?",
    "询价：2吨蒸汽锅炉，电话13912345678",
    "你好，请问有现货吗？加微信聊 13800138000",
    "急！锅炉漏水，请尽快联系我 13700001111！！！",
    "报价",
    "Hola, necesito cotización de una caldera de 5 t/h, presupuesto USD 85.000",
    "Нужен паровой котел 4 т/ч, цена?",
    "お見積りをお願いします。",
    "Data sheets: https://www.weishaupt.com/datasheet/wm-gl10.pdf https://www.grundfos.com/cr10.pdf - can you match?",
    "https://www.siemens.com/docs/boiler.pdf https://bit.ly/3xYzAbC https://drive.google.com/file/d/1a2b3c/view",
    "PLC at http://192.168.1.10 shows code 23, burner locks out. Firmware http://10.0.0.5/fw.bin",
    "Spare parts: gasket DN50 PN16 qty 20, budget $1,200",
    "Dear Sir, kindly quote best price FOB Shanghai for 1 x WNS4-1.25-Q, 4 t/h. Budget $85,000. www.alfanar.com",
    "I want to be your distributor in Kenya. Send me terms, conditions and your best offer!!!",
    "HELLO I AM INTERESTED IN YOUR PRODUCT PLEASE CONTACT ME ON WHATSAPP +254712345678",
    "Our website designer asks for your logo: we want to name you as the supplier of our boiler house.",
    "Is your company ISO 9001 certified? Please send certificate.",
    "Do you offer financing or credit?",
    "we can pay 100% cash in advance, give discount",
    "You sent me the wrong part. I want my money back.",
    "I won the tender! Now we need the boiler fast.",
    "My number is +234 803 555 1234, please WhatsApp me.",
    "Your website form does not work on my phone.",
    "Free sample of gasket possible?",
    "Price?",
    "Bitte senden Sie uns ein Angebot für einen Dampfkessel 2 t/h.",
    "Preciso de orçamento para caldeira a lenha.",
    "نحتاج عرض سعر لغلاية بخار 3 طن",
    "价格多少?",
    "We click on the button 'reset' and nothing happens. Guaranteed 10 bar? Not at all. 100% load never reached.",
)
ADDRESSES = ("a.souza@usina.example", "buyer77@gmail.com", "123456789@qq.com")
PITCH = "We offer SEO services and guest post packages: first page of Google, high quality backlinks, casino bonus."


def judged(text: str, email: str = ADDRESSES[0], around: Surroundings = ALONE, **more: Any) -> SpamJudgement:
    inquiry = weighable(text, email, **more)
    return weigh(inquiry, around, prior=shipped_prior(), disposable=disposable_domains())


@pytest.mark.parametrize("email", ADDRESSES)
@pytest.mark.parametrize("text", HONEST)
def test_honest_inquiry_is_not_held(text: str, email: str) -> None:
    assert judged(text, email).score < LINE


@pytest.mark.parametrize("text", HONEST)
def test_honest_inquiry_by_mail_is_not_held_whatever_program_made_it(text: str) -> None:
    heads = [mail_words(read_mail(mail_of_today((text, ADDRESSES[1]), number, seed=5))) for number in range(30)]

    assert max(judged(text, ADDRESSES[1], head=head).score for head in heads) < LINE


def test_program_of_today_does_not_vouch_for_spam() -> None:
    sent = (
        "Viagra!!! Click http://8.8.8.8/buy now, 100% free offer. To be removed from our list, click here.",
        "a@b.com",
    )

    heads = [mail_words(read_mail(mail_of_today(sent, number, seed=5))) for number in range(30)]

    assert min(judged(*sent, head=head).score for head in heads) >= LINE


@pytest.mark.parametrize("text", [HONEST[0], HONEST[8], HONEST[15]])
def test_boiler_inquiry_is_not_held_whatever_its_form_looks_like(text: str) -> None:
    signs = SubmissionSigns(form_age_seconds=1, has_hidden_text=True)

    assert not judged(text, "x@mailinator.com", signs=signs).is_held


def test_signs_of_a_program_hold_what_advertises() -> None:
    signs = SubmissionSigns(form_age_seconds=1, has_hidden_text=True)

    judgement = judged(PITCH, signs=signs)

    assert judgement.is_held
    assert {reason.sign for reason in judgement.reasons} >= {SpamSign.PHRASES, SpamSign.QUICK, SpamSign.HIDDEN_FIELD}
    assert list(judgement.reasons) == sorted(judgement.reasons, key=lambda reason: -abs(reason.points))


@pytest.mark.parametrize(
    ("more", "around", "sign"),
    [
        ({"signs": SubmissionSigns(form_age_seconds=2.9)}, ALONE, SpamSign.QUICK),
        ({"signs": SubmissionSigns(form_age_seconds=5.9)}, ALONE, SpamSign.QUICK),
        ({"signs": SubmissionSigns(has_hidden_text=True)}, ALONE, SpamSign.HIDDEN_FIELD),
        ({"signs": SubmissionSigns(has_proof=True)}, ALONE, SpamSign.PROOF),
        ({"technical_count": 2}, ALONE, SpamSign.TECHNICAL),
        ({}, Surroundings(is_known=True), SpamSign.KNOWN_CUSTOMER),
        ({}, Surroundings(uses_of_form=3), SpamSign.USED_AGAIN),
        ({}, Surroundings(from_network=31), SpamSign.OFTEN),
        ({}, Surroundings(from_address=6), SpamSign.OFTEN),
        ({}, Surroundings(said_before=SaidBefore(addresses=4)), SpamSign.REPEATED),
        ({"country": "DE"}, ALONE, None),
    ],
)
def test_sign_is_named_and_holds_nothing_alone(
    more: dict[str, Any], around: Surroundings, sign: SpamSign | None
) -> None:
    judgement = judged(HONEST[0], around=around, **more)

    assert {reason.sign for reason in judgement.reasons} - {SpamSign.LEARNT} == ({sign} if sign else set())
    assert not judgement.is_held


@pytest.mark.parametrize(
    ("text", "email", "sign"),
    [
        ("Look: http://203.0.113.0/x http://8.8.8.8/win", ADDRESSES[0], SpamSign.BARE_ADDRESS),
        ("See https://bit.ly/3xYz", ADDRESSES[0], SpamSign.SHORT_LINK),
        (" ".join(f"https://a{number}.example" for number in range(12)), ADDRESSES[0], SpamSign.LINKS),
        ("Hi", "bob@mailinator.com", SpamSign.DISPOSABLE),
        ("Hi", "bob@sub.mailinator.com", SpamSign.DISPOSABLE),
        ("Tоtаl sеcrеt bоnus fоr yоu, сlick hеrе nоw plеаsе", ADDRESSES[0], SpamSign.SCRIPT),  # noqa: RUF001  # Cyrillic within
    ],
)
def test_text_and_address_are_looked_at(text: str, email: str, sign: SpamSign) -> None:
    assert sign in {reason.sign for reason in judged(text, email).reasons}


def test_script_that_fits_neither_country_nor_language_weighs_little() -> None:
    russian = "Нужен паровой котел на четыре тонны пара в час, какая цена?"

    points = {
        country: sum(reason.points for reason in judged(russian, country=country).reasons if reason.sign == "script")
        for country in ("RU", "BR", "")
    }

    assert points == {"RU": 0, "BR": 0.8, "": 0}


def test_text_of_honest_people_is_not_held_because_colleagues_repeat_it() -> None:
    before = SaidBefore(addresses=5, marked=1, honest=1)

    assert judged(HONEST[0], around=Surroundings(said_before=before)).score < 0


def test_nearly_the_same_text_shares_most_of_its_sketch() -> None:
    text = "Dear manager, our factory has made garden chairs since 1998 and we would like to send you our catalogue."
    changed = text.replace("manager", "Mr Li").replace("1998", "1999")
    other = "Dear manager, our boiler house needs a new burner before winter and we would like to have your quotation."

    def shared(one: str, two: str) -> int:
        return len(set(sketch_of(normal_of(one))) & set(sketch_of(normal_of(two))))

    assert (shared(text, changed) >= SHARED, shared(text, other) < SHARED) == (True, True)
    assert sketch_of(normal_of("Price for 2 ton boiler?")) == ()


def test_links_of_chinese_text_are_found() -> None:
    assert links_in("看这里http://203.0.113.7:8080/x，或者www.例子.example。") == ["203.0.113.7", "例子.example"]


def test_own_marks_speak_louder_the_more_there_are() -> None:
    words = words_to_weigh("We are a factory of garden chairs and offer you our new models for the summer season")

    points = [
        learnt_points(words, shipped_prior(), Marks(spam_count=count, counts=dict.fromkeys(words, (count, 0))))
        for count in (0, 1, 20)
    ]

    assert points == sorted(points)
    assert points[0] < LINE < points[2]


def test_words_that_honest_people_use_are_not_poisoned_by_marks() -> None:
    """Twenty letters of spam with the words of any letter in them, and not one honest mark."""
    spam = "Dear Sir, please find our price for garden chairs. We need your answer. Best regards"
    counts = dict.fromkeys(words_to_weigh(spam), (20, 0))
    honest = words_to_weigh("Dear Sir, please send us your price for a steam boiler. We need it soon. Best regards")

    points = learnt_points(honest, shipped_prior(), Marks(spam_count=20, counts=counts))

    assert points < LINE / 2


def test_prior_is_read_as_it_was_written() -> None:
    prior = shipped_prior()

    assert read_prior(write_prior(prior)) == prior
    assert min(len(prior.text.words), len(prior.mail.words)) > 10_000
    assert learnt_points(frozenset(), prior, NO_MARKS) == 0
