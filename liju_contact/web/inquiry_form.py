"""The inquiry form, built once from the catalogue: five required fields, the rest optional and per product line.

It keeps out what a page shows (templates) and what a fact means (``domain.detail``); it cleans text at the edge and
puts a sentence beside each field that cannot be accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from liju_contact.domain.catalogue import Catalogue, ProductLine
from liju_contact.domain.detail import DETAIL_FIELDS, Detail, Doubt, compare_details, read_detail
from liju_contact.domain.inquiry import NewInquiry, StagedFile
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.text import clean_line, clean_text, is_blank
from liju_contact.web.detail_input import DetailInput, DetailsInput
from liju_contact.web.rendering import current_wording
from liju_contact.web.rendering import translated as _

LINE_LIMIT = 200
NOTICE_FIELD = "notice"
_NOTICE_VERSION = re.compile(r"(?:\d{4}-\d\d-\d\d-)?[0-9a-f]{8}", re.ASCII)
_ADDRESS_LIMIT = 254  # RFC 5321 section 4.5.3.1.3
# A remark in place of a number is simply kept; only what may be a slip of the pen is worth a question.
_NOT_ASKED = frozenset({Doubt.NOT_A_NUMBER, Doubt.NOT_A_DATE})


def seen_notice(sent: Mapping[str, str]) -> str:
    """Return the version of the notice that stood beside a form, which may be older than today's; empty if unknown."""
    version = sent.get(NOTICE_FIELD, "")
    return version if _NOTICE_VERSION.fullmatch(version) else ""


def required(_form: FlaskForm, field: Field) -> None:
    if is_blank(field.data or ""):
        raise ValidationError(_REQUIRED_SENTENCES[field.short_name]())


_REQUIRED_SENTENCES = {
    "name": lambda: _("Please tell us your name."),
    "email": lambda: _("Please tell us your e-mail address, so that we can answer."),
    "country": lambda: _("Please choose your country or region."),
    "product": lambda: _("Please choose a product line."),
    "message": lambda: _("Please write what you would like to know."),
}


def short_line(_form: FlaskForm, field: Field) -> None:
    if len(field.data or "") > LINE_LIMIT:
        raise ValidationError(_("Please shorten this to %d characters.") % LINE_LIMIT)


def sendable_address(_form: FlaskForm, field: Field) -> None:
    """Accept every address mail can go to, whether or not its domain answers now (no DNS in a request).

    What was pasted as ``Name <address>`` means the address.
    """
    if field.data:
        field.data = _normalized(field.data)


def _normalized(address: str) -> str:
    start = address[: _ADDRESS_LIMIT + 1]  # enough to be found too long
    try:
        valid = validate_email(start, check_deliverability=False, allow_quoted_local=True, allow_display_name=True)
    except EmailNotValidError:
        raise ValidationError(_("This does not look like an e-mail address. An example: name@company.com")) from None
    return valid.normalized


def known_country(_form: FlaskForm, field: Field) -> None:
    if field.data and field.data not in current_wording().country_names:
        raise ValidationError(_("Please choose a country or region from the list."))


def short_body(_form: FlaskForm, field: Field) -> None:
    if len(field.data or "") > BODY_LIMIT:
        raise ValidationError(_("Please shorten your message to %d characters, or attach it as a file.") % BODY_LIMIT)


def text_field(*validators: Any) -> StringField:
    return StringField(filters=[lambda value: clean_line(value or "")], validators=list(validators))


class InquiryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    """The fields every product line has; ``inquiry_form_class`` adds the technical ones of a catalogue."""

    class Meta:
        csrf = False  # web.form_token signs the form: no session, no cookie

    catalogue: Catalogue
    name = text_field(required, short_line)
    email = text_field(required, sendable_address)
    country = text_field(required, known_country)
    product = text_field(required)
    topic = text_field()
    message = StringField(filters=[lambda value: clean_text(value or "").strip()], validators=[required, short_body])
    company = text_field(short_line)
    phone = text_field(short_line)

    def validate_product(self, field: Field) -> None:
        if field.data and self.catalogue.find_product_line(field.data) is None:
            raise ValidationError(_("Please choose a product line from the list."))

    def validate_topic(self, field: Field) -> None:
        if field.data and self.catalogue.find_topic(field.data) is None:
            raise ValidationError(_("Please choose a topic from the list."))

    @property
    def detail_inputs(self) -> list[DetailInput]:
        return cast("list[DetailInput]", self["details"].inputs)

    @property
    def product_line(self) -> ProductLine | None:
        return self.catalogue.find_product_line(self.product.data or "")

    @property
    def topic_meant(self) -> str:
        """Return the chosen topic; without a choice the last one of the settings is meant ("other")."""
        return self.text_of("topic") or self.catalogue.topics[-1].id

    def text_of(self, field: str) -> str:
        """Return the cleaned text of a field; empty when it was not sent."""
        return self[field].data or ""

    def as_inquiry(
        self,
        *,
        nonce: str,
        language: str,
        details: tuple[Detail, ...],
        files: tuple[StagedFile, ...],
        notice_version: str,
    ) -> NewInquiry:
        """Return what the fields say as an inquiry; the form is valid."""
        return NewInquiry(
            nonce=nonce,
            language=language,
            name=self.text_of("name"),
            email=self.text_of("email"),
            country=self.text_of("country"),
            product=self.text_of("product"),
            topic=self.topic_meant,
            message=self.text_of("message"),
            company=self.text_of("company"),
            phone=self.text_of("phone"),
            details=details,
            files=files,
            notice_version=notice_version,
        )

    def read_details(self, today: date) -> tuple[Detail, ...]:
        """Return every fact that was given, with its doubts; ``today`` is the date at the company."""
        limits = self.product_line.limits if self.product_line else {}
        typed = [given for given in self.detail_inputs if given.data]
        return compare_details(read_detail(given.detail, given.data, given.unit, today, limits) for given in typed)


def inquiry_form_class(catalogue: Catalogue) -> type[InquiryForm]:
    """Return the form of a catalogue: each technical field once, with the product lines that ask for it."""
    asked: dict[str, list[str]] = {}
    for product_line in catalogue.product_lines:
        for field_id in product_line.detail_fields:
            asked.setdefault(field_id, []).append(product_line.id)
    # In the registry's order, so that a field stands in the same place whichever product line is chosen.
    details = DetailsInput(asked={field: tuple(asked[id_]) for id_, field in DETAIL_FIELDS.items() if id_ in asked})
    members = {"catalogue": catalogue, "details": details}
    return cast("type[InquiryForm]", type("CatalogueInquiryForm", (InquiryForm,), members))


def doubts_to_ask(details: tuple[Detail, ...]) -> list[Detail]:
    """Return the details worth a question before the inquiry is sent."""
    return [detail for detail in details if detail.doubts and not _NOT_ASKED.issuperset(detail.doubts)]


def doubt_codes(details: list[Detail]) -> str:
    """Return what a customer confirms by sending the same again: the doubts with the very text they are about."""
    return "; ".join(f"{detail.field}={detail.typed}={'+'.join(detail.doubts)}" for detail in details)
