"""Ordinary replies, as the mail programs of customers and staff write them: for the replies benchmark.

Each function below writes one program's manner: where the quote stands, what introduces it, plain text or HTML, which
charset. All keep what real ones keep: the address the letter asked for, References, and the quoted text.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

_SENTENCES = (
    "Thank you for your quick answer.",
    "We have discussed it with our plant engineer and would like to go on.",
    "Could you please send the dimension drawing and the P&ID of the 10 t/h boiler?",
    "The feed water has 105 °C; the site is at 1 240 m above sea level.",
    "Our customer asks for delivery in May, CIF Santos.",
    "Is the economiser included in the price, and which burner do you propose?",
    "The emission limit here is 30 mg/m³ NOx at 3.5 % oxygen.",
    "Please also quote two years of spare parts.",
)
_SATZ = "Vielen Dank für die schnelle Antwort. Wir brauchen den Kessel bis Ende Mai in Köln, Größe wie besprochen."
_JU = "您好，图纸已收到，谢谢。请问两台十吨的蒸汽锅炉何时能交货？另请提供燃烧器的品牌和氮氧化物排放数据。"
_PDF_BYTES = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of ours as its recipient has it; ``references`` are its Message-ID and the ids before it."""

    recipient: str
    reply_to: str
    subject: str
    text: str
    references: tuple[str, ...]


def write_reply(letter: Letter, dice: random.Random, *, has_pdf: bool) -> bytes:
    """Return an answer to a letter, 1.5 to 5 kB and sometimes with a small PDF, that no other answer equals."""
    mail = EmailMessage()
    mail["From"], mail["To"] = letter.recipient, letter.reply_to
    mail["Message-ID"] = f"<{dice.getrandbits(96):024x}@mail.there.example>"
    mail["Date"] = "Mon, 23 Nov 2026 11:42:07 +0800"
    mail["In-Reply-To"], mail["References"] = letter.references[-1], " ".join(letter.references)
    dice.choice(_PROGRAMS)(mail, letter, dice)
    if has_pdf:
        pdf = b"%PDF-1.7\n" + dice.randbytes(_PDF_BYTES)
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="plan.pdf")
    return mail.as_bytes(policy=SMTP)


def _gmail(mail: EmailMessage, letter: Letter, dice: random.Random) -> None:
    said = _said(dice)
    introduced = "On Mon, Nov 23, 2026 at 10:00 AM LIJU Boilers <inquiry@liju.example> wrote:"
    mail["Subject"] = f"Re: {letter.subject}"
    mail.set_content(f"{said}\n\n{introduced}\n\n{_quoted(letter)}\n")
    mail.add_alternative(
        f'<div dir="ltr">{_lines(said)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{escape(introduced)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:'
        f'1px solid rgb(204,204,204);padding-left:1ex">{_lines(letter.text)}</blockquote></div>\n',
        subtype="html",
    )


def _outlook(mail: EmailMessage, letter: Letter, dice: random.Random) -> None:
    mail["Subject"] = f"RE: {letter.subject}"
    head = (
        "<b>From:</b> LIJU Boilers &lt;inquiry@liju.example&gt;<br><b>Sent:</b> Monday, November 23, 2026 10:00 AM<br>"
        f"<b>To:</b> {escape(letter.recipient)}<br><b>Subject:</b> {escape(letter.subject)}"
    )
    mail.set_content(
        f"<html><body lang=EN-US><div class=WordSection1><p class=MsoNormal>{_lines(_said(dice))}</p></div>"
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
        f"<p class=MsoNormal>{head}</p></div><p class=MsoNormal>{_lines(letter.text)}</p></body></html>\n",
        subtype="html",
    )


def _apple_mail(mail: EmailMessage, letter: Letter, dice: random.Random) -> None:
    mail["Subject"] = f"Re: {letter.subject}"
    introduced = "> On 23 Nov 2026, at 10:00, LIJU Boilers <inquiry@liju.example> wrote:\n> "
    mail.set_content(
        f"{_said(dice)}\n\nSent from my iPhone\n\n{introduced}\n{_quoted(letter)}\n", cte="quoted-printable"
    )


def _thunderbird(mail: EmailMessage, letter: Letter, dice: random.Random) -> None:
    mail["Subject"] = f"Re: {letter.subject}"
    said = (
        f"{_SATZ}\n{dice.choice(_SENTENCES)}\n\nMit freundlichen Grüßen\n-- \nAnlagenbau Köln GmbH\nTel. +49 221 555 01"
    )
    mail.set_content(f"Am 23.11.26 um 10:00 schrieb LIJU Boilers:\n{_quoted(letter)}\n\n{said}\n", cte="8bit")


def _qq_mail(mail: EmailMessage, letter: Letter, dice: random.Random) -> None:
    mail["Subject"] = f"回复：{letter.subject}"
    head = (
        "------------------ 原始邮件 ------------------\n"
        '发件人: "LIJU Boilers"<inquiry@liju.example>;\n发送时间: 2026年11月23日(星期一) 上午10:00\n'
        f'收件人: "{letter.recipient}"<{letter.recipient}>;\n主题: {letter.subject}'
    )
    said = f"{_JU}\n{dice.randrange(10**6)}"
    mail.set_content(f"{said}\n\n\n\n{head}\n\n{letter.text}\n", charset="gb18030", cte="base64")


_PROGRAMS: tuple[Callable[[EmailMessage, Letter, random.Random], None], ...] = (
    _gmail,
    _outlook,
    _apple_mail,
    _thunderbird,
    _qq_mail,
)


def _said(dice: random.Random) -> str:
    return "\n".join([*dice.sample(_SENTENCES, 4), "", "Best regards", "Ana Souza"])


def _quoted(letter: Letter) -> str:
    return "\n".join(f"> {line}".rstrip() for line in letter.text.splitlines())


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")
