"""The document in which the HTML of a mail is shown: with no origin, no script, no form, no network.

The mail's HTML was made harmless before (``mail.showing``); this is the second wall, should that one have a hole. The
only style is ours, known to the browser by its digest. A link opens a page of its own when somebody clicks on it.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from flask import Response

from liju_contact.domain.language import html_tag
from liju_contact.usecases.mail_viewer import NoView
from liju_contact.web.rendering import current_language
from liju_contact.web.rendering import translated as _

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_STYLE = (
    ":root{color-scheme:light;background:#fff;color:#14202b}"
    "body{margin:16px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "img,table{max-width:100%}img{height:auto}pre{white-space:pre-wrap}"
    "blockquote{margin:8px 0 8px 4px;padding-left:12px;border-left:2px solid #d5dbe1}"
    "a{color:#0a5cad}"
)
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
POLICY = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_STYLE_DIGEST}'; form-action 'none'; base-uri 'none'; "
    f"frame-ancestors 'self'; sandbox {SANDBOX}"
)


def mail_frame(shown: str | NoView) -> Response:
    body = f"<p>{escape(_why_not(shown))}</p>" if isinstance(shown, NoView) else shown
    head = f'<meta charset="utf-8"><title>{escape(_("Mail"))}</title><style>{_STYLE}</style>'
    document = (
        f'<!doctype html><html lang="{html_tag(current_language())}"><head>{head}</head><body>{body}</body></html>'
    )
    response = Response(document, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    # A sandboxed page with an opener policy is a network error in browsers, also when it is opened by itself.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def _why_not(reason: NoView) -> str:
    if reason is NoView.NONE_THERE:
        return _("This mail is plain text.")
    return _("This mail cannot be shown this way: it takes too much. See its text, or its source.")
