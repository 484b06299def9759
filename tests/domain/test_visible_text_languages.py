# ruff: noqa: RUF001  # letters are quoted here in the scripts their mail programs write
"""Answers above the quotes of mail programs in many languages: the answer is shown, the quote is folded."""

import pytest

from liju_contact.domain.visible_text import fold


def letters(table: str) -> dict[str, str]:
    """Return the letters of a table by their names, which stand on lines that begin with "===" above each."""
    named = (block.partition("\n") for block in table.strip().removeprefix("=== ").split("\n=== "))
    return {name: letter for name, _, letter in named}


BLANKS = pytest.mark.parametrize("blanks", ["\n", "\n\n", "\n\n\n\n"], ids=["next line", "one blank", "three blanks"])
ANSWER = "10 bar, saturated."

# Above "> " and the quoted letter.
ATTRIBUTIONS = letters("""
=== en gmail
On Mon, Nov 23, 2026 at 10:00 AM Ann Smith <ann@example.com>
wrote:
=== en proton
On Monday, November 23rd, 2026 at 10:00 AM, Ann Smith <ann@example.com> wrote:
=== de gmail
Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Ann Schmidt <
ann@example.com>:
=== de thunderbird
Am 23.11.26 um 10:00 schrieb Ann Schmidt:
=== fr gmail
Le lun. 23 nov. 2026 à 10:00, Anne Dupont <anne@example.com> a
écrit :
=== es gmail
El lun, 23 nov 2026 a las 10:00, Ana Pérez (<ana@example.com>) escribió:
=== pt gmail
Em seg., 23 de nov. de 2026 às 10:00, Ana Silva <ana@example.com>
escreveu:
=== it gmail
Il giorno lun 23 nov 2026 alle ore 10:00 Anna Rossi <anna@example.com> ha
scritto:
=== nl gmail
Op ma 23 nov 2026 om 10:00 schreef Anna de Vries <anna@example.com>:
=== pl gmail
pon., 23 lis 2026 o 10:00 Anna Nowak <anna@example.com> napisał(a):
=== sv gmail
Den mån 23 nov. 2026 kl 10:00 skrev Anna Berg <anna@example.com>:
=== da gmail
Den man. 23. nov. 2026 kl. 10.00 skrev Anna Holm <anna@example.com>:
=== no gmail
man. 23. nov. 2026 kl. 10:00 skrev Anna Dahl <anna@example.com>:
=== fi gmail
ma 23. marrask. 2026 klo 10.00 Anna Virtanen (anna@example.com) kirjoitti:
=== ru gmail
пн, 23 нояб. 2026 г. в 10:00, Анна Иванова <anna@example.com>:
=== ru yandex
23.11.2026, 10:00, «Анна Иванова» <anna@example.com>:
=== ru mail.ru
Понедельник, 23 ноября 2026, 10:00 +03:00 от Анна Иванова <anna@example.com>:
=== uk gmail
пн, 23 лист. 2026 р. о 10:00 Анна Коваль <anna@example.com> пише:
=== cs gmail
po 23. 11. 2026 v 10:00 odesílatel Anna Nová <anna@example.com> napsal:
=== hu gmail
Anna Kovács <anna@example.com> ezt írta (időpont: 2026. nov. 23., H, 10:00):
=== ro gmail
În lun., 23 nov. 2026 la 10:00, Ana Pop <ana@example.com> a scris:
=== el gmail
Στις Δευ 23 Νοε 2026 στις 10:00 π.μ., ο/η Άννα <anna@example.com> έγραψε:
=== tr gmail
Ayşe Yılmaz <ayse@example.com>, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:
=== ar gmail
\u202bفي الاثنين، 23 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة
\u202aAmal\u202c\u200f <\u202aamal@example.com\u202c\u200f>:\u202c
=== he gmail
\u202bבתאריך יום ב׳, 23 בנוב׳ 2026 ב-10:00 מאת \u202aAnat\u202c\u200f <\u202aanat@example.com\u202c\u200f>:\u202c
=== ja gmail
2026年11月23日(月) 10:00 山田 花子 <hanako@example.com>:
=== ko gmail
2026년 11월 23일 (월) 오전 10:00, 홍길동 <hong@example.com>님이 작성:
=== vi gmail
Vào Th 2, 23 thg 11, 2026 vào lúc 10:00 Anh Nguyễn <anh@example.com> đã viết:
=== id gmail
Pada tanggal Sen, 23 Nov 2026 pukul 10.00 Ani <ani@example.com> menulis:
""")

