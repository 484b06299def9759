"""One act on many inquiries, from the list: each is changed for itself, and what could not be changed is said."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.change import TAG_LENGTH, Change, split_tags
from liju_contact.domain.errors import Conflict, NotFound, Unfit
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import ME, ListQuery
from liju_contact.domain.person import Action
from liju_contact.domain.priority import Priority
from liju_contact.domain.text import clean_line
from liju_contact.usecases.change_inquiry import change_many, undo_events
from liju_contact.usecases.merge_inquiries import SeveralCustomers
from liju_contact.usecases.merge_many import merge_into_oldest, merging_of, unmerge_many
from liju_contact.web.rendering import current_deps
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs
from liju_contact.web.staff.done import ACTS, done_words, read_done, read_references, undone_words
from liju_contact.web.staff.merging import other_customers, question_before_merging

bp = desk_blueprint("staff_bulk", __name__, prefix="/staff/bulk")
_MOST = 200
_LEAST_MERGED = _LEAST_SPLIT = 2


@bp.post("/change")
@needs(Action.CHANGE)
def change() -> ResponseReturnValue:
    """Change all chosen inquiries alike; which fields are meant is what the form brought a value for."""
    deps = current_deps()
    chosen, wished = _chosen(), _wished()
    if not chosen or wished == Change():
        return _back_for_more("one" if not chosen else "change", chosen)
    try:
        many = change_many(deps, current_person(), chosen, wished, now=deps.now())
    except Unfit:
        return _back(done_words((), chosen))
    return _back(done_words(many.changed, many.failed))


@bp.get("/merge")
@needs(Action.READ)
def ask_before_merging() -> ResponseReturnValue:
    """Ask whether inquiries of different customers are to be merged; its address says all that was chosen."""
    query, chosen = ListQuery.read(request.args), read_references(request.args.get("chosen", ""))
    asked = urlencode({**query.words(), "chosen": " ".join(chosen)})
    merging = merging_of(current_deps(), current_person(), chosen)
    if merging is None or merging.is_of_one_customer or not current_person().may(Action.ARRANGE):
        return redirect(f"/staff?{asked}", 303)
    sent = [("page", query.to_query()), *(("references", reference) for reference in chosen)]
    return question_before_merging(merging, sent=sent, back=f"/staff?{asked}")


@bp.post("/merge")
@needs(Action.ARRANGE)
def merge() -> ResponseReturnValue:
    """Merge all chosen inquiries into the oldest of them; those of different customers only where that was asked."""
    deps, chosen = current_deps(), _chosen()
    if len(chosen) < _LEAST_MERGED:
        return _back_for_more("two", chosen)
    try:
        many = merge_into_oldest(deps, current_person(), chosen, others=other_customers(), now=deps.now())
    except SeveralCustomers:
        return redirect(f"/staff/bulk/merge?{urlencode({**_page().words(), 'chosen': ' '.join(chosen)})}", 303)
    return _back(done_words(many.merged, many.failed, into=many.into))


@bp.post("/undo")
@needs(Action.CHANGE)
def undo() -> ResponseReturnValue:
    deps = current_deps()
    done = read_done({"did": request.form.get("did", "")})
    undone, failed = [], []
    for reference, ids in done.events.items() if done else ():
        try:
            changed = undo_events(deps, current_person(), reference, ids, now=deps.now())
        except (NotFound, Conflict, Unfit):
            failed.append(reference)
        else:
            undone += [reference] if changed.event_ids else []
    return _back(undone_words(undone, failed))


@bp.post("/unmerge")
@needs(Action.ARRANGE)
def unmerge() -> ResponseReturnValue:
    deps = current_deps()
    done = read_done({"did": request.form.get("did", "")})
    merges = {reference: ids[-1] for reference, ids in done.events.items()} if done else {}
    undone, failed = unmerge_many(deps, current_person(), merges, now=deps.now())
    return _back(undone_words(undone, failed))


def _chosen() -> Sequence[str]:
    return list(dict.fromkeys(request.form.getlist("references")))[:_MOST]


def _wished() -> Change:
    form, person = request.form, current_person()
    wished = Change(
        state=InquiryState.OPEN if form.get("act") == "release" else _state(form.get("set_state", "")),
        priority=next((priority for priority in Priority if priority.value == form.get("set_priority")), None),
        add_tags=split_tags(form.get("add_tag", "")),
        remove_tags=_unwanted_tags(),
    )
    assignee = form.get("assignee", "")
    if not assignee:
        return wished
    address = person.address if assignee == ME else assignee
    return Change(
        state=wished.state,
        priority=wished.priority,
        add_tags=wished.add_tags,
        remove_tags=wished.remove_tags,
        assignee=None if assignee == "nobody" else address,
    )


def _state(text: str) -> InquiryState | None:
    settable = (InquiryState.OPEN, InquiryState.ANSWERED, InquiryState.CLOSED, InquiryState.SPAM)
    return next((state for state in settable if state.value == text), None)


def _unwanted_tags() -> tuple[str, ...]:
    """Return the tags of the field, and the whole of it, because there may be an old one with a comma."""
    typed = clean_line(request.form.get("remove_tag", ""))
    tags = split_tags(typed)
    return tags if len(tags) < _LEAST_SPLIT or len(typed) > TAG_LENGTH else (*tags, typed)


def _back_for_more(missing: str, chosen: Sequence[str]) -> ResponseReturnValue:
    """Go back to a list that says what is missing, with everything chosen as it was."""
    acts = {name: value for name in ACTS if (value := request.form.get(name))}
    return _back({"missing": missing, **acts, "chosen": " ".join(chosen)})


def _back(words: dict[str, str]) -> ResponseReturnValue:
    """Go back to the page of the list that the form stood on, which says what was done."""
    return redirect(f"/staff?{urlencode({**_page().words(), **words})}", 303)


def _page() -> ListQuery:
    return ListQuery.from_query(request.form.get("page", ""))
