"""Know the subject lines of automatic replies in many languages.

QQ, 163 and many Exchange servers mark their replies nowhere else. A person's words must never fit by chance, so a mark
counts only at the very beginning, and only when nothing, a bracket or a punctuation mark follows it: "Automatic reply:
Boiler" is a reply, "Automatic reply of the feed valve" is a question.
"""  # Turkish has letters that resemble others

from __future__ import annotations

import re
import unicodedata

LONGEST_MARK = 200  # characters of a subject; tags and a mark fit well

_MARKS = """
automatic reply | automated reply | auto reply | auto-reply | autoreply | auto-response | auto response
autoresponse | autoresponder | autoresponse message | automatic response | automated response
automatic message | automated message | yahoo! auto response
out of office | out of the office | out-of-office | out of office reply | out of office response
out of office message | out of office notification | out of office notice | out of office alert
out of office auto reply | out of office auto-reply | out of office autoreply | out of office: autoreply
out of office automatic reply | out of office assistant | ooo | oof | away from office | away from the office
away from my desk | i am out of office | i am out of the office | i'm out of office | i'm out of the office
on vacation | on holiday | on leave | on annual leave | vacation reply | vacation auto reply | vacation auto-reply
vacation autoreply | vacation response | vacation message | vacation notice | vacation
automatische antwort | automatische beantwortung | automatische rückantwort | automatische rückmeldung
automatische nachricht | abwesenheitsnotiz | abwesenheitsmeldung | abwesenheitsbenachrichtigung
abwesenheitsnachricht | abwesenheitsassistent | abwesenheit | abwesend | außer haus | nicht im büro | nicht im haus
réponse automatique | reponse automatique | message automatique | message d'absence | avis d'absence
absence du bureau | absent du bureau | absente du bureau | notification d'absence | hors du bureau | absence
respuesta automática | respuesta automatica | contestación automática | mensaje automático | autorespuesta
fuera de la oficina | fuera de oficina | ausente de la oficina | ausencia de la oficina
risposta automatica | risposta automatizzata | messaggio automatico | fuori sede | fuori ufficio
assente dall'ufficio | assenza dall'ufficio | non al computer
resposta automática | resposta automatica | mensagem automática | fora do escritório | ausente do escritório
ausência do escritório | ausência temporária
automatisch antwoord | automatisch bericht | automatische reactie | automatische beantwoording | afwezigheidsbericht
afwezigheidsmelding | afwezigheidsassistent | afwezig | niet op kantoor | buiten kantoor
autosvar | automatiskt svar | automatsvar | frånvaro | frånvaromeddelande | frånvarande | ej på kontoret
automatisk svar | automatisk besvarelse | fraværsmeddelelse | fravær | fraværende | ude af kontoret | ikke på kontoret
fraværsmelding | fraværsassistent | ute av kontoret
automaattinen vastaus | automaattivastaus | poissaoloilmoitus | poissa | poissa toimistosta
odpowiedź automatyczna | automatyczna odpowiedź | autoodpowiedź | poza biurem | nieobecność | nieobecność w biurze
automatická odpověď | automaticka odpoved | mimo kancelář | nepřítomnost | nepřítomen
automatická odpoveď | mimo kancelárie | neprítomnosť
automatikus válasz | házon kívül | irodán kívül
răspuns automat | raspuns automat | în afara biroului
samodejni odgovor | odsoten | odsotnost
automatski odgovor | automatski odgovor na poruku | odsutan | аутоматски одговор
автоматичен отговор | извън офиса
автоматический ответ | автоответ | автоматическое сообщение | вне офиса | нет на работе | в отпуске
автоматична відповідь | автовідповідь | поза офісом
αυτόματη απάντηση | εκτός γραφείου
otomatik yanıt | otomatik cevap | ofis dışında | ofis dışı
automatinis atsakymas | automātiska atbilde | automātiskā atbilde | automaatvastus | automaatne vastus
resposta automàtica | erantzun automatikoa | sjálfvirkt svar
balasan otomatis | jawaban otomatis | balas automatik | trả lời tự động | thư trả lời tự động
ตอบกลับอัตโนมัติ | การตอบกลับอัตโนมัติ | ตอบอัตโนมัติ
رد تلقائي | الرد التلقائي | خارج المكتب | پاسخ خودکار
תשובה אוטומטית | מענה אוטומטי | מחוץ למשרד
स्वचालित उत्तर | स्वत: उत्तर
自动回复 | 自动答复 | 自动应答 | 系统自动回复 | 邮件自动回复 | 邮箱自动回复 | 此邮件为自动回复 | 休假自动回复
假期自动回复 | 外出自动回复 | 来自自动回复 | 不在办公室 | 外出通知 | 休假通知
自動回覆 | 自動回复 | 自動答覆 | 自動回應 | 系統自動回覆 | 郵件自動回覆 | 不在辦公室
自動応答 | 自動返信 | 自動返信メール | 自動応答メール | 不在通知 | 不在応答 | 不在のお知らせ | 不在のご連絡
자동 회신 | 자동회신 | 자동 응답 | 자동응답 | 부재중 | 부재 중 | 부재중 자동 응답
"""  # noqa: RUF001  # Turkish has letters that resemble others


def _folded(text: str) -> str:
    """Return the text with one spelling for what looks alike: wide punctuation, accents in two pieces, case, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_FOLDED_MARKS = {_folded(mark) for line in _MARKS.splitlines() for mark in line.split("|") if mark.strip()}
# A hyphen may go on with the word ("auto-ignition"), except after Chinese and Japanese, which need no space either.
_ANY_MARK = "|".join(re.escape(mark) for mark in sorted(_FOLDED_MARKS, key=len, reverse=True))
_MARK = re.compile(
    r"[\[(<*【「『《\"'“ ]{0,3}(?:auto ?:|(?:"
    + _ANY_MARK
    + r")(?:$| ?[\])>:;.!】」』》*]| [-–—|(\[]|(?<=[\u3040-\u9fff])[ \-–—,(]| (?:re|fwd?|aw|antw) ?:))"  # noqa: RUF001  # dashes of subjects
)
# Help desks put their tag before the mark, and one that a reply came to reads "Re: [tag] Out of office: ...".
_TAGS = re.compile(r"(?:re ?: ?)?(?:\[[^\[\]]{1,60}\] ?){1,3}")


def is_vacation_subject(subject: str) -> bool:
    """Tell whether the decoded subject is that of an automatic reply."""
    folded = _folded(subject[:LONGEST_MARK])
    if _MARK.match(folded):
        return True
    tags = _TAGS.match(folded)
    return tags is not None and _MARK.match(folded, tags.end()) is not None
