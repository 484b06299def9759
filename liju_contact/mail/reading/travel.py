"""What the lines of servers tell of a mail's way: how hosts greeted, whether they are who they say, how long it took.

Source: RFC 5321 section 4.4. Only the receiving side's own lines can be believed, and which those are is not known
here: so these are habits to be weighed, and proof of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from liju_contact.mail.reading.header import date_of
from liju_contact.mail.reading.hosts import FREE_HOSTS, registered

_MOST_LINES = 30
_FROM = re.compile(r"from\s+(\S{1,255})\s*(?:\(([^()]{0,300}(?:\([^()]{0,200}\)[^()]{0,200})?)\))?")
_GREETED = re.compile(r"helo[= ]([^\s)]{1,255})", re.IGNORECASE)
_NAMED = re.compile(r"(?:\S{1,64}@)?([A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24})")
_UNKNOWN = re.compile(r"\s*(?:unknown|\[)")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ZONE = re.compile(r"[+-]\d{4}")
_WITH = re.compile(r"with (\w{1,20})")
_HOUR = 3600.0
# Hours that the date is ahead of the last server's clock, and what a mail is then: the first that fits.
_AGES = ((12.0, "ahead"), (1.0, "soon"), (-24.0, "same"), (-96.0, "day"))


def travel_words(lines: Sequence[str], date: str, domain: str) -> Iterator[str]:
    """Yield words of the lines, the last server's first; ``domain`` is the sender's."""
    lines = lines[:_MOST_LINES]
    for line in lines:
        yield from _hop_words(line)
    if lines:
        yield from _first_hop_words(lines[-1], date, domain)
        yield from _age_words(lines, date)
    everything = " ".join(lines).lower()
    if registered(domain) in everything:
        yield "rc:sender there"
    else:
        yield "rc:free elsewhere" if registered(domain) in FREE_HOSTS else "rc:sender nowhere"


def _hop_words(line: str) -> Iterator[str]:
    if "may be forged" in line:
        yield "rc:forged"
    hop = _FROM.match(line)
    if hop is None:
        if not line.startswith(("(", "by ", "from ")):
            yield "rc:odd"
        return
    told = hop[2] or ""
    if hop[2] is not None and _UNKNOWN.match(told):
        yield "rc:unknown"
    if told:
        yield from _greeting_words(hop[1], told)


def _greeting_words(name: str, told: str) -> Iterator[str]:
    greeted = _GREETED.search(told)
    host = (greeted[1] if greeted else name).strip("[]")
    named = _NAMED.match(name if greeted else told)
    if registered(host) in FREE_HOSTS and (named is None or registered(named[1]) != registered(host)):
        yield "rc:pretends"
    if _IP.fullmatch(host):
        yield "rc:helo ip"
    elif "." not in host:
        yield "rc:helo bare"
    elif named is None:
        yield "rc:no name"
    else:
        yield "rc:helo ok" if registered(named[1]) == registered(host) else "rc:helo other"


def _first_hop_words(line: str, date: str, domain: str) -> Iterator[str]:
    """Yield what the server says that took the mail from its writer."""
    hop = _FROM.match(line)
    if hop is None:
        yield "rl:by" if line.startswith("by") else "rl:(" if line.startswith("(") else "rl:odd"
    else:
        host = hop[1].strip("[]")
        protocol = _WITH.search(line)
        yield "rl:from"
        yield "rl:ip" if _IP.fullmatch(host) else "rl:name" if "." in host else "rl:bare"
        yield f"rw:{protocol[1].lower() if protocol else 'none'}"
        if registered(host) == registered(domain):
            yield "rl:sender"
        if registered(host) in FREE_HOSTS:
            yield "rl:free"
        if "id" not in line:
            yield "rl:no id"
    theirs, ours = _ZONE.search(line.rpartition(";")[2]), _ZONE.search(date)
    if theirs and ours:
        yield "rz:same" if theirs[0] == ours[0] else "rz:other"


def _age_words(lines: Sequence[str], date: str) -> Iterator[str]:
    written = date_of(date)
    arrived = next(filter(None, (date_of(line.rpartition(";")[2]) for line in lines)), None)
    if written and arrived:
        hours = (written - arrived).total_seconds() / _HOUR
        yield f"da:{next((word for least, word in _AGES if hours > least), 'old')}"
