"""The form in which a customer says how we did."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from liju_contact.domain.rating import CHOICES, WORDS_LIMIT, Rating
from liju_contact.domain.text import clean_text
from liju_contact.vocabulary import RATINGS
from liju_contact.web.rendering import translated as _


def one_of_the_choices(_form: FlaskForm, field: StringField) -> None:
    if field.data not in {str(choice) for choice in CHOICES}:
        raise ValidationError(_("Please choose one of the five."))


def short_words(_form: FlaskForm, field: StringField) -> None:
    if len(field.data or "") > WORDS_LIMIT:
        raise ValidationError(_("Please shorten this to %d characters.") % WORDS_LIMIT)


class RatingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    """One of five, and words if they like; made of a ``Rating`` it shows what was said before."""

    class Meta:
        csrf = False  # web.form_token signs the form: no session, no cookie

    stars = StringField(validators=[one_of_the_choices])
    words = StringField(filters=[lambda value: clean_text(value or "").strip()], validators=[short_words])

    @property
    def rating(self) -> Rating:
        """Return what a valid form says."""
        return Rating(stars=int(self.stars.data or 0), words=self.words.data or "")


def rating_choices() -> list[tuple[int, str]]:
    """Return the five with their words, the best first."""
    return [(choice, _(RATINGS[choice])) for choice in CHOICES]
