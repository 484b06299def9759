"""The words mail programs write above a mail they quote, in the languages customers write from.

All are case-folded and without white space, as ``日　期`` and ``Reply to`` are written with and without it.
"""

from __future__ import annotations

from enum import Enum, auto


class Label(Enum):
    """What a line such as "From: …" names."""

    SENDER = auto()
    DATE = auto()
    RECIPIENT = auto()
    SUBJECT = auto()


_WORDS = {
    Label.SENDER: """
        from 发件人 发信人 發件人 寄件者 寄件人 von de da van от отправитель від 差出人 送信者
        送信元 보낸사람 보낸이 od kimden gönderen fra från lähettäjä feladó từ من expéditeur remitente
        mittente afzender absender
    """,
    Label.DATE: """
        date sent 发送时间 发送日期 发件时间 日期 时间 時間 寄件日期 傳送時間 發送時間 传送时间 日付 送信日時
        送信日 日時 gesendet datum envoyé enviado enviadoel enviadael enviadoem enviadaem fecha data inviato
        verzonden отправлено дата надіслано 보낸날짜 날짜 보낸시간 wysłano data
        gönderilen gönderildi tarih skickat sendt dato lähetetty päivämäärä elküldve dátum odesláno ngày
        đãgửi التاريخ dateofsending
    """,
    Label.RECIPIENT: """
        to cc 收件人 抄送 收件者 副本 抄送人 an kopie à a para aan кому копия копія 宛先 받는사람
        참조 do dw kime bilgi til till kopia kopi vastaanottaja kopio címzett másolatotkap komu đến إلى cci
        cco bcc
    """,
    Label.SUBJECT: """
        subject 主题 主題 主旨 标题 標題 betreff objet asunto oggetto assunto onderwerp тема 件名 제목
        temat konu ämne emne aihe tárgy předmět chủđề الموضوع subiect sujet
    """,
}
LABELS = {word: label for label, words in _WORDS.items() for word in words.split()}

SEPARATORS = frozenset(
    "".join(words.split()).casefold()
    for words in """
        Original Message / Original / Original Mail / Original Email / Original Appointment
        Forwarded Message / Forwarded by / Forwarded mail / Begin forwarded message / Reply message
        原始邮件 / 原邮件 / 原始郵件 / 原始信件 / 原始邮件信息 / 原始消息 / 回复的原邮件 / 回复的邮件
        回复邮件 / 回覆郵件 / 转发邮件 / 转发的邮件 / 转发邮件信息 / 转发的消息 / 轉寄郵件 / 轉寄的郵件
        转发信息 / Ursprüngliche Nachricht / Originalnachricht / Ursprüngliche Mail / Original-Nachricht
        Weitergeleitete Nachricht / Message d'origine / Message d\N{RIGHT SINGLE QUOTATION MARK}origine
        Message original / Message transféré / Mensaje original / Mensaje reenviado / Mensaje de origen
        Messaggio originale / Messaggio inoltrato / Mensagem original / Mensagem encaminhada
        Oorspronkelijk bericht / Origineel bericht / Doorgestuurd bericht
        Исходное сообщение / Пересылаемое сообщение
        Пересылаемое письмо / Оригинальное сообщение
        Вихідне повідомлення / 元のメッセージ / 転送メッセージ / 転送されたメッセージ
        원본 메시지 / 원본 메일 / 전달된 메시지 / Wiadomość oryginalna / Oryginalna wiadomość
        Orijinal Mesaj / Orijinal İleti / Özgün İleti / Ursprungligt meddelande / Originalmeddelande
        Oprindelig meddelelse / Opprinnelig melding / Alkuperäinen viesti / Původní zpráva
        Eredeti üzenet / Mesaj original / Thư gốc / الرسالة الأصلية
    """.replace("\n", "/").split("/")
    if words.strip()
)
