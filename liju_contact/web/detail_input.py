"""The technical part of the form: one WTForms field that holds an input for each fact the catalogue asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from liju_contact.domain.detail import DetailField, DetailKind
from liju_contact.domain.quantity import UNITS, Unit
from liju_contact.domain.text import clean_line, clean_text
from liju_contact.web.rendering import translated as _

_SINGLE_LINE_UP_TO = 300
_UNIT_LIMIT = 20


@dataclass(slots=True, kw_only=True)
class DetailInput:
    """What was typed for one fact (cleaned), and the id of the unit chosen beside it, as sent.

    ``products`` are the product lines that ask for it.
    """

    detail: DetailField
    products: tuple[str, ...]
    data: str
    unit: str
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.detail.id

    @property
    def name(self) -> str:
        return self.detail.id

    @property
    def units(self) -> list[Unit]:
        return [UNITS[unit] for unit in self.detail.units]

    @property
    def is_long(self) -> bool:
        return is_long(self.detail)


def is_long(detail: DetailField) -> bool:
    return detail.kind is DetailKind.TEXT and detail.max_length > _SINGLE_LINE_UP_TO


class DetailsInput(Field):
    """All technical inputs of a form, in the order they are shown; ``asked`` says which product lines ask for which.

    One field and not one for each fact, because setting up twenty WTForms fields costs more than everything else a
    request does to them.
    """

    def __init__(self, *, asked: Mapping[DetailField, tuple[str, ...]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._asked = asked
        self.inputs: list[DetailInput] = []

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002  # WTForms' signature
        self.process_errors = []
        sent = formdata.to_dict() if formdata else {}
        self.inputs = [_read(detail, products, sent) for detail, products in self._asked.items()]

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        for given in self.inputs:
            if len(given.data) > given.detail.max_length:
                given.errors.append(_("Please shorten this to %d characters.") % given.detail.max_length)
        if any(given.errors for given in self.inputs):
            raise ValidationError


def _read(detail: DetailField, products: tuple[str, ...], sent: Mapping[str, str]) -> DetailInput:
    typed = sent.get(detail.id, "")
    if typed:
        typed = clean_text(typed).strip() if is_long(detail) else clean_line(typed)
    unit = sent.get(f"{detail.id}_unit", "") if detail.units else ""
    unit = clean_line(unit)[:_UNIT_LIMIT] if unit else ""
    return DetailInput(
        detail=detail, products=products, data=typed, unit=unit or (detail.units[0] if detail.units else "")
    )
