"""The words by which mail programs of many languages mark what they quote: tables only, no rules.

Verbs of attribution lines ("... wrote:"), labels of header blocks ("From:") and titles of quoted letters
("-----Original Message-----"). All are compared case-folded; what they mean is decided in ``attribution`` and
``header_block``.
"""  # letters of other alphabets

import re
from collections.abc import Iterator

# What stands right before the closing colon: "On 5 May, Ann wrote:". Grouped by language, separated by "|".
_VERBS_LAST = """
    wrote | writes | sent | wrote the following
    schrieb | schrieben sie | geschrieben | schrieb folgendes
    a écrit | a ecrit | a écrit ceci | nous a dit | écrivait | va escriure | ha escrit
    escribió | escribio | ha escrito | escribiu | escreveu | ha scritto
    het volgende geschreven | geschreven | schreef | schreef het volgende | verzond
    skrev | skrev följande | skrev følgende | skreiv | kirjoitti | skrifaði | kirjutas | rašė | parašė | rakstīja
    napisał | napisała | napisał(a) | napisal(a) | pisze | napsal | napsala | napsal(a) | napísal | napísal(a)
    je napisao | je napisala | je napisao/la | je napisal | je napisal/-a | írta | ezt írta | a scris | shkroi
    написал | написала | написал(а) | пишет | писал | писал(а) | пише | написав | написав(ла)
    напісаў | написа | написао | написала је | је написао | је написао/ла
    έγραψε | yazdı | şunu yazdı | şunları yazdı | yazmış
    كتب | كتبت | نوشت | כתב | כתבה | כתב/ה | ने लिखा | লিখেছেন
    đã viết | menulis | menulis: | sumulat | เขียน | เขียนว่า | เขียนข้อความว่า
"""  # noqa: RUF001  # letters of other alphabets

# The same in scripts that put no space before the verb.
_VERBS_JOINED = """
    写道 | 写到 | 寫道 | 寫到 | 来信 | のメール | のメッセージ | さんは書きました | は書きました | 님이 작성 | 작성
    님이 씀
    님이 작성하였습니다 | 님이 작성했습니다 | 님이 썼습니다
"""  # letters of other alphabets

# What stands between the date and the writer's name, or between the name and the date: "Am 5. Mai schrieb Ann <...>:".
_VERBS_BETWEEN = """
    wrote on | wrote at | schrieb | schreef | skrev | skreiv | skrifaði | ezt írta | yazdı | napisał | napisał(a)
    a écrit
    كتب | تمت كتابة ما يلي بواسطة | написал | пише | пишет
"""  # noqa: RUF001  # letters of other alphabets

