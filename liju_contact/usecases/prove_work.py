"""A browser proves that it did a second of arithmetic for a form: dear for who sends thousands, and for nobody else.

It is asked for only when a network or the day is loud, works without anybody noticing, and counts in favour of a sender
(``has_proof``); a browser that gives none is not held back by it. The challenge is made of the form's token and says
until when it is good, so it needs no storing and fits no other form. A proof counts for one content: the same form sent
again by a double click or after a busy database has it still, another one with the same proof has not.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from altcha.v1 import SHA256, ChallengeOptions, Payload, create_challenge, verify_solution

from liju_contact.domain.inquiry import fold_address
from liju_contact.store.rates import Tally, count_together
from liju_contact.usecases.deps import Deps

LIFETIME = timedelta(hours=2)
MOST_TRIES = 50_000
"""Half of it on average: about half a second for a computer and two for a phone."""

PROOF_FIELD, TOKEN_FIELD = "proof", "token"  # the name of a field
_SALT_BYTES = 8
_LONGEST = 1000


def new_challenge(deps: Deps, token: str, now: datetime) -> str | None:
    """Return the challenge for the form with this token, as JSON for its script; None for a token that is not ours."""
    form = deps.keys.read_form_token(token)
    if form is None:
        return None
    options = ChallengeOptions(
        algorithm=SHA256,
        max_number=MOST_TRIES,
        hmac_key=deps.keys.proof,
        salt=deps.random_bytes(_SALT_BYTES).hex(),
        number=int.from_bytes(deps.random_bytes(4), "big") % MOST_TRIES,
        expires=now + LIFETIME,
        params={"form": form.nonce},
    )
    return json.dumps(create_challenge(options).to_dict())


def has_proof(deps: Deps, form_fields: Mapping[str, str], now: datetime) -> bool:
    """Tell whether a form that was sent carries a proof of work of its own that no other content has used.

    Using it up is written at once. Raises ``StoreBusy``.
    """
    proof = form_fields.get(PROOF_FIELD, "")
    form = deps.keys.read_form_token(form_fields.get(TOKEN_FIELD, ""))
    if not proof or form is None or len(proof) > _LONGEST:
        return False
    ends_at = _end_of(deps, proof, form.nonce)
    if ends_at is None or not now <= ends_at <= now + LIFETIME:
        return False
    said = "\n".join([proof, fold_address(form_fields.get("email", "")), form_fields.get("message", "")])
    content = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    subjects = [deps.keys.rate_subject("proof", proof), deps.keys.rate_subject("proof for", content)]
    with deps.db.begin() as tx:
        uses, of_this = count_together(tx, [Tally(subject=subject, window_start=ends_at) for subject in subjects])
    return uses == of_this


def _end_of(deps: Deps, proof: str, nonce: str) -> datetime | None:
    """Return until when a proof is good; None when it is none, or one for another form."""
    try:
        payload = Payload.from_dict(json.loads(base64.b64decode(proof, validate=True)))
        is_solved, _fault = verify_solution(payload, deps.keys.proof, check_expires=False)
        _salt, expires, params = payload.parse_salt()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # whatever somebody sends in its place
        return None
    if not is_solved or expires is None or params.get("form") != [nonce]:
        return None
    return datetime.fromtimestamp(expires, UTC)