# Above a letter that is quoted as it is.
HEADER_BLOCKS = letters("""
=== en outlook
From: Ann Smith
Sent: Monday, November 23, 2026 10:00 AM
To: Bob
Subject: RE: Boiler
=== en outlook, markdown
**From:** Ann <ann@example.com>
**Sent:** 23 November 2026 10:00
**To:** Bob
**Subject:** Boiler
=== en outlook, spaced
From: Ann Smith <ann@example.com>

Sent: 23 November 2026

To: Bob

Subject: Boiler
=== en original
-----Original Message-----
From: Ann [mailto:ann@example.com]
Sent: Monday
=== en android
-------- Original message --------
From: Ann <ann@example.com>
Date: 23/11/2026 10:00 (GMT+01:00)
=== en zoho
---- On Mon, 23 Nov 2026 10:00:00 +0100 Ann Smith <ann@example.com> wrote ----
=== de outlook
Von: Ann Schmidt <ann@example.com>
Gesendet: Montag, 23. November 2026 10:00
An: Bob
Betreff: AW: Kessel
=== de gmx
Gesendet: Montag, 23. November 2026 um 10:00 Uhr
Von: "Ann Schmidt" <ann@example.com>
An: bob@example.com
Betreff: Kessel
=== fr outlook
De : Anne Dupont <anne@example.com>
Envoyé : lundi 23 novembre 2026 10:00
À : Bob
Objet : Chaudière
=== es outlook
De: Ana Pérez
Enviado el: lunes, 23 de noviembre de 2026 10:00
Para: Bob
Asunto: Caldera
=== pt outlook
De: Ana Silva <ana@example.com>
Enviado: segunda-feira, 23 de novembro de 2026 10:00
Para: Bob
Assunto: Caldeira
=== it outlook
Da: Anna Rossi
Inviato: lunedì 23 novembre 2026 10:00
A: Bob
Oggetto: Caldaia
=== nl outlook
Van: Anna de Vries <anna@example.com>
Verzonden: maandag 23 november 2026 10:00
Aan: Bob
Onderwerp: Ketel
=== pl outlook
Od: Anna Nowak <anna@example.com>
Wysłano: poniedziałek, 23 listopada 2026 10:00
Do: Bob
Temat: Kocioł
=== sv outlook
Från: Anna Berg <anna@example.com>
Skickat: den 23 november 2026 10:00
Till: Bob
Ämne: Panna
=== fi outlook
Lähettäjä: Anna Virtanen <anna@example.com>
Lähetetty: maanantai 23. marraskuuta 2026 10.00
Vastaanottaja: Bob
Aihe: Kattila
=== ru outlook
От: Анна Иванова <anna@example.com>
Отправлено: 23 ноября 2026 г. 10:00
Кому: Bob
Тема: Котёл
=== tr outlook
Kimden: Ayşe Yılmaz <ayse@example.com>
Gönderildi: 23 Kasım 2026 Pazartesi 10:00
Kime: Bob
Konu: Kazan
=== ja outlook
差出人: 山田 花子 <hanako@example.com>
送信日時: 2026年11月23日 10:00
宛先: Bob
件名: RE: ボイラー
=== ko outlook
보낸 사람: 홍길동 <hong@example.com>
보낸 날짜: 2026년 11월 23일 월요일 오전 10:00
받는 사람: Bob
제목: 보일러
""")

# With the attribution under the marks of the quote.
WITHIN_QUOTES = letters("""
=== en apple
> On 23 Nov 2026, at 10:00, Ann Smith <ann@example.com> wrote:
>
> What pressure?
=== de apple
> Am 23.11.2026 um 10:00 schrieb Ann Schmidt <ann@example.com>:
>
> Welcher Druck?
=== ru apple
> 23 нояб. 2026 г., в 10:00, Анна Иванова <anna@example.com> написал(а):
>
> Какое давление?
=== ja apple
> 2026/11/23 10:00、山田花子 <hanako@example.com>のメール:
>
> 圧力は？
""")

PHONE_LINES = [
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android\n<https://aka.ms/ghei36>",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für iOS<https://aka.ms/o0ukef>",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail.ru",
    "iPhone'umdan gönderildi",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
    "发自我的iPhone",
    "發自我的 iPhone",
    "從我的 iPhone 傳送",
    "从我的小米手机发送",
    "从 Windows 版邮件发送",
    "发自我的华为手机",
    "发自网易邮箱大师",
    "来自钉钉邮箱",
]


@BLANKS
@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_fold_leaves_the_answer_above_a_marked_quote(blanks: str, attribution: str) -> None:
    quote = f"{attribution}\n\n> What steam pressure do you need?\n>\n> Ann"

    folded = fold(f"{ANSWER}{blanks}{quote}\n")

    assert folded.visible == ANSWER
    assert folded.folded == quote


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_fold_leaves_the_answer_below_a_marked_quote(attribution: str) -> None:
    folded = fold(f"{attribution}\n\n> What steam pressure do you need?\n>\n> Ann\n\n{ANSWER}\n")

    assert folded.visible == ANSWER


@BLANKS
@pytest.mark.parametrize("block", HEADER_BLOCKS.values(), ids=HEADER_BLOCKS.keys())
def test_fold_leaves_the_answer_above_a_quoted_letter(blanks: str, block: str) -> None:
    quote = f"{block}\n\nWhat steam pressure do you need?\n\nAnn"

    folded = fold(f"{ANSWER}{blanks}{quote}\n")

    assert folded.visible == ANSWER
    assert folded.folded == quote


@BLANKS
@pytest.mark.parametrize("quote", WITHIN_QUOTES.values(), ids=WITHIN_QUOTES.keys())
def test_fold_leaves_the_answer_above_a_quote_that_names_its_writer(blanks: str, quote: str) -> None:
    folded = fold(f"{ANSWER}{blanks}{quote}\n")

    assert folded.visible == ANSWER
    assert folded.folded == quote


@pytest.mark.parametrize("line", PHONE_LINES)
def test_fold_hides_what_a_telephone_adds(line: str) -> None:
    folded = fold(f"{ANSWER}\n\n{line}\n")

    assert folded.visible == ANSWER
    assert folded.folded == line
