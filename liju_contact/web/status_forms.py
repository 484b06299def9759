"""The forms of the status page beside the rating: a further message, and an address that works."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.refusal import RefusalReason
from liju_contact.domain.text import clean_text, is_blank
from liju_contact.usecases.deps import Deps
from liju_contact.web.inquiry_form import required, sendable_address, text_field
from liju_contact.web.rendering import translated as _
from liju_contact.web.turned_away import why_not_accepted
from liju_contact.web.uploads import Uploads


def short_text(_form: FlaskForm, field: StringField) -> None:
    if len(field.data or "") > BODY_LIMIT:
        raise ValidationError(_("Please shorten your message to %d characters, or attach it as a file.") % BODY_LIMIT)


class MessageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    class Meta:
        csrf = False  # web.form_token signs the form: no session, no cookie

    body = StringField(filters=[lambda value: clean_text(value or "").strip()], validators=[short_text])

    @property
    def text(self) -> str:
        return self.body.data or ""

    def why_not(self, deps: Deps, uploads: Uploads) -> RefusalReason | None:
        """Return why it cannot be accepted, the gravest reason first; what is wrong stands beside its field."""
        is_valid = self.validate()
        if not uploads.files and not uploads.errors and is_blank(self.text):
            self.body.errors = [*self.body.errors, _("Please write a message or attach a file.")]
            is_valid = False
        if reason := why_not_accepted(deps) or uploads.reason:
            return reason
        if is_valid:
            return None
        return RefusalReason.TOO_LARGE if self.text else RefusalReason.INCOMPLETE


class AddressForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    """Where to write from now on, asked for when letters do not arrive."""

    class Meta:
        csrf = False  # as above

    email = text_field(required, sendable_address)