# Labels of the header block that Outlook, Foxmail, QQ, 163 and others put above a quoted letter.
_LABELS = {
    "from": """
        From | Von | De | Da | Van | Fra | Från | Od | Lähettäjä | Feladó | Expéditeur | Remitente | Mittente
        Afzender | Avsändare | Afsender | Nadawca | Odesílatel | Odosielateľ | Pošiljatelj | Șalja | De la
        Gönderen
        Kimden | Από | От | От кого | Отправитель | Від | Від кого | Відправник | Od koga | Saatja | מאת
        من | از | 发件人 | 发信人 | 寄件者 | 寄件人 | 發件人 | 差出人 | 送信者 | 送信元 | 보낸 사람 | 보낸사람
        발신 | 발신인
        Từ | Người gửi | Dari | Pengirim | จาก | द्वारा
    """,  # letters of other alphabets
    "sent": """
        Sent | Date | Date sent | Gesendet | Gesendet am | Datum | Envoyé | Envoyé le | Le | Date d'envoi | Enviado
        Enviado el | Enviado em | Enviada em | Enviada | Fecha | Data | Inviato | Data invio | Verzonden | Verstuurd
        Sendt | Dato | Skickat | Lähetetty | Päivämäärä | Päiväys | Wysłano | Data wysłania | Wysłane | Odesláno
        Odoslané
        Dátum | Elküldve | Küldve | Poslano | Poslato | Trimis | Gönderildi | Gönderme Tarihi | Tarih | Gönderilme
        Στάλθηκε | Ημερομηνία | Отправлено | Дата | Надіслано | Изпратено | Išsiųsta | Nosūtīts | Saadetud | נשלח
        תאריך | تاريخ الإرسال | التاريخ | أرسلت | تاریخ | 发送时间 | 发送日期 | 发件时间 | 时间 | 日期 | 寄件日期
        傳送時間
        發送時間 | 傳送日期 | 時間 | 送信日時 | 日時 | 送信日 | 日付 | 보낸 날짜 | 보낸날짜 | 날짜 | 발신일 | 보냄
        Ngày | Đã gửi | Vào lúc
        Dikirim | Tanggal | วันที่ | ส่ง | दिनांक
    """,  # letters of other alphabets
    "to": """
        To | An | À | A | Para | Aan | Til | Till | Do | Vastaanottaja | Címzett | Destinataire | Destinatario
        Destinatário | Empfänger | Geadresseerde | Mottagare | Modtager | Adresat | Komu | Za | Către | Kime
        Alıcı | Προς | Кому | Получатель | До | Για | Kam | Saaja | Kellele | אל | إلى | به | 收件人 | 收件者
        受信者
        宛先 | 宛て先 | 받는 사람 | 받는사람 | 수신 | 수신인 | Đến | Tới | Người nhận | Kepada | Untuk | ถึง
    """,  # noqa: RUF001  # letters of other alphabets
    "copy": """
        Cc | Bcc | Kopie | Kopie (CC) | Copie à | Copie | Copia | Cópia | Copia carbón | Kopia | Kopi | Kopio | DW
        UDW
        Másolatot kap | Bilgi | Κοιν. | Κοινοποίηση | Копия | Копія | עותק | نسخة | 抄送 | 抄送人 | 密送 | 副本
        참조
        Đồng gửi | สำเนา
    """,  # noqa: RUF001  # letters of other alphabets
    "reply": """
        Reply-To | Reply to | Antwort an | Antworten an | Répondre à | Responder a | Rispondi a | Risposta
        Beantwoorden - Aan | Svar til | Svara till | Odpowiedz do | Ответить | 回复 | 回复至 | 答复 | 返信先 | 회신
    """,  # letters of other alphabets
    "subject": """
        Subject | Betreff | Betr. | Objet | Asunto | Assunto | Oggetto | Onderwerp | Emne | Ämne | Aihe | Temat
        Předmět
        Predmet | Tárgy | Subiect | Konu | Θέμα | Тема | Относно | Tema | Teema | Zadeva | נושא | الموضوع | موضوع
        主题 | 主旨 | 标题 | 主題 | 件名 | 題名 | 제목 | Chủ đề | Tiêu đề | Subjek | Perihal | เรื่อง | विषय
    """,  # letters of other alphabets
    "other": """
        Importance | Priority | Attachments | Organization | Wichtigkeit | Priorität | Anlagen | Importancia
        Datos adjuntos
        Pièces jointes | Importanza | Allegati | Bijlagen | Urgentie | Bilagor | Vedlegg | Załączniki
        Важность | Вложения | 重要性 | 附件 | 添付ファイル | 重要度 | 첨부
    """,  # letters of other alphabets
}

