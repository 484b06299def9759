"""Status links in texts: whoever reads one must not be able to write as the customer (D7, D29, D62).

Customers quote our letters, each of which holds the link to the status page, and staff write it into answers and notes.
Staff who need it find it on the inquiry's own page.
"""

from __future__ import annotations

import re

# The key has 34 hexadecimal digits. A link that a mail program broke may have lost some, and quoted-printable writes a
# soft line break into it.
_LINK = re.compile(
    r"((?:/|%2f)inquiry(?:/|%2f)(?:[A-Z0-9-]|=\n){8,40}(?:/|%2f)(?:=\n)?)((?:[0-9a-f]|=\n|=3D){12,80})", re.IGNORECASE
)
_REDACTED = "…"


def without_status_keys(text: str) -> str:
    """Return ``text`` with the secret end of every status link taken out."""
    return _LINK.sub(rf"\1{_REDACTED}", text)
