"""What the sending of the form tells about who sent it, for weighing spam; no sign refuses anything.

One field of the form is for nobody: hidden by the style sheet, out of the order of keys and of what is read aloud, and
of a name that no browser fills in. Programs that fill in whatever there is show by it.
"""

from __future__ import annotations

from flask import request

from liju_contact.domain.keys import FormToken
from liju_contact.domain.spam_signs import SubmissionSigns
from liju_contact.domain.text import is_blank
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.prove_work import has_proof
from liju_contact.web.network import network_of

HIDDEN_FIELD = "subject_line"


def read_signs(deps: Deps, token: FormToken) -> SubmissionSigns:
    """Return the signs, a proof of work among them, which is used up by that. Raises ``StoreBusy``."""
    return SubmissionSigns(
        form_age_seconds=(deps.now() - token.issued_at).total_seconds(),
        form=token.nonce,
        has_hidden_text=not is_blank(request.form.get(HIDDEN_FIELD, "")),
        network=network_of(request.remote_addr),
        has_proof=has_proof(deps, request.form, deps.now()),
    )
