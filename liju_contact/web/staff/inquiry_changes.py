"""Quick changes of an inquiry from its page, each with a way back where a person would expect one.

Whatever meets somebody else's change comes back with who did what, and can be sent once more on what is the case now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.change import KEEP, Change, Keep, StaleChange, fold_tag, split_tags
from liju_contact.domain.errors import StoreBusy, Unfit
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.person import Action, Person
from liju_contact.domain.priority import Priority
from liju_contact.domain.text import clean_line, clean_text
from liju_contact.usecases.change_inquiry import change_inquiry, undo_events
from liju_contact.usecases.watch_inquiry import watch_inquiry
from liju_contact.web.inquiry import UNACCEPTABLE, UNAVAILABLE
from liju_contact.web.notices import busy_notice
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import CSRF_FIELD, current_person, desk_blueprint, needs
from liju_contact.web.staff.sheet_page import CONFLICT, Pending, number_in, numbers_in, path_of, sheet_page

bp = desk_blueprint("staff_inquiry_changes", __name__, prefix="/staff/inquiry/<reference>")
_ACTS: dict[str, Callable[[Person], Change]] = {
    "take": lambda person: Change(assignee=person.address),
    "close": lambda _person: Change(state=InquiryState.CLOSED),
    "open": lambda _person: Change(state=InquiryState.OPEN),
    "spam": lambda _person: Change(state=InquiryState.SPAM),
    "not_spam": lambda _person: Change(state=InquiryState.OPEN),
}
_NOT_SENT_AGAIN = frozenset({CSRF_FIELD, "version"})


@bp.get("/act")
@bp.get("/change")
@bp.get("/undo")
@bp.get("/watch")
@needs(Action.READ)
def back(reference: str) -> BaseResponse:
    """Lead from the address of a form that came back to the page it belongs to."""
    return redirect(path_of(reference), 303)


@bp.post("/act")
@needs(Action.CHANGE)
def act(reference: str) -> ResponseReturnValue:
    """Do one of the frequent acts, named by the button."""
    change = _ACTS.get(request.form.get("act", ""))
    if change is None:
        return redirect(path_of(reference), 303)
    return _change(reference, change(current_person()))


@bp.post("/change")
@needs(Action.CHANGE)
def change(reference: str) -> ResponseReturnValue:
    """Change what differs from what the form had stood for: the rest of it is not the reader's wish."""
    return _change(reference, _wished())


@bp.post("/undo")
@needs(Action.CHANGE)
def undo(reference: str) -> ResponseReturnValue:
    deps = current_deps()
    ids = numbers_in(request.form.get("events", ""))
    try:
        undo_events(deps, current_person(), reference, ids, now=deps.now())
    except StaleChange as error:
        return _met(reference, Pending(path="", fields=(), meanwhile=error.meanwhile))
    return done(reference, "undone", ids)


@bp.post("/watch")
@needs(Action.KEEP_OWN)
def watch(reference: str) -> BaseResponse:
    is_watching = request.form.get("watch") == "yes"
    watch_inquiry(current_deps(), current_person(), reference, is_watching=is_watching)
    return done(reference, "watched" if is_watching else "unwatched")


def done(reference: str, said: str = "", event_ids: Iterable[int] = ()) -> BaseResponse:
    """Lead back to the page, which says what was done; ids of events are nobody's secret."""
    ids = ",".join(map(str, event_ids))
    asked = "&".join(part for part in (f"said={said}" if said else "", f"did={ids}" if ids else "") if part)
    return redirect(f"{path_of(reference)}?{asked}", 303)


def refused(reference: str, sentence: str, field: str, **more: Any) -> Response:
    """Bring the page back with a sentence beside the field it is about, and what was typed there."""
    typed = {name: value for name, value in request.form.items() if name not in _NOT_SENT_AGAIN}
    return sheet_page(reference, UNACCEPTABLE, fault=sentence, fault_field=field, typed=typed, **more)


def _change(reference: str, wished: Change) -> ResponseReturnValue:
    deps = current_deps()
    version = number_in(request.form.get("version", "")) or None
    try:
        changed = change_inquiry(deps, current_person(), reference, wished, version=version, now=deps.now())
    except StaleChange as error:
        return _met(reference, _pending(error))
    except Unfit as error:
        return refused(reference, _unfit_sentence(error), {"due_at": "due"}.get(error.field, error.field))
    except StoreBusy as error:
        return sheet_page(reference, UNAVAILABLE, notice=busy_notice(error))
    return done(reference, "" if changed.event_ids else "nothing", changed.event_ids)


def _met(reference: str, pending: Pending) -> Response:
    return sheet_page(reference, CONFLICT, pending=pending)


def _pending(error: StaleChange) -> Pending:
    fields = tuple((name, value) for name, value in request.form.items() if name not in _NOT_SENT_AGAIN)
    return Pending(path=request.path, fields=fields, meanwhile=error.meanwhile)


def _unfit_sentence(error: Unfit) -> str:
    if error.field == "tags":
        return _("A tag has at most 40 characters, an inquiry at most 20 tags.")
    return _("This cannot be chosen.")


def _wished() -> Change:
    """Read what the form of all that staff set wishes to be different. Raises ``Unfit``."""
    state, priority = _chosen("state"), _chosen("priority")
    return Change(
        state=InquiryState(state) if state in set(InquiryState) else None,
        assignee=KEEP if (assignee := _chosen("assignee")) is None else assignee or None,
        priority=Priority(priority) if priority in set(Priority) else None,
        due_at=_due(),
        **_tags(),
    )


def _chosen(name: str) -> str | None:
    """Return what a field says now, None where it says what it said before."""
    value = clean_line(request.form.get(name, ""))
    return None if name not in request.form or value == request.form.get(f"{name}_was", "") else value


def _tags() -> dict[str, tuple[str, ...]]:
    """Return which tags come and go. Those there were stand one on a line: there may be an old one with a comma."""
    line = clean_line(request.form.get("tags", ""))
    were = [tag for tag in clean_text(request.form.get("tags_was", "")).split("\n") if tag]
    if line == ", ".join(were):
        return {}
    tags = split_tags(line)
    known, wanted = set(map(fold_tag, were)), set(map(fold_tag, tags))
    return {
        "add_tags": tuple(tag for tag in tags if fold_tag(tag) not in known),
        "remove_tags": tuple(tag for tag in were if fold_tag(tag) not in wanted),
    }


def _due() -> datetime | Keep | None:
    """Return the end of the chosen working day on the company's clock."""
    chosen = _chosen("due")
    if chosen is None:
        return KEEP
    hours = current_deps().settings.company.working_hours
    try:
        day = date.fromisoformat(chosen) if chosen else None
    except ValueError:
        return KEEP
    if day is None:
        return None
    opening = hours.week[day.weekday()] or max(filter(None, hours.week), key=lambda opening: opening[1])
    return datetime.combine(day, opening[1], hours.zone)
