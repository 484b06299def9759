"""Know the subject lines of mails that say another mail did not arrive.

``CERTAIN`` ones no person writes. The others a customer may well write, of a delivery of goods ("Undelivered: spare
parts") or of a mail that came back, so they need a second sign.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum


class BounceSubject(Enum):
    NONE = 0
    POSSIBLE = 1
    CERTAIN = 2


LONGEST_SUBJECT = 300

_CERTAIN = r"""
^(?:undeliverable|message undeliverable|unzustellbar|onbestelbaar|non recapitabile|olevererbart|uleverbar) ?:
^(?:kézbesíthetetlen|nedoručitelné|niedostarczalne|не удается доставить|배달되지 않음|配信不能|无法送达|無法傳遞) ?:
^undeliver(?:able|ed) (?:e-?)?mail\b
^(?:e-?)?mail delivery (?:has )?failed\b
^mail failed, returning
^delivery status notification ?(?:$|[:(])
^delivery notification: (?:delivery|message)
^returned (?:e-?)?mail: (?:see transcript|(?:user|host) unknown|unknown|cannot|could not|deferred|delivery|too many)
^automatically rejected mail
^warning: could not send message for past
^notification d'état de (?:la )?(?:distribution|remise)
^benachrichtigung (?:über den|zum) zustellstatus
^notificación (?:del|sobre el) estado de (?:la )?entrega
^notifica (?:di |dello )?stato (?:di |del )?(?:recapito|consegna)
^(?:недоставленное (?:сообщение|письмо)|ваше сообщение не доставлено)
^(?:\[.{1,30}\] ?)?(?:来自|來自).{1,60}的?退信
^(?:系统|系統)退信
^(?:邮件|郵件)?退信(?:通知|报告|報告|提醒)
^(?:邮件|郵件)?(?:投递失败|投遞失敗)通知
^(?:メールエラー|不達メール|配信不能|エラーメール)(?:の)?(?:お知らせ|通知|$)
"""

_POSSIBLE = r"""
\bdelivery (?:failure|failed|problem|error|report|notification|delayed|incomplete|has failed|status)\b
\b(?:failure|problem|error) (?:notice|report|notification)\b
^(?:message|delivery) (?:is )?(?:delayed|deferred|failed|failure|rejected|blocked|error)\b
\bmail\b.{0,40}(?:fail|error|problem|delay|deferred|bounce|return|reject|status|system|not (?:be )?deliver)
(?:fail|bounced|delayed|deferred|rejected|returned|non-?deliverable|undeliver|error sending|problems? with).{0,20}mail\b
undeliver|\bnon-?delivera?b?l?e?y?\b|\breturned? to sender\b
\b(?:returned|rejected|bounced|unknown (?:user|recipient|address)|user unknown|no such user|mailbox (?:is )?full)\b
\bnot (?:yet )?(?:been )?(?:be )?(?:delivered|deliverable|received|sent)\b
\b(?:permanent|fatal|temporary|processing|transient) (?:delivery )?(?:error|failure)\b
^your (?:message|e-?mail|mail) (?:to|could|couldn't|cannot|was|wasn't|has)\b
^warning\b
zustell|\bremis|distribu|entreg|devuelto|devolvid|rechazad|recapit|consegna|bezorgd|bestelbaar|lever|toimit
dostarcz|doruč|kézbes|livra|ispor|dostav|достав|παράδοση|teslim|dikirim|gửi được|للتسليم|למסירה
退信|退回|投递|投遞|送达|送達|发送失败|發送失敗|发信失败|无法传递|無法傳[遞送]|未傳遞|不达|配信|送信|不達|배달|전송|전달
"""

# A person who answers or passes on a bounce keeps its subject.
_ANSWERED = re.compile(
    r"(?:re|aw|antw|sv|vs|odp|ynt|res|回复|答复|回覆|fwd?|wg|tr|rv|enc|i|pd|doorst|vb|转发|轉寄|轉發)"
    r"(?:\[\d{1,3}\])? ?:"
)
_DELAYED = re.compile(
    r"\bdelay(?:ed)?\b|\bstill being (?:retried|tried)\b|\bnot yet (?:been )?delivered\b|^deferred\b"
    r"|notification: warning"
    r"|^warning\W{1,3}(?:could not send|message .{1,60} (?:delayed|still))|\btemporar(?:y|ily)\b"
    r"|verzögert|verspätet|retard|retras|ritard|задерж|延迟|延遲|遅延|지연"
)
_FINAL = re.compile(r"returned mail|undeliver|permanent|failure|failed")


def _one_of(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in lines.splitlines() if line))


_CERTAIN_SUBJECT = _one_of(_CERTAIN)
_POSSIBLE_SUBJECT = _one_of(_POSSIBLE)


def bounce_subject(subject: str) -> BounceSubject:
    folded = _folded(subject)
    if _ANSWERED.match(folded):
        return BounceSubject.NONE
    if _CERTAIN_SUBJECT.match(folded):
        return BounceSubject.CERTAIN
    return BounceSubject.POSSIBLE if _POSSIBLE_SUBJECT.search(folded) else BounceSubject.NONE


def says_delayed(subject: str) -> bool:
    """Tell whether the subject speaks of a mail that is still on its way."""
    folded = _folded(subject)
    return _DELAYED.search(folded) is not None and not _FINAL.search(folded)


def _folded(subject: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", subject[:LONGEST_SUBJECT]).casefold().split())
