"""Files in a form: judged by content and name, stored at once, and kept over a form that comes back.

A browser cannot be handed its files again, so what was uploaded is staged and the form that comes back carries a sealed
description of it; nobody has to send 20 MB twice because of a typing error in the address.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage

from liju_contact.config import FileSettings
from liju_contact.domain.errors import TooOften
from liju_contact.domain.file_kind import HEAD_BYTES, FileKind, FileRefusal, RefusalReason, judge_file
from liju_contact.domain.file_name import safe_name
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.refusal import RefusalReason as FormRefusal
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller
from liju_contact.usecases.stage_file import stage_file
from liju_contact.web.rendering import current_wording
from liju_contact.web.rendering import translated as _
from liju_contact.wording import wording_in

FIELD = "files"
KEPT_FIELD = "kept_file"
_TAIL_BYTES = 65_536
_OTHER_ENDINGS = {"jpeg": ("jpg",), "step": ("stp",), "iges": ("igs",), "heic": ("heif",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that is here already, for a form that comes back: ``token`` goes along in the form."""

    token: str
    name: str
    bytes_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRules:
    """What a file field tells its reader and its browser; ``accept`` is the attribute of that name."""

    sentence: str
    accept: str
    count_limit: int
    total_limit_bytes: int


@lru_cache(maxsize=8)
def file_rules(limits: FileSettings, language: str) -> FileRules:
    """Return the same rules every time: they follow from the settings."""
    wording = wording_in(language)
    kinds = sorted(kind.value for kind in limits.kinds)
    sentence = wording.gettext("Up to %(count)d files, %(size)s together: %(kinds)s.") % {
        "count": limits.count_limit,
        "size": wording.file_size(limits.total_limit_bytes),
        "kinds": ", ".join(kinds).upper(),
    }
    endings = [ending for kind in kinds for ending in (kind, *_OTHER_ENDINGS.get(kind, ()))]
    return FileRules(
        sentence=sentence,
        accept=",".join(f".{ending}" for ending in endings),
        count_limit=limits.count_limit,
        total_limit_bytes=limits.total_limit_bytes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """``files`` were accepted and are stored; ``errors`` are sentences about those that were not.

    ``reason`` is why the first of these was not, ``retry_seconds`` when more may be sent where that was too much.
    """

    files: tuple[StagedFile, ...]
    errors: tuple[str, ...]
    reason: FormRefusal | None = None
    retry_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeftOut:
    sentence: str
    reason: FormRefusal
    retry_seconds: int = 0


def take_uploads(deps: Deps, caller: Caller) -> Uploads:
    """Judge and store the files of the form that was sent, those kept from before first.

    Raises ``StoreBusy`` or ``StoreFull``.
    """
    files = list(kept_before(deps).files)
    left_out: list[_LeftOut] = []
    for upload in _sent_files():
        taken = _take(deps, upload, files, caller)
        if isinstance(taken, _LeftOut):
            left_out.append(taken)
        else:
            files.append(taken)
    return Uploads(
        files=tuple(files),
        errors=tuple(one.sentence for one in left_out),
        reason=left_out[0].reason if left_out else None,
        retry_seconds=max((one.retry_seconds for one in left_out), default=0),
    )


def kept_before(deps: Deps) -> Uploads:
    """Return the files that are here from an earlier sending of this form, as far as the limits go and each once."""
    limits = deps.settings.files
    files: list[StagedFile] = []
    for token in request.form.getlist(KEPT_FIELD):
        file = _unsealed(deps, token)
        if file is None or file in files or len(files) >= limits.count_limit:
            continue
        if sum(kept.bytes_count for kept in files) + file.bytes_count <= limits.total_limit_bytes:
            files.append(file)
    return Uploads(files=tuple(files), errors=())


def without_gone(uploads: Uploads, gone: Iterable[str]) -> Uploads:
    """Return the uploads less those that are no longer kept, each of which is asked for again."""
    names = list(gone)
    errors = tuple(_("Please attach “%s” once more.") % name for name in names)
    files = tuple(file for file in uploads.files if file.name not in names)
    return Uploads(files=files, errors=errors, reason=FormRefusal.FILES_GONE)


def kept_files(deps: Deps, files: Iterable[StagedFile]) -> list[KeptFile]:
    return [KeptFile(token=_sealed(deps, file), name=file.name, bytes_count=file.bytes_count) for file in files]


def _sent_files() -> list[FileStorage]:
    """Return what was really chosen: a browser sends one nameless empty part for an empty file field."""
    return [upload for upload in request.files.getlist(FIELD) if upload.filename]


def _take(deps: Deps, upload: FileStorage, taken: list[StagedFile], caller: Caller) -> StagedFile | _LeftOut:
    """Store one upload, or say why not."""
    name = safe_name(upload.filename or "")
    limits = deps.settings.files
    if len(taken) >= limits.count_limit:
        sentence = _("“%(name)s” was left out: at most %(limit)d files.") % {"name": name, "limit": limits.count_limit}
        return _LeftOut(sentence=sentence, reason=FormRefusal.TOO_LARGE)
    bytes_count = _size(upload)
    if sum(file.bytes_count for file in taken) + bytes_count > limits.total_limit_bytes:
        size = current_wording().file_size(limits.total_limit_bytes)
        sentence = _("“%(name)s” was left out: at most %(limit)s in all.") % {"name": name, "limit": size}
        return _LeftOut(sentence=sentence, reason=FormRefusal.TOO_LARGE)
    kind = _judge(upload, name, bytes_count)
    if isinstance(kind, FileRefusal):
        return _refused(kind, name, limits)
    if kind not in limits.kinds:
        return _refused(FileRefusal(RefusalReason.TYPE_NOT_TAKEN), name, limits)
    try:
        return stage_file(deps, cast(BinaryIO, upload.stream), name=name, kind=kind, now=deps.now(), caller=caller)
    except TooOften as error:
        return _too_much_today(name, error)


def _size(upload: FileStorage) -> int:
    upload.stream.seek(0, 2)
    return upload.stream.tell()


def _judge(upload: FileStorage, name: str, bytes_count: int) -> FileKind | FileRefusal:
    upload.stream.seek(0)
    head = upload.stream.read(HEAD_BYTES)
    upload.stream.seek(max(0, bytes_count - _TAIL_BYTES))
    return judge_file(name, head, upload.stream.read(_TAIL_BYTES))


def _too_much_today(name: str, error: TooOften) -> _LeftOut:
    sentence = _("“%(name)s” was left out: too many files came in today. Please send without it; you can add it later.")
    return _LeftOut(sentence=sentence % {"name": name}, reason=FormRefusal.TOO_OFTEN, retry_seconds=error.retry_seconds)


def _refused(refusal: FileRefusal, name: str, limits: FileSettings) -> _LeftOut:
    sentences = {
        RefusalReason.EMPTY: _("“%(name)s” was left out: the file is empty."),
        RefusalReason.TYPE_NOT_TAKEN: _("“%(name)s” was left out: we take %(kinds)s."),
        RefusalReason.CONTENT_DIFFERS: _("“%(name)s” was left out: its content is not what its name says."),
    }
    sentence = sentences[refusal.reason] % {"name": name, "kinds": ", ".join(sorted(limits.kinds)).upper()}
    return _LeftOut(sentence=sentence, reason=FormRefusal.FILE_KIND)


def _sealed(deps: Deps, file: StagedFile) -> str:
    description = json.dumps([file.sha256, file.kind.value, file.bytes_count, file.name])
    return f"{base64.urlsafe_b64encode(description.encode()).decode()}.{deps.keys.seal_file(description)}"


def _unsealed(deps: Deps, token: str) -> StagedFile | None:
    """Return the file a sealed description stands for; None for a description that is not ours."""
    encoded, _dot, seal = token.partition(".")
    try:
        description = base64.urlsafe_b64decode(encoded.encode()).decode()
    except (binascii.Error, UnicodeError):
        return None
    if not deps.keys.file_is_sealed(description, seal):
        return None
    values: list[Any] = json.loads(description)
    return StagedFile(sha256=values[0], kind=FileKind(values[1]), bytes_count=values[2], name=values[3])
