"""Exports at the desk: lists of inquiries as files. Asking is quick, because the worker writes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.export import Export, ExportFormat, ExportState
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Action
from liju_contact.domain.reference import read_reference
from liju_contact.usecases.ask_for_export import (
    TooManyExports,
    ask_for_export,
    drop_export,
    fetch_export,
    list_exports,
)
from liju_contact.web.download import FILE_POLICY
from liju_contact.web.rendering import current_deps, current_language
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk
from liju_contact.web.staff.list_words import search_labels

_PAGE = "/staff/exports"
_UNACCEPTABLE = 422
_LONGEST_ID = 9223372036854775807  # what a BIGINT column can be asked for

bp = desk_blueprint("exports", __name__, prefix=_PAGE)


@bp.get("")
@needs(Action.EXPORT)
def show() -> str:
    """List one's exports; with the words of a list in the address, offer to export that."""
    words = request.args.to_dict()
    words.pop("lang", None)
    return _page(query=ListQuery.read(words).at(None).to_query() if words else "", references=[])


@bp.post("")
@needs(Action.EXPORT)
def ask() -> ResponseReturnValue:
    sent = request.form.get("query", "").lstrip("?")
    references = _references(request.form.getlist("references"))
    format_ = next((known for known in ExportFormat if known == request.form.get("format")), None)
    error = None if format_ else _("Please choose a format.")
    if format_:
        deps, query = current_deps(), ListQuery.from_query(sent)
        try:
            ask_for_export(
                deps,
                current_person(),
                query=query,
                references=references,
                format_=format_,
                language=current_language(),
                labels=search_labels(deps),
                now=deps.now(),
            )
        except TooManyExports:
            error = _("Five of your exports are still being written. Please wait for one of them, or delete it.")
    if "format" not in request.form:  # comes from the list, and is asked here in which
        return _page(query=sent, references=references)
    if error:
        return make_response(_page(query=sent, references=references, error=error, format_=format_), _UNACCEPTABLE)
    return redirect(_PAGE, 303)


@bp.post(f"/<int(max={_LONGEST_ID}):export_id>/delete")
@needs(Action.EXPORT)
def delete(export_id: int) -> ResponseReturnValue:
    drop_export(current_deps(), current_person(), export_id)
    return redirect(_PAGE, 303)


@bp.get(f"/<int(max={_LONGEST_ID}):export_id>/<name>")
@needs(Action.EXPORT)
def download(export_id: int, name: str) -> Response:  # noqa: ARG001  # for the browser's save dialog
    """Hand out a finished file, which is only ever its own person's."""
    fetched = fetch_export(current_deps(), current_person(), export_id)
    response = Response(fetched.chunks, content_type=fetched.export.format.media_type)
    response.content_length = fetched.export.bytes_count
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(fetched.export.name, safe='')}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def _references(typed: list[str]) -> list[str]:
    prefix = current_deps().settings.company.reference_prefix
    known = (read_reference(word, prefix) for text in typed for word in text.replace(",", " ").split())
    return list(dict.fromkeys(reference for reference in known if reference))


def _page(*, query: str, references: list[str], error: str | None = None, format_: ExportFormat | None = None) -> str:
    exports = list_exports(current_deps(), current_person())
    context: dict[str, Any] = {
        "exports": exports,
        "words": {export.id: _about(export) for export in exports},
        "is_unfinished": any(not export.state.is_finished for export in exports),
        "query": query,
        "references": references,
        "chosen": format_ or ExportFormat.CSV,
        "formats": _formats(),
        "states": _states(),
        "error": error,
        "zone": current_deps().settings.company.working_hours.zone,
    }
    return render_desk("staff/exports.html", room="exports", **context)


def _about(export: Export) -> dict[str, Any]:
    """Return what an export is of: the list's address and, where some were chosen from it, how many."""
    words = dict(parse_qsl(export.query))
    references = words.pop("references", "").split()
    return {"href": f"/staff?{ListQuery.read(words).to_query()}", "chosen_count": len(references)}


def _formats() -> dict[ExportFormat, str]:
    return {
        ExportFormat.CSV: _("CSV: one line per inquiry, for every spreadsheet program"),
        ExportFormat.XLSX: _("XLSX: the same as an Excel workbook"),
        ExportFormat.JSONL: _("JSON lines: whole inquiries with their messages, for other programs"),
    }


def _states() -> dict[ExportState, str]:
    return {
        ExportState.WAITING: _("Waiting"),
        ExportState.WRITING: _("Being written"),
        ExportState.READY: _("Ready"),
        ExportState.FAILED: _("Could not be written"),
    }
