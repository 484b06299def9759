"""Words of the list: its views and orders, what its filters are called, and what they may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from liju_contact.config import Settings
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import ME, NO_PRODUCT, NOBODY, Sort, View
from liju_contact.domain.priority import Priority
from liju_contact.domain.search_query import labels_by_name
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.list_inquiries import Labels, ListPage
from liju_contact.web.rendering import current_deps, current_language
from liju_contact.web.staff.words import PRIORITIES, STATES
from liju_contact.wording import wording_in


def _(message: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return message


VIEWS = {
    View.NEEDS_ANSWER: _("Needs an answer"),
    View.MINE: _("Mine"),
    View.UNASSIGNED: _("Unassigned"),
    View.WAITING: _("Waiting for the customer"),
    View.MAIL_TROUBLE: _("Mail trouble"),
    View.SPAM: _("Spam"),
    View.CLOSED: _("Closed"),
    View.ALL: _("All"),
}
# What leads to a view after a g.
KEYS = {
    View.NEEDS_ANSWER: "a",
    View.MINE: "m",
    View.UNASSIGNED: "u",
    View.WAITING: "w",
    View.MAIL_TROUBLE: "t",
    View.SPAM: "s",
    View.CLOSED: "c",
    View.ALL: "e",
}
EMPTY = {
    View.NEEDS_ANSWER: _("Nobody waits for an answer. Well done."),
    View.MINE: _("Nothing is assigned to you. What nobody has yet is under “Unassigned”."),
    View.UNASSIGNED: _("Everything that waits has somebody who looks after it."),
    View.WAITING: _("We wait for no customer."),
    View.MAIL_TROUBLE: _("All letters arrived, as far as mail servers tell."),
    View.SPAM: _("No spam."),
    View.CLOSED: _("Nothing has been closed yet."),
    View.ALL: _("No inquiry has come yet."),
}
SORTS = {
    Sort.DUE: _("promise, oldest first"),
    Sort.NEWEST: _("newest first"),
    Sort.OLDEST: _("oldest first"),
    Sort.CHANGED: _("last change first"),
}
FILTERS = {
    "state": _("State"),
    "product": _("Product line"),
    "topic": _("Topic"),
    "person": _("Assigned to"),
    "country": _("Country"),
    "language": _("Language"),
    "tag": _("Tag"),
    "priority": _("Priority"),
    "from": _("Received from"),
    "to": _("Received until"),
    "files": _("With files"),
    "overdue": _("Overdue"),
    "counted": _("Counted in Insight"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    text: str


class Options:
    """What a filter may hold: what its values are called, and the inside of its ``<select>``, written once."""

    def __init__(self, choices: Iterable[Choice]) -> None:
        self.texts = {choice.value: choice.text for choice in choices}
        self._html = "".join(_option(value, text) for value, text in self.texts.items())

    def html(self, chosen: str | None = None) -> Markup:
        if chosen not in self.texts:
            return Markup(self._html)  # noqa: S704  # each value and text is escaped by ``_option``
        plain = _option(chosen, self.texts[chosen])
        return Markup(self._html.replace(plain, plain.replace(">", " selected>", 1), 1))  # noqa: S704  # as above


def _option(value: str, text: str) -> str:
    return f'<option value="{escape(value)}">{escape(text)}</option>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A filter that is on: what it says, and the list without it."""

    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWords:
    """All that the list says in one language and that nothing but the settings decides; made once for both."""

    views: Mapping[View, str]
    empty: Mapping[View, str]
    sorts: Mapping[Sort, str]
    filters: Mapping[str, str]
    states: Mapping[InquiryState, str]
    priorities: Mapping[Priority, str]
    options: Mapping[str, Options]


def current_list_words() -> ListWords:
    """Return the words of the list in the language of this request."""
    return list_words(current_deps().settings, current_language())


def list_words(settings: Settings, language: str) -> ListWords:
    return _list_words(_Names(settings), language)


