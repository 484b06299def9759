"""A form field for one technical fact: what was typed, and the unit chosen beside it."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from liju_contact.domain.detail import DetailField, DetailKind
from liju_contact.domain.quantity import UNITS, Unit
from liju_contact.domain.text import clean_line, clean_text
from liju_contact.web.rendering import translated as _

_SINGLE_LINE_UP_TO = 300


class DetailInput(Field):
    """``data`` is the cleaned text; ``unit`` the id of the chosen unit, as sent. ``products`` are the lines that ask for it."""

    def __init__(self, *, detail: DetailField, products: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.detail = detail
        self.products = products
        self.unit = detail.units[0] if detail.units else ""

    @property
    def units(self) -> list[Unit]:
        return [UNITS[unit] for unit in self.detail.units]

    @property
    def is_long(self) -> bool:
        return self.detail.kind is DetailKind.TEXT and self.detail.max_length > _SINGLE_LINE_UP_TO

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002  # WTForms' signature
        self.process_errors = []
        self.data = ""
        self.raw_data = []
        if formdata is None:
            return
        clean = clean_text if self.is_long else clean_line
        self.raw_data = formdata.getlist(self.name)
        self.data = clean(self.raw_data[0]).strip() if self.raw_data else ""
        self.unit = clean_line(formdata.get(f"{self.name}_unit", ""))[:20] or self.unit

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        if len(self.data) > self.detail.max_length:
            raise ValidationError(_("Please shorten this to %d characters.") % self.detail.max_length)
