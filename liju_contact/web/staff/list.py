"""``/staff``: the list in which nothing is forgotten. Its address says all of it, so it can be kept, and gone back to.

What it shows of a row is in ``store.listed_inquiries``; here it gets its words.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import PLACE, ListQuery, Sort, View
from liju_contact.domain.person import Action
from liju_contact.usecases.list_inquiries import ListPage, list_inquiries, list_news
from liju_contact.usecases.search_inquiries import find_by_reference
from liju_contact.web.rendering import current_deps, current_language
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk
from liju_contact.web.staff.done import read_begun, read_done, read_references
from liju_contact.web.staff.list_rows import WrittenRows
from liju_contact.web.staff.list_words import KEYS, current_list_words, narrowed_by, options_of, search_labels

bp = desk_blueprint("staff_list", __name__)
_LONGEST_NUMBER = 18  # digits; what a BIGINT column can be asked for
MOST_COUNTED = 999


@bp.get("")
@needs(Action.READ)
def show() -> ResponseReturnValue:
    deps, person, args = current_deps(), current_person(), request.args
    query = ListQuery.read(args)
    if query.q and (reference := find_by_reference(deps, person, query.q)):
        return redirect(f"/staff/inquiry/{reference}", 303)
    page = list_inquiries(deps, person, query, search_labels(deps), now=deps.now())
    if query.cursor and not page.rows:  # what stood here has left the list
        return redirect(f"/staff?{urlencode({word: args[word] for word in args if word not in PLACE})}", 303)
    return render_desk("staff/list.html", room="list", q=query.q, **_context(page, query))


@bp.get("/news")
@needs(Action.READ)
def news() -> ResponseReturnValue:
    """Say what has happened in a list since ``since``, for the script of its page."""
    deps = current_deps()
    since = request.args.get("since", "")
    known = int(since) if since.isascii() and since.isdigit() and len(since) <= _LONGEST_NUMBER else 0
    found = list_news(deps, current_person(), ListQuery.read(request.args), since=known, now=deps.now())
    counts = {view.value: short_count(count) for view, count in found.counts.items()}
    return jsonify({"newest": found.newest_event_id, "changed": found.changed_count, "counts": counts})


def short_count(count: int) -> str:
    return str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _context(page: ListPage, query: ListQuery) -> dict[str, Any]:
    deps, words = current_deps(), current_list_words()
    options = options_of(page, words)
    written: WrittenRows = current_app.extensions["liju_rows"]
    may_choose = current_person().may(Action.CHANGE)
    return {
        "page": page,
        "rows": written.html_of(
            page,
            current_language(),
            may_choose=may_choose,
            chosen=read_references(request.args.get("chosen", "")),
            now=deps.now(),
        ),
        "begun": read_begun(request.args),
        "query": query,
        "listed": page.listed,
        "words": words,
        "view_keys": KEYS,
        "sorts": {sort: word for sort, word in words.sorts.items() if sort is not Sort.DUE or query.offers_due},
        "options": options,
        "narrowed": narrowed_by(page, words, options),
        "counts": {view: short_count(count) for view, count in page.counts.items() if count},
        "SPAM_VIEW": View.SPAM,
        "first_page": query.at(None).to_query(),
        "done": read_done(request.args),
        "settable_states": (InquiryState.OPEN, InquiryState.ANSWERED, InquiryState.CLOSED),
    }
