"""The forms of the demo's post office: somebody writes a mail, as with a mail program.

Its limits are those of the public forms, but any kind of file may go along: what a mail program can send is to be
tried out. Keeps out: what becomes of the mail (``usecases.answer_in_post_office``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import StringField

from liju_contact.domain.errors import StoreBusy
from liju_contact.domain.file_name import safe_name
from liju_contact.domain.text import clean_text, is_blank
from liju_contact.usecases.answer_in_post_office import Correspondent, Written
from liju_contact.usecases.read_post_office import KeptFile, Unwritable
from liju_contact.web.form_token import new_form_token, read_sent_token
from liju_contact.web.inquiry import UNACCEPTABLE, UNAVAILABLE
from liju_contact.web.inquiry_form import required, sendable_address, short_body, short_line, text_field
from liju_contact.web.notices import busy_notice, stale_notice
from liju_contact.web.rendering import current_deps, current_wording
from liju_contact.web.rendering import translated as _

_FILES = "files"


class MailForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    """A text and files; ``notice`` and ``file_errors`` say what is wrong beside the fields."""

    class Meta:
        csrf = False  # web.form_token signs the form: no session, no cookie

    text = StringField(filters=[lambda value: clean_text(value or "").strip()], validators=[short_body])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.token = new_form_token(current_deps())
        self.notice = ""
        self.file_errors: list[str] = []

    @property
    def has_come_back(self) -> bool:
        return bool(self.notice or self.errors or self.file_errors)

    def send(self, deliver: Callable[[Written], None]) -> int | None:
        """Hand what was written to ``deliver``; None when done, else the HTTP status the form comes back with."""
        token = read_sent_token(current_deps())
        is_valid = self._is_acceptable()
        if token is None:
            self.notice = stale_notice()
        if token is None or not is_valid:
            return self._come_back(UNACCEPTABLE)
        try:
            text = self.text.data or ""
            deliver(Written(text=text, files=_read_files(), nonce=token.nonce, begun_at=token.issued_at))
        except Unwritable:
            self.notice = _("This cannot be written as an e-mail: plain e-mail has no form for one of its addresses.")
            return self._come_back(UNACCEPTABLE)
        except StoreBusy as error:
            self.notice = busy_notice(error)
            return self._come_back(UNAVAILABLE)
        return None

    def _is_acceptable(self) -> bool:
        is_valid = bool(self.validate())
        self.file_errors = _file_errors()
        if is_blank(self.text.data or "") and not _chosen():
            self.text.errors = [*self.text.errors, _("Please write a message or attach a file.")]
            return False
        return is_valid and not self.file_errors

    def _come_back(self, status: int) -> int:
        """A browser cannot be handed its files again."""
        if _chosen() and not self.file_errors:
            self.file_errors = [_("Please attach your files once more.")]
        return status


class NewMailForm(MailForm):
    name = text_field(short_line)
    email = text_field(required, sendable_address)
    subject = text_field(short_line)

    @property
    def author(self) -> Correspondent:
        return Correspondent(name=self.name.data or "", address=self.email.data or "")


def _chosen() -> list[FileStorage]:
    """Return what was really chosen: a browser sends one nameless empty part for an empty file field."""
    return [upload for upload in request.files.getlist(_FILES) if upload.filename]


def _file_errors() -> list[str]:
    limits, chosen = current_deps().settings.files, _chosen()
    if len(chosen) > limits.count_limit:
        return [_("Please attach at most %d files.") % limits.count_limit]
    if sum(upload.stream.seek(0, 2) for upload in chosen) > limits.total_limit_bytes:
        size = current_wording().file_size(limits.total_limit_bytes)
        return [_("Please attach files of at most %s together.") % size]
    return []


def _read_files() -> tuple[KeptFile, ...]:
    return tuple(_read(upload) for upload in _chosen())


def _read(upload: FileStorage) -> KeptFile:
    upload.stream.seek(0)
    return KeptFile(name=safe_name(upload.filename or ""), media_type=upload.mimetype, content=upload.stream.read())
