"""Lists kept under a name: save, rename, share, forget."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import NotFound, Unfit
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Action
from liju_contact.usecases.save_view import forget_view, rename_view, save_view
from liju_contact.web.rendering import current_deps
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs

bp = desk_blueprint("staff_saved_views", __name__, prefix="/staff/views")
_NUMBER = "<int(max=9223372036854775807):view_id>"  # what a BIGINT column can be asked for


@bp.post("")
@needs(Action.KEEP_OWN)
def save() -> ResponseReturnValue:
    """Keep the list; one without a name is not kept, and the page's own field says that it wants one."""
    deps, form = current_deps(), request.form
    query = ListQuery.read(form)
    try:
        save_view(
            deps, current_person(), query, name=form.get("name", ""), is_shared="is_shared" in form, now=deps.now()
        )
    except Unfit:
        return redirect(f"/staff?{query.to_query()}#save-view", 303)
    return redirect(f"/staff?{query.to_query()}", 303)


@bp.post(f"/{_NUMBER}")
@needs(Action.KEEP_OWN)
def change(view_id: int) -> ResponseReturnValue:
    form = request.form
    back = redirect(f"/staff?{ListQuery.read(form).to_query()}", 303)
    if "forget" in form:
        forget_view(current_deps(), current_person(), view_id)
        return back
    try:
        rename_view(current_deps(), current_person(), view_id, name=form.get("name", ""), is_shared="is_shared" in form)
    except (Unfit, NotFound):
        return back
    return back