# What stands between two runs of dashes above a quoted or forwarded letter.
_TITLES = """
    Original Message | Original | Original E-mail | Original Email | Reply Message | Replied Message
    Forwarded Message
    Begin forwarded text | Begin forwarded message | Forwarded by | Original Appointment | Forwarded mail
    Message from
    Ursprüngliche Nachricht | Original-Nachricht | Originalnachricht | Originalmeldung | Weitergeleitete Nachricht
    Antwort Nachricht | Original Nachricht | Message d'origine | Message original | Message transféré
    Message initial
    Mensaje original | Mensaje reenviado | Mensaje de respuesta | Missatge original | Mensagem original
    Mensagem encaminhada | Messaggio originale | Messaggio inoltrato | Oorspronkelijk bericht
    Origineel bericht | Doorgestuurd bericht | Doorgestuurde bericht | Oprindelig meddelelse | Oprindelig besked
    Videresendt meddelelse | Videresendt besked | Opprinnelig melding | Videresendt melding
    Ursprungligt meddelande
    Ursprungligt mail | Originalmeddelande | Vidarebefordrat meddelande | Alkuperäinen viesti | Välitetty viesti
    Wiadomość oryginalna | Oryginalna wiadomość | Wiadomość przekazana | Przekazana wiadomość | Původní zpráva
    Původní e-mail | Přeposlaná zpráva | Pôvodná správa | Eredeti üzenet | Továbbított üzenet | Mesaj original
    Mesajul original | Izvorno sporočilo | Originalna poruka | Izvorna poruka | Orijinal Mesaj | Özgün İleti
    Orijinal İleti | İletilen mesaj | Αρχικό μήνυμα | Προωθημένο μήνυμα | Исходное сообщение | Исходное письмо
    Оригинальное сообщение | Пересылаемое сообщение | Пересланное сообщение | Вихідне повідомлення
    Оригінальне повідомлення | Переслане повідомлення | Оригинално съобщение | הודעה מקורית | הודעה שהועברה
    الرسالة الأصلية | رسالة معاد توجيهها | پیام اصلی | Thư gốc | Tin nhắn gốc | Pesan asli | ข้อความต้นฉบับ
    原始邮件 | 邮件原件 | 原邮件 | 回复的原邮件 | 回复的邮件 | 转发的邮件 | 转发邮件 | 转发邮件信息 | 已转发邮件
    原始信息
    原始消息 | 原始郵件 | 原始訊息 | 原始信件 | 郵件原件 | 轉寄的郵件 | 轉寄郵件 | 已轉寄的郵件 | 元のメッセージ
    オリジナルメッセージ | 転送メッセージ | 転送されたメッセージ | 原文メール | 원본 메시지 | 원본 메일
    원본 이메일 | 전달된 메시지
"""  # letters of other alphabets

# The line that Apple Mail puts above a forwarded letter.
_FORWARD_OPENINGS = """
    Begin forwarded message | Anfang der weitergeleiteten Nachricht | Anfang der weitergeleiteten E-Mail
    Début du message transféré | Début du message réexpédié | Inicio del mensaje reenviado
    Inizio messaggio inoltrato
    Início da mensagem reencaminhada | Início da mensagem encaminhada | Begin doorgestuurd bericht
    Start på videresendt besked | Videresendt melding | Vidarebefordrat brev | Välitetty viesti alkaa
    Początek przekazywanej wiadomości | Začátek přeposílané zprávy | Továbbított levél kezdete
    Начало переадресованного сообщения | Початок листа, що пересилається | İletilen ileti başlangıcı
    下面是被转发的邮件 | 以下是转发的邮件 | 開始轉寄郵件 | 以下是轉寄的郵件 | 転送されたメッセージ
    전달된 메시지 시작
"""  # noqa: RUF001  # letters of other alphabets

_BLANKS = re.compile(r"\s+")


def without_blanks(phrase: str) -> str:
    """Return ``phrase`` case-folded and without any white space, as labels and titles are compared."""
    return _BLANKS.sub("", phrase).casefold()


def phrases(table: str) -> Iterator[str]:
    """Return the phrases of a table, which stand between bars or line ends."""
    return (phrase for line in table.splitlines() for phrase in map(str.strip, line.split("|")) if phrase)


VERBS_LAST = tuple({f" {verb}" for verb in phrases(_VERBS_LAST)} | set(phrases(_VERBS_JOINED)))
VERB_BETWEEN = re.compile(rf"\s(?:{'|'.join(map(re.escape, phrases(_VERBS_BETWEEN)))})\s")
LABELS = {without_blanks(label): kind for kind, table in _LABELS.items() for label in phrases(table)}
TITLES = frozenset(map(without_blanks, phrases(_TITLES)))
FORWARD_OPENINGS = frozenset(map(without_blanks, phrases(_FORWARD_OPENINGS)))
