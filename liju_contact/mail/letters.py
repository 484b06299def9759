"""How letters look: one method and one folder of templates (``email/<kind>/``: subject, text, HTML) for each kind.

The customer's own words go to our team and never into a letter that we write to a customer by ourselves: otherwise
anybody could have us mail their text to anybody. So such a letter is not given the inquiry at all, only what it may
show; an answer, which a person sends, quotes what it answers. Links come from the configured base URL only. Values are
worded here, once for both forms; the templates hold the sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from jinja2 import Environment

from liju_contact.config import Settings
from liju_contact.domain.event import EventKind
from liju_contact.domain.inbound import HoldReason
from liju_contact.domain.inquiry import Inquiry, awaits_answer
from liju_contact.domain.language import html_tag
from liju_contact.domain.letter import KEY_PLACE, Letter, LetterKind
from liju_contact.domain.message import Message
from liju_contact.domain.rating import Rating
from liju_contact.domain.text import clean_line
from liju_contact.mail.letter_rows import StatusLink, writing
from liju_contact.mail.letter_text import (
    cut,
    domain_in_subject,
    excerpt,
    name_in_subject,
    one_line,
    preview,
    with_key_places,
    without_reply_marks,
)
from liju_contact.mail.reminder_words import reminder_list_words, reminder_words, team_zone
from liju_contact.usecases.deps import Answering, FileLine, HeldMail, LetterFailure, Reminding
from liju_contact.vocabulary import HOLD_REASONS, RATINGS
from liju_contact.wording import wording_in, zone_of_country

# RFC 3834 section 5: what a person did not write says so, and nothing that answers by itself answers it.
_AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
_ALARM_LENGTH = 120  # characters of a sentence in a subject
_IN_MAILTO = "@!$'*+-/^_`{|}~."  # RFC 6068 section 2: the rest of an address is percent-encoded in a link


class TemplateLetterWriter:
    """The ``LetterWriter`` of the program. Letters to the team are in the settings' first language."""

    def __init__(self, settings: Settings, environments: Mapping[str, Environment]) -> None:
        self._settings = settings
        self._environments = environments
        self._zone = settings.company.working_hours.zone
        self._team_language = settings.default_language
        self._hears_replies = settings.hears_replies and settings.mail.reply_address is not None
        self._language_names = {
            language: wording_in(language).locale.get_display_name(self._team_language) or language
            for language in environments
        }

    def inquiry_received(self, inquiry: Inquiry, *, status_url: str, team: str) -> Letter:
        language, due = self._written_language(inquiry.language), inquiry.answer_due_at
        return self._letter(
            LetterKind.INQUIRY_RECEIVED,
            language,
            reference=inquiry.reference,
            status_url=status_url,
            team=team,
            answer_due=wording_in(language).date_time(due, zone_of_country(inquiry.country, due.year, self._zone)),
        )

    def inquiry_for_team(self, inquiry: Inquiry, *, body: str, files: Sequence[FileLine]) -> Letter:
        wording = wording_in(self._team_language)
        return self._team_letter(
            LetterKind.INQUIRY_FOR_TEAM,
            inquiry,
            answer_due=wording.date_time(inquiry.answer_due_at, team_zone(self._settings, inquiry)),
            sheet=[wording.sheet_line(detail) for detail in inquiry.details],
            **writing(body, files, wording),
        )

    def message_for_team(self, inquiry: Inquiry, message: Message, *, files: Sequence[FileLine]) -> Letter:
        written = writing(message.body, files, wording_in(self._team_language))
        return self._team_letter(LetterKind.MESSAGE_FOR_TEAM, inquiry, **written)

    def state_for_team(self, inquiry: Inquiry, kind: EventKind) -> Letter:
        return self._team_letter(LetterKind.STATE_FOR_TEAM, inquiry, is_closed=kind is EventKind.INQUIRY_CLOSED)

    def status_links(self, inquiries: Sequence[tuple[Inquiry, str]], *, language: str) -> Letter:
        language = self._written_language(language)
        wording = wording_in(language)
        links = [
            StatusLink(
                reference=inquiry.reference,
                product=self._product(inquiry, language),
                received=wording.date(inquiry.received_at.astimezone(self._zone).date()),
                url=url,
            )
            for inquiry, url in inquiries
        ]
        return self._letter(LetterKind.STATUS_LINKS, language, links=links)

    def new_status_link(self, inquiry: Inquiry, *, status_url: str) -> Letter:
        language = self._written_language(inquiry.language)
        return self._letter(LetterKind.NEW_STATUS_LINK, language, reference=inquiry.reference, status_url=status_url)

    def answer(self, inquiry: Inquiry, answer: Answering, *, files: Sequence[FileLine]) -> Letter:
        language = self._written_language(inquiry.language)
        wording, author, quoted = wording_in(language), name_in_subject(answer.author_name), answer.quoted
        letter = self._letter(
            LetterKind.ANSWER,
            language,
            reference=inquiry.reference,
            status_url=answer.status_url,
            thread_subject=without_reply_marks(answer.thread_subject) or self._first_subject(inquiry, language),
            quoted=excerpt(quoted.body) if quoted else [],
            quoted_at=wording.date_time(quoted.written_at, self._zone) if quoted else "",
            **writing(answer.body, files, wording),
        )
        sender_name = f"{author} · {letter.sender_name}" if author else letter.sender_name
        return replace(letter, sender_name=sender_name, headers={})  # a person wrote it, so nothing says otherwise

    def answer_for_team(self, inquiry: Inquiry, message: Message, *, files: Sequence[FileLine]) -> Letter:
        wording = wording_in(self._team_language)
        author = self._colleague(message.author_name)
        written = writing(message.body, files, wording)
        return self._team_letter(LetterKind.ANSWER_FOR_TEAM, inquiry, author=author, **written)

    def note_for_team(self, inquiry: Inquiry, *, author_name: str, body: str, files: Sequence[FileLine]) -> Letter:
        written = writing(body, files, wording_in(self._team_language))
        return self._team_letter(LetterKind.NOTE_FOR_TEAM, inquiry, author=self._colleague(author_name), **written)

    def assigned_for_team(self, inquiry: Inquiry, *, author_name: str, body: str) -> Letter:
        """Return what somebody reads who was given an inquiry; ``body`` is what the customer wrote last."""
        wording = wording_in(self._team_language)
        due = wording.date_time(inquiry.answer_due_at, team_zone(self._settings, inquiry))
        return self._team_letter(
            LetterKind.ASSIGNED_FOR_TEAM,
            inquiry,
            author=self._colleague(author_name),
            answer_due=due if awaits_answer(inquiry.state) else "",
            **writing(body, (), wording),
        )

    def failure_for_team(self, inquiry: Inquiry, failure: LetterFailure) -> Letter:
        return self._team_letter(
            LetterKind.FAILURE_FOR_TEAM,
            inquiry,
            failed=failure.kind.value,
            recipient=one_line(failure.recipient),
            words=excerpt(failure.words),
            preview=preview(failure.words),
            lines=excerpt(failure.body),
        )

    def absence_for_team(self, inquiry: Inquiry, *, name: str, words: str) -> Letter:
        return self._team_letter(
            LetterKind.ABSENCE_FOR_TEAM,
            inquiry,
            absent=self._colleague(name),
            words=excerpt(words),
            preview=preview(words),
        )

    def held_for_team(self, inquiry: Inquiry | None, held: HeldMail) -> Letter:
        gettext = wording_in(self._team_language).gettext
        waiting: dict[str, Any] = {
            "inbound_id": held.inbound_id,
            "reference_prefix": self._settings.company.reference_prefix,
            "reason": gettext(HOLD_REASONS[held.reason]),
            "is_late": held.reason is HoldReason.LATE_ANSWER,
            "needs_inquiry": inquiry is None and held.reason is HoldReason.STAFF_WITHOUT_KEY,
            "answered_by": name_in_subject(held.answered_by),
            "sender": one_line(held.sender),
            "sender_in_subject": name_in_subject(held.sender) or gettext("nobody named"),
            "mail_subject": one_line(held.subject),
            "lines": excerpt(held.body, lines=20, characters=1500),
        }
        if inquiry is None:
            return self._letter(LetterKind.HELD_FOR_TEAM, self._team_language, **waiting)
        return self._team_letter(LetterKind.HELD_FOR_TEAM, inquiry, **waiting)

    def reminder_for_team(self, reminding: Reminding) -> Letter:
        words = reminder_words(self._settings, reminding, wording_in(self._team_language))
        return self._team_letter(LetterKind.REMINDER_FOR_TEAM, reminding.inquiry, **words)

    def reminder_list(self, remindings: Sequence[Reminding]) -> Letter:
        language = self._team_language
        words = reminder_list_words(
            self._settings, remindings, wording_in(language), lambda inquiry: self._product(inquiry, language)
        )
        return self._letter(LetterKind.REMINDER_LIST, language, **words)

    def rating_for_team(self, inquiry: Inquiry, rating: Rating) -> Letter:
        wording = wording_in(self._team_language)
        said = wording.gettext(RATINGS[rating.stars])
        return self._team_letter(LetterKind.RATING_FOR_TEAM, inquiry, rating=said, **writing(rating.words, (), wording))

    def alarm(self, sentences: Sequence[str]) -> Letter:
        lines = [one_line(sentence) for sentence in sentences]
        first = cut(lines[0], _ALARM_LENGTH)
        return self._letter(LetterKind.ALARM, self._team_language, sentences=lines, first=first)

    def _team_letter(self, kind: LetterKind, inquiry: Inquiry, **context: Any) -> Letter:
        language = self._team_language
        name, company = clean_line(inquiry.name), clean_line(inquiry.company)
        return self._letter(
            kind,
            language,
            reference=inquiry.reference,
            product=self._product(inquiry, language),
            topic=self._topic(inquiry, language),
            country=wording_in(language).country(inquiry.country),
            place=wording_in(language).country(inquiry.country) or domain_in_subject(inquiry.email),
            who=name_in_subject(company or name),
            name=name,
            company_of_customer=company,
            email=clean_line(inquiry.email),
            mailto=f"mailto:{quote(inquiry.email, safe=_IN_MAILTO)}",
            phone=clean_line(inquiry.phone),
            customer_language=self._language_names.get(inquiry.language, inquiry.language),
            staff_url=f"{self._settings.web.base_url}/staff/inquiry/{inquiry.reference}",
            **context,
        )

    def _letter(self, kind: LetterKind, language: str, *, reference: str = "", **context: Any) -> Letter:
        """Render all of a letter; one with a ``reference`` takes replies, where they are heard, and ends in a key."""
        company = self._settings.company
        takes_replies = self._hears_replies and bool(reference)
        context |= {
            "reference": reference,
            "reply_key": KEY_PLACE if takes_replies else "",
            "company": company.name.in_language(language),
            "website": company.website,
            "privacy_url": f"{self._settings.web.base_url}/privacy?lang={html_tag(language)}",
        }
        return Letter(
            kind=kind,
            language=language,
            sender_name=self._settings.mail.sender_name.in_language(language),
            sender_address=self._settings.mail.sender_address,
            subject=self._subject(kind, language, context),
            text=with_key_places(self._rendered(kind, language, "body.txt", context), int(takes_replies)),
            html=with_key_places(self._rendered(kind, language, "body.html", context), int(takes_replies)),
            headers=dict(_AUTOMATIC),
        )

    def _subject(self, kind: LetterKind, language: str, context: Mapping[str, Any]) -> str:
        return clean_line(self._rendered(kind, language, "subject.txt", context))

    def _first_subject(self, inquiry: Inquiry, language: str) -> str:
        """Return what the confirmation was called, so that mail programs show the answer below it."""
        company = self._settings.company.name.in_language(language)
        return self._subject(
            LetterKind.INQUIRY_RECEIVED, language, {"reference": inquiry.reference, "company": company}
        )

    def _rendered(self, kind: LetterKind, language: str, form: str, context: Mapping[str, Any]) -> str:
        return self._environments[language].get_template(f"email/{kind.value}/{form}").render(context)

    def _colleague(self, name: str) -> str:
        """Return a staff member's name as it may stand within a sentence."""
        return name_in_subject(name) or wording_in(self._team_language).gettext("a colleague")

    def _written_language(self, language: str) -> str:
        """Return ``language``, or the settings' first when the operator offers it no more."""
        return language if language in self._environments else self._settings.default_language

    def _product(self, inquiry: Inquiry, language: str) -> str:
        """Return the product line's name; an inquiry that came by mail names none."""
        product_line = self._settings.catalogue.find_product_line(inquiry.product)
        if product_line:
            return product_line.label.in_language(language)
        return inquiry.product or wording_in(language).gettext("inquiry by e-mail")

    def _topic(self, inquiry: Inquiry, language: str) -> str:
        topic = self._settings.catalogue.find_topic(inquiry.topic)
        return topic.label.in_language(language) if topic else inquiry.topic
