"""Whether two customers are of one house, judged by what they say about themselves."""

from __future__ import annotations

# Mailboxes anybody can have: the same domain says nothing there.
_PUBLIC_DOMAINS = frozenset(
    {
        *("126.com", "139.com", "163.com", "189.cn", "aliyun.com", "foxmail.com", "qq.com", "sina.com", "sina.cn"),
        *(
            "sohu.com",
            "vip.163.com",
            "vip.qq.com",
            "yeah.net",
            "aol.com",
            "bk.ru",
            "bol.com.br",
            "gmail.com",
            "gmx.com",
        ),
        *("gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "libero.it", "list.ru", "live.com"),
        *("mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "proton.me"),
        *("protonmail.com", "rediffmail.com", "terra.com.br", "uol.com.br", "web.de", "yahoo.co.in", "yahoo.com"),
        *("yahoo.com.br", "yandex.com", "yandex.ru", "ymail.com", "zoho.com"),
    }
)


def is_same_sender(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether two pairs of folded address and company, either of which may be empty, are the same house's."""
    (one_address, one_company), (other_address, other_company) = one, other
    domain = one_address.rpartition("@")[2]
    has_same_domain = domain == other_address.rpartition("@")[2] and domain not in _PUBLIC_DOMAINS
    has_same_company = bool(one_company.strip()) and _folded(one_company) == _folded(other_company)
    return one_address == other_address or has_same_domain or has_same_company


def _folded(company: str) -> str:
    return "".join(character for character in company.casefold() if character.isalnum())
