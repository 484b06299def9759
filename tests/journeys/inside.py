"""The program inside the test's own process, for thousands of values: real pages, real database, unsent letters."""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liju_contact.app import make_app
from liju_contact.domain.delivery import Answer, Delivered, Outcome, Stage
from liju_contact.domain.keys import NONCE_BYTES
from liju_contact.mail.carrier import mail_of
from liju_contact.mail.message import mail_bytes
from liju_contact.store.deliveries import Claimed
from liju_contact.store.inquiries import get_inquiry_for_update
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import AttachedFile, Deps
from liju_contact.usecases.release_inquiry import release_if_held
from tests.visitor import FORM, Upload, multipart

_BOUNDARY = "a-boundary-that-no-value-holds"
_CONFIRMED = re.compile(r'name="confirmed" value="([^"]+)"')
_ACCEPTED = Delivered(Answer(stage=Stage.ACCEPTED, code=250, words="kept by a test"))


@dataclass(slots=True)
class KeepingCarrier:
    """Makes the mail of every delivery as it would go out, and keeps it."""

    mails: list[EmailMessage] = field(default_factory=list)

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome:
        octets = mail_bytes(mail_of(claimed, files))
        self.mails.append(email.message_from_bytes(octets, policy=email.policy.default))
        return _ACCEPTED

    def close(self) -> None:
        """Nothing was opened."""


class Inside:
    def __init__(self, deps: Deps) -> None:
        self.deps = deps
        self.client: FlaskClient = make_app(deps).test_client()
        self._nonces = count(1)

    def token(self) -> str:
        nonce = next(self._nonces).to_bytes(NONCE_BYTES, "big")
        return self.deps.keys.make_form_token(nonce, self.deps.now())

    def post(self, path: str, fields: Mapping[str, str], files: Iterable[Upload] = ()) -> TestResponse:
        """Send a form as bytes of our own, because a test client would not send what is no text."""
        body = multipart(_BOUNDARY, fields.items(), files)
        return self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={_BOUNDARY}")

    def submit(self, fields: Mapping[str, str], files: Sequence[Upload] = ()) -> str:
        """Send the form, confirm what it asks about, and return the path of the status page.

        What is taken for spam, as some hostile values are, is released: their letters shall be looked at as well.
        """
        given = {**FORM, "token": self.token(), **fields}
        answer = self.post("/", given, files)
        if answer.status_code == 422:
            confirmed = _CONFIRMED.search(answer.text)
            assert confirmed, answer.text
            answer = self.post("/", {**given, "confirmed": html.unescape(confirmed[1])}, files)
        assert answer.status_code == 303, answer.text
        path = answer.headers["Location"]
        with self.deps.db.begin() as tx:
            inquiry = get_inquiry_for_update(tx, path.split("/")[2])
            release_if_held(self.deps, tx, inquiry, now=self.deps.now())
        return path

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.deps.db.read() as tx:
            return [tuple(row) for row in tx.exec_driver_sql(statement, values)]

    def mails(self) -> list[EmailMessage]:
        """Return every mail that waits, as the worker would send it, oldest first; afterwards none waits."""
        carrier = KeepingCarrier()
        while deliver_letters(self.deps, carrier, holder="a test").claimed_count:
            pass
        return carrier.mails