def options_of(page: ListPage, words: ListWords) -> Mapping[str, Options]:
    """Return what each filter with fixed values may hold: what the settings say, and the people and tags there are."""
    people, tags = _changing_options(tuple(page.people.items()), page.every_tag, current_language())
    return {**words.options, "person": people, "tag": tags}


@lru_cache(maxsize=16)
def _changing_options(
    people: tuple[tuple[str, str], ...], tags: tuple[str, ...], language: str
) -> tuple[Options, Options]:
    """Write out the people and tags there are, again only where one of them has come or gone."""
    gettext = wording_in(language).gettext
    everybody = [Choice(value=ME, text=gettext(_("me"))), Choice(value=NOBODY, text=gettext(_("nobody")))]
    by_name = sorted(people, key=lambda person: person[1].casefold())
    everybody += [Choice(value=address, text=name) for address, name in by_name]
    return Options(everybody), Options(Choice(value=tag, text=tag) for tag in tags)


def narrowed_by(page: ListPage, words: ListWords, options: Mapping[str, Options]) -> list[Narrowed]:
    """Return the filters that are on, each with the way to be rid of it."""
    query = page.listed
    found = []
    for word, value in query.filters.words().items():
        text = "" if word in {"files", "overdue", "counted"} else value
        text = options[word].texts.get(value, text) if word in options else text
        href = f"/staff?{query.without(word).to_query()}"
        found.append(Narrowed(label=words.filters[word], text=text, href=href))
    return found


def search_labels(deps: Deps) -> Labels:
    """Return by which names a search may call a product line, a topic, a country or a language."""
    return _search_labels(_Names(deps.settings))


class _Names:
    """The settings as a key of the cache below: there is one of them in a running program."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __hash__(self) -> int:
        return id(self.settings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Names) and other.settings is self.settings


@lru_cache(maxsize=16)
def _list_words(names: _Names, language: str) -> ListWords:
    gettext = wording_in(language).gettext
    return ListWords(
        views={view: gettext(word) for view, word in VIEWS.items()},
        empty={view: gettext(word) for view, word in EMPTY.items()},
        sorts={sort: gettext(word) for sort, word in SORTS.items()},
        filters={filter_: gettext(word) for filter_, word in FILTERS.items()},
        states={state: gettext(word) for state, word in STATES.items()},
        priorities={priority: gettext(word) for priority, word in PRIORITIES.items()},
        options={word: Options(choices) for word, choices in _choices(names.settings, language).items()},
    )


def _choices(settings: Settings, language: str) -> Mapping[str, list[Choice]]:
    catalogue, wording = settings.catalogue, wording_in(language)
    gettext = wording.gettext
    return {
        "state": [Choice(value=state.value, text=gettext(word)) for state, word in STATES.items()],
        "product": [Choice(value=line.id, text=line.label.in_language(language)) for line in catalogue.product_lines]
        + [Choice(value=NO_PRODUCT, text=gettext(_("inquiry by e-mail")))],
        "topic": [Choice(value=topic.id, text=topic.label.in_language(language)) for topic in catalogue.topics],
        "country": [Choice(value=code, text=name) for code, name in wording.countries],
        "language": [Choice(value=known, text=wording_in(known).own_name) for known in settings.web.languages],
        "priority": [Choice(value=priority.value, text=gettext(word)) for priority, word in PRIORITIES.items()],
    }


@lru_cache(maxsize=4)
def _search_labels(names: _Names) -> Labels:
    settings = names.settings
    wordings = [wording_in(language) for language in settings.web.languages]
    catalogue = settings.catalogue
    countries = [(code, [wording.country(code) for wording in wordings]) for code, _name in wordings[0].countries]
    return {
        "product": labels_by_name((line.id, line.label.texts.values()) for line in catalogue.product_lines),
        "topic": labels_by_name((topic.id, topic.label.texts.values()) for topic in catalogue.topics),
        "country": labels_by_name(countries),
        "language": labels_by_name((wording.language, [wording.own_name]) for wording in wordings),
        "person": labels_by_name((staff.address, staff.name.texts.values()) for staff in catalogue.staff),
    }
