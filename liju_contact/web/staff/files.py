"""The files of an inquiry, for staff: as downloads, and small pictures of those that have one."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue

from liju_contact.domain.person import Action
from liju_contact.usecases.fetch_file import fetch_file_for_staff, fetch_thumbnail
from liju_contact.web.download import as_download, as_picture
from liju_contact.web.rendering import current_deps
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs
from liju_contact.web.staff.withheld import unless_withheld

bp = desk_blueprint("staff_files", __name__, prefix="/staff/inquiry/<reference>")


@bp.get("/file/<int(max=9223372036854775807):file_id>/<name>")  # what a BIGINT column can be asked for
@needs(Action.READ)
def download(reference: str, file_id: int, name: str) -> ResponseReturnValue:  # noqa: ARG001  # for the save dialog
    return unless_withheld(
        lambda: as_download(fetch_file_for_staff(current_deps(), current_person(), reference, file_id)),
        back=f"/staff/inquiry/{quote(reference)}",
    )


@bp.post("/file/<int(max=9223372036854775807):file_id>/<name>")
@needs(Action.READ)
def download_at_own_risk(reference: str, file_id: int, name: str) -> ResponseReturnValue:  # noqa: ARG001  # as above
    found = fetch_file_for_staff(current_deps(), current_person(), reference, file_id, at_own_risk=True)
    return as_download(found)


@bp.get("/thumbnail/<int(max=9223372036854775807):file_id>")
@needs(Action.READ)
def thumbnail(reference: str, file_id: int) -> Response:
    return as_picture(fetch_thumbnail(current_deps(), current_person(), reference, file_id))
