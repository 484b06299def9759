"""Reads what the receiving server found out about a sender (Authentication-Results, RFC 8601; DMARC, RFC 7489)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DMARC = re.compile(r"\bdmarc\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")


def dmarc_failed(values: Sequence[str], server: str | None) -> bool:
    """Tell whether the receiving server says that DMARC failed.

    ``values`` are those of Authentication-Results, topmost first. With ``server``, the name our server signs with, the
    first of its own counts (RFC 8601 section 5 has it remove forged ones). Without, the topmost one counts: the most a
    forger can do is to have their own mail held.
    """
    for value in values:
        plain = _COMMENT.sub(" ", value)
        name = plain.partition(";")[0].split()
        if server is None or (name and name[0].lower() == server.lower()):
            found = _DMARC.search(plain)
            return bool(found) and found[1].lower() == "fail"  # type: ignore[index]  # bool(found) was asked
    return False
