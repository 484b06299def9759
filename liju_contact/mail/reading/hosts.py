"""Names of hosts, as far as their look tells something."""

_FREE = """
126.com 163.com aol.com btamail.net.cn caramail.com compuserve.com earthlink.net email.com eudoramail.com excite.com
gmail.com hotmail.com juno.com lycos.com mail.com mail.ru msn.com netscape.net outlook.com prodigy.net qq.com sina.com
usa.net yahoo.com yandex.ru
"""
FREE_HOSTS = frozenset(_FREE.split())
"""Where anybody has a mail box: whoever claims to be such a host, and is none, is not what they say."""

_LONGEST_CODE, _LONGEST_SECOND = 2, 3


def registered(host: str) -> str:
    """Return the part of a host's name that somebody registered, guessed by its look: co.uk and com.cn are no names."""
    labels = host.lower().strip("[]. ").split(".")
    is_below_country = (
        len(labels) > 2 and len(labels[-1]) == _LONGEST_CODE and len(labels[-2]) <= _LONGEST_SECOND  # noqa: PLR2004  # a name, its second level, its country
    )
    return ".".join(labels[-3 if is_below_country else -2 :])
