"""Read from a bounce's own words which address failed, where nothing in it is meant for machines.

Three ways, from the surest on: the phrases of providers that are known (QQ, 163, Exchange, Gmail ...); an address that
the reason of the failure follows; the only address that the report names at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

LONGEST_WORDS = 300

_ADDRESS = (
    r"(?<![A-Za-z0-9.!#$%&*+/=?^_`{|}~-])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){0,20}[A-Za-z0-9-]{1,63}"
)
_AN_ADDRESS = re.compile(_ADDRESS)
_OPENING = r"[\s:<(\[\"'“‘（【：]{0,12}(?:mailto:|smtp:)?"  # noqa: RUF001  # punctuation of Chinese servers

# What stands right before the address in the bounces of QQ, 163, Sina, Aliyun and others in Asia.
_KNOWN_PHRASE = re.compile(
    rf"""(?:
    无法(?:发送|投递|送达|传递)(?:邮件)?(?:到|至|给)? | (?:未能|不能)(?:发送|投递|送达)(?:到|至|给)?
    | (?:投递|发送|投送)(?:到|至|给) | (?:失败|退信|无效)(?:的)?(?:收件人|地址|邮箱) | 收件人(?:邮件)?(?:地址|邮箱)
    | (?:以下|下列)(?:收件人|地址|邮箱)(?:的邮件)?[^\n@]{{0,20}} | (?:发往|寄往|发给|寄给|发送给)
    | 無法(?:傳送|傳遞|投遞|送達|寄送)(?:郵件)?(?:到|至|給)? | 收件者(?:地址)? | (?:寄給|傳送給)
    | 宛先(?:アドレス)? | 次の(?:宛先|アドレス|受信者)[^\n@]{{0,30}} | 받는\ ?사람
    | 以下の(?:宛先|メール)?アドレス[^\n@]{{0,30}}
    ){_OPENING}({_ADDRESS})""",
    re.IGNORECASE | re.VERBOSE,
)
_LIST_OF_RECIPIENTS = re.compile(r"收\s{0,2}件\s{0,2}[人者]\s{0,2}[:：]([^\n]{0,500})")  # see above
# The same in Europe, where such words are said of more than failures.
_LOOSER_PHRASE = re.compile(
    rf"""(?:
    (?:wasn't|couldn't\ be|was\ not|could\ not\ be|has\ not\ been|cannot\ be)\ (?:delivered|sent)\ to
    | (?:message|mail|e-mail)\ (?:that\ you\ sent\ )?to
    | deliver(?:y|ed)?\ (?:(?:your|this|the)\ (?:message|mail|e-mail)\ )?to
    | (?:the\ following|these|this|intended|failed|unknown|invalid|final|original|bad)\ (?:e-?mail\ )?
      (?:recipients?|address(?:es)?|users?|mailbox(?:es)?)(?:\(e?s\))?(?:\ or\ groups)?[^\n@]{{0,60}}
    | \b(?:recipient|rcpt\ to|mailbox|user|account|e-?mail\ address)\ ?(?:address)?\ ?[:=]?
    | empfänger[^\n@]{{0,40}} | destinataires?[^\n@]{{0,30}} | destinatari[oi]?s?[^\n@]{{0,30}}
    | адресат[^\n@]{{0,20}} | получател[^\n@]{{0,20}}
    ){_OPENING}({_ADDRESS})""",
    re.IGNORECASE | re.VERBOSE,
)
# What follows it.
_AFTER_ADDRESS = re.compile(
    rf"""({_ADDRESS})[>)\]"'”’）]{{0,3}}[\s:,.…-]{{0,5}}[^\n@]{{0,80}}?  # the reason stands on the same line
    (?:\b5\d\d\b | \b5\.\d{{1,3}}\.\d{{1,3}}\b | unknown | not\ (?:exist|found|listed|known|accept|deliver)
    | doesn't\ exist | no\ such | full | unavailable | disabled | inactive | reject | den(?:y|ied) | refus | fail
    | invalid | bounce | undeliver | over\ ?quota | exceed | unreachable | timed\ out
    | 不存在 | 已满 | 拒绝 | 拒收 | 失败 | 无效 | 无法 | 停用 | 禁用 | 退回 | 拒絕 | 失敗 | 無效 | 無法)""",  # noqa: RUF001
    re.IGNORECASE | re.VERBOSE,
)
_RETURNED_MAIL_BEGINS = re.compile(
    r"^(?:[ \t>|*=_-]{0,80}(?:original|returned|undelivered|your) (?:message|mail|e-mail)"
    r"(?: headers?| follows| text| info(?:rmation)?)?[ \t:=*_-]{0,80}$"
    r"|[ \t>|]{0,8}(?:received|return-path|mime-version|x-mailer|dkim-signature)[ \t]?:"
    r"|.{0,80}(?:is|are|follows|below|with|attached).{0,20}(?:copy|header|body|text)s? of (?:the|your)"
    r"|.{0,40}diagnostic information for administrators|.{0,10}-{3,} .{0,40}(?:follows|message|header).{0,40}-{3,})",
    re.IGNORECASE | re.MULTILINE,
)
_HELP_LOCAL_PARTS = frozenset({"abuse", "help", "mailer-daemon", "noc", "noreply", "no-reply", "postmaster", "support"})
_SAID = re.compile(
    r"^.{0,160}(?:\b[45]\d\d[ -]|\b[45]\.\d{1,3}\.\d{1,3}\b|退信原因|错误(?:信息|原因)|失败原因|拒绝原因).{0,300}$",
    re.MULTILINE,
)


def known_phrases(text: str, strangers: Collection[str]) -> list[str]:
    """Return the addresses that phrases say failed. ``strangers`` are those that cannot be, in lower case."""
    words = _own_words(text)
    said = _possible((found[1] for found in _KNOWN_PHRASE.finditer(words)), strangers)
    if said:
        return said
    lists = (_AN_ADDRESS.findall(found[1]) for found in _LIST_OF_RECIPIENTS.finditer(words))
    return _possible((address for found in lists for address in found), strangers)


def likely_addresses(text: str, strangers: Collection[str]) -> list[str]:
    """Return the addresses that a reason follows, or the only one there is."""
    words = _own_words(text)
    for pattern in (_AFTER_ADDRESS, _LOOSER_PHRASE):
        if said := _possible((found[1] for found in pattern.finditer(words)), strangers):
            return said
    named = _possible(_AN_ADDRESS.findall(words), strangers)
    return named if len(named) == 1 else []


def server_words(text: str) -> str:
    """Return the line in which the server says why, empty when none stands out."""
    found = _SAID.search(text)
    return one_line(found[0]) if found else ""


def one_line(text: str) -> str:
    """Return the beginning of a text as one line."""
    return " ".join(text[: 4 * LONGEST_WORDS].split())[:LONGEST_WORDS]


def _own_words(text: str) -> str:
    """Return what stands before the returned mail; all of it where the returned mail comes first."""
    begins = _RETURNED_MAIL_BEGINS.search(text)
    return text[: begins.start()] if begins and _AN_ADDRESS.search(text, 0, begins.start()) else text


def _possible(addresses: Iterator[str] | list[str], strangers: Collection[str]) -> list[str]:
    unique = dict.fromkeys(address.strip(".'`") for address in addresses)
    return [
        address
        for address in unique
        if address.lower() not in strangers and address.partition("@")[0].lower() not in _HELP_LOCAL_PARTS
    ]
