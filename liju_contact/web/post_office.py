"""The page of the demo's post office: the kept letters, shown as a mail program would, and answered from.

A letter is foreign markup. Its HTML is served alone, at an address of its own, under a policy that runs and loads
nothing, and the page shows it in a sandboxed frame; its files are only ever downloads. Everything answers 404 once a
real mail server is configured.

Keeps out: reading mail (``mail.letter_reader``, behind ``usecases.read_post_office``), what is written in a form
(``mail_form``), and changing a letter: a kept one stays as it came.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from liju_contact.usecases.answer_in_post_office import answer_letter, find_replying, post_office_of, write_to_us
from liju_contact.web.download import FILE_POLICY
from liju_contact.web.inquiry import RETRY_SECONDS, UNAVAILABLE
from liju_contact.web.mail_form import MailForm, NewMailForm
from liju_contact.web.rendering import current_deps, render

if TYPE_CHECKING:
    from liju_contact.usecases.read_post_office import KeptLetter, KeptLetterLine, PostOffice

bp = Blueprint("post_office", __name__, url_prefix="/post-office")

LETTERS_ON_A_PAGE = 50
SHOWN_CHARACTERS = 200_000

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# A link in a letter opens a tab of its own, outside of the sandbox: the page behind it needs its forms. The doctype
# comes first because a base element before it would switch the browser to quirks; the letter's own is then ignored.
LETTER_OPENING = '<!doctype html><base target="_blank">'


@bp.get("/")
def letters() -> str:
    return render("post_office/letters.html", **_page_of_letters())


@bp.get("/write")
def new_mail() -> str:
    return _writing_page(NewMailForm(formdata=None))


@bp.post("/write")
def send_new_mail() -> ResponseReturnValue:
    deps = current_deps()
    post_office_of(deps)
    form = NewMailForm(formdata=request.form)
    status = form.send(
        lambda written: write_to_us(deps, form.author, form.subject.data or "", written, now=deps.now()),
    )
    if status is not None:
        return _again(_writing_page(form), status)
    return redirect(url_for(".new_mail", sent=1), 303)


@bp.get("/<letter_id>")
def letter(letter_id: str) -> str:
    return _letter_page(letter_id, MailForm(formdata=None))


@bp.post("/<letter_id>/reply")
def reply(letter_id: str) -> ResponseReturnValue:
    deps = current_deps()
    post_office_of(deps)
    form = MailForm(formdata=request.form)
    status = form.send(lambda written: answer_letter(deps, letter_id, written, now=deps.now()))
    if status is not None:
        return _again(_letter_page(letter_id, form), status)
    view, before = request.args.get("view"), request.args.get("before")
    return redirect(url_for(".letter", letter_id=letter_id, view=view, before=before, sent=1), 303)


@bp.get("/<letter_id>/html")
def letter_html(letter_id: str) -> Response:
    response = Response(LETTER_OPENING + _post_office().get_letter(letter_id).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    # A sandboxed page with an opener policy is a network error in browsers, also when it is opened by itself.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@bp.get("/<letter_id>/letter.eml")
def letter_source(letter_id: str) -> Response:
    return _download(_post_office().get_source(letter_id), "message/rfc822", f"{letter_id}.eml")


@bp.get("/<letter_id>/files/<int:index>")
def letter_file(letter_id: str, index: int) -> Response:
    file = _post_office().get_file(letter_id, index)
    return _download(file.content, file.media_type, file.name)


@bp.after_request
def allow_the_frame(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    return response


def _post_office() -> PostOffice:
    return post_office_of(current_deps())


def _letter_page(letter_id: str, form: MailForm) -> str:
    kept = _post_office().get_letter(letter_id)
    view = _chosen_view(kept)
    shown = _source_text(letter_id) if view == "source" else kept.text
    context = _page_of_letters() | {"letter": kept, "is_beside": True}
    return render(
        "post_office/letter.html",
        **context,
        view=view,
        shown_text=shown[:SHOWN_CHARACTERS],
        is_cut=len(shown) > SHOWN_CHARACTERS,
        replying=find_replying(current_deps(), kept),
        form=form,
        is_sent="sent" in request.args,
    )


def _writing_page(form: NewMailForm) -> str:
    context = _page_of_letters() | {"is_beside": True}
    to_us = current_deps().settings.mail.public_address
    return render("post_office/write.html", **context, public_address=to_us, form=form, is_sent="sent" in request.args)


def _page_of_letters() -> dict[str, object]:
    """Return one page of the list; ``older`` is the last letter of this page where there are more behind it.

    ``is_beside`` says that something stands beside the list, or in its place on a phone.
    """
    before = request.args.get("before")
    lines = _post_office().list_letters(LETTERS_ON_A_PAGE + 1, before)
    shown: tuple[KeptLetterLine, ...] = lines[:LETTERS_ON_A_PAGE]
    older = shown[-1].id if len(lines) > len(shown) else None
    return {"lines": shown, "before": before, "older": older, "letter": None, "is_beside": False}


def _again(page: str, status: int) -> Response:
    response = make_response(page, status)
    if status == UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _chosen_view(kept: KeptLetter) -> str:
    wanted = request.args.get("view", "")
    if wanted in {"headers", "source", "text"} or (wanted == "html" and kept.html):
        return wanted
    return "html" if kept.html else "text"


def _source_text(letter_id: str) -> str:
    # Four bytes are the longest character, and one more character tells that there is more.
    return _post_office().get_source(letter_id)[: 4 * SHOWN_CHARACTERS + 4].decode("utf-8", "replace")


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, etag=False)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
