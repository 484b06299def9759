"""Knows the lines that telephones and mail programs add below a letter: "Sent from my iPhone", "发自我的iPhone".

Such a line has the words for sending and names a device, a program or "my ...". "Sent from our warehouse" has not.
"""

import re

from liju_contact.domain.reply_words import phrases

_MAX_LENGTH = 160
_FRAME = " \t\xa0()<>[]*_~|\"'.!\u3002"
_MARKDOWN_LINK = re.compile(r"\[([^\]\[]{1,80})\]\([^()\s]{1,300}\)")
_BARE_LINK = re.compile(r"[<(\[]?https?://\S+[>)\]]?")

_SENDING_FIRST = """
    sent from | sent via | sent with | sent using | sent by | sent on | sent through
    envoyé de | envoyé à partir | envoyé via | envoyé avec | gesendet von | gesendet mit | gesendet über
    gesendet aus
    enviado de | enviado do | enviado da | enviado por | enviado pel | enviado con | enviado com | enviado a partir
    enviado vía | enviada do | enviat des de | inviato da | inviato con | inviato tramite
    verzonden | verstuurd | gestuurd v | skickat från | skickat med | sänt från | från min | sendt fra | sendt med
    sendt via | lähetetty | wysłan | wysłano | odesláno z | odoslané z | elküldve | trimis d | poslano | poslato s
    отправлено | надіслано | изпратено от | εστάλη από | στάλθηκε από | gửi từ | được gửi từ | đã gửi từ | dikirim
    أرسلت من | أُرسلت من | أرسل من | مرسل من | تم الإرسال من | נשלח מ | ส่งจาก
    发自 | 發自 | 来自 | 來自 | 寄自 | 从我的 | 從我的
"""

_SENDING_LAST = """
    gesendet | verschickt | verstuurd | verzonden | gönderildi | 发送 | 发送的 | 发出 | 發送 | 傳送 | 传送 | 寄出
    から送信
    から送信しました | から送信されました | 에서 보냄 | 에서 전송 | 에서 발송 | 에서 보낸 메일
"""

_PROGRAM_FIRST = """
    get outlook for | get [outlook | download outlook | get boxer | get bluemail | get yahoo mail | outlook für
    télécharger outlook | téléchargez outlook | obtenez outlook | obtener outlook | obter outlook | obter o outlook
    ottieni outlook | scarica outlook | outlook voor | hent outlook | hämta outlook | skaffa outlook | hanki outlook
    pobierz outlook | získat outlook | скачать outlook | загрузить outlook | завантажити outlook
    获取 outlook | 获取适用于 | 下载适用于 | 取得 outlook | 下載 outlook | outlook for ios | outlook for android
"""

_SENDERS = """
    my | mon | ma | mes | meinem | meiner | mi | mio | mia | meu | minha | mijn | min | mitt | mit | moje | mojego
    mojej
    mého | mojho | моего | моей | мого | моєї | iphone | ipad | ipod | mobile | mobil | mobiltelefon | mobilgerät
    handy
    android | galaxy | samsung | htc | nokia | sony | xperia | lumia | huawei | honor | xiaomi | redmi | oppo | vivo
    pixel | oneplus | motorola | blackberry | tablet | smartphone | device | macbook | windows | outlook | mailbox
    gmail
    yahoo | aol | proton | protonmail | spark | airmail | thunderbird | k-9 | foxmail | laptop | móvil | portable
    telefon | phone | telefoon | cellulare | telemóvel | celular | puhelimesta | puhelin | dingtalk | wechat
    whatsapp
    wecom | lark | mail.ru | mail for | iphonesta | iphonedan | iphone'dan | iphone'umdan | iphoneumdan | điện thoại
"""

# The same in scripts that put no space between words.
_SENDERS_JOINED = """
    我的 | 手机 | 手機 | 邮箱 | 郵箱 | 钉钉 | 微信 | 飞书 | 客户端 | 版邮件 | 版郵件 | スマートフォン | 携帯 | 私の
    나의 | 내 | 휴대폰
    почты | هاتف | الهاتف | آيفون | iphone | ipad | outlook | huawei | android
"""

_FIRST = tuple(phrases(_SENDING_FIRST))
_LAST = tuple(phrases(_SENDING_LAST))
_PROGRAMS = tuple(phrases(_PROGRAM_FIRST))
_WORDS = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, phrases(_SENDERS)))})(?![^\W_])")
_JOINED = tuple(phrases(_SENDERS_JOINED))
_NAME_FROM_DEVICE = re.compile(rf"(?:\w+ )?from (?:my )?{_WORDS.pattern}.{{0,20}}")


def is_phone_line(line: str) -> bool:
    """Tell whether a stripped line was added by a device or mail program."""
    if len(line) > _MAX_LENGTH:
        return False
    words = _MARKDOWN_LINK.sub(r"\1", line).casefold().strip(_FRAME)
    if words.startswith(_PROGRAMS):
        return True
    if words.startswith(_FIRST) or words.endswith(_LAST):
        return _WORDS.search(words) is not None or (not words.isascii() and any(word in words for word in _JOINED))
    return _NAME_FROM_DEVICE.fullmatch(words) is not None


def is_bare_link(line: str) -> bool:
    """Tell whether a stripped line is one link and nothing else."""
    return _BARE_LINK.fullmatch(line) is not None
