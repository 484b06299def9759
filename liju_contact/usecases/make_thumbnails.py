"""The worker makes the small picture of a file: claim (transaction), make (no transaction), settle (transaction).

Looking at the file is the dangerous part and happens elsewhere within limits (``PictureMaker``). Whatever comes of it
is written down, so that no file is looked at for ever.
"""

from __future__ import annotations

from datetime import datetime

from liju_contact.domain.picture import NoPicture, Picture
from liju_contact.store.files import chunks
from liju_contact.store.thumbnails import WantedThumbnail, claim_wanted, find_wanted, settle_thumbnail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.picture_maker import PictureMaker

TRIES = 3
MOST_BYTES = 64 * 1024 * 1024
"""Of a file that is looked at at all."""


def make_thumbnail(deps: Deps, maker: PictureMaker, *, now: datetime) -> bool:
    """Make the picture that was asked for last; False when none is wanted, and then the maker rests.

    The attempt is counted before the file is opened: one that kills its maker, or us, is not tried for ever. Raises
    ``StoreBusy``.
    """
    with deps.db.read() as tx:
        wanted = find_wanted(tx)
    if wanted is None:
        maker.close()
        return False
    with deps.db.begin() as tx:
        claim_wanted(tx, wanted.blob_id)
    made = _made(deps, maker, wanted)
    is_last = wanted.attempt_count + 1 >= TRIES
    if isinstance(made, Picture) or made.is_final or is_last:
        with deps.db.begin() as tx:
            settle_thumbnail(tx, wanted.blob_id, made if isinstance(made, Picture) else None, now)
    return True


def _made(deps: Deps, maker: PictureMaker, wanted: WantedThumbnail) -> Picture | NoPicture:
    if wanted.attempt_count >= TRIES:
        return NoPicture(words=f"It was tried {TRIES} times.", is_final=True)
    if wanted.bytes_count > MOST_BYTES:
        return NoPicture(words=f"It has {wanted.bytes_count} bytes, which is more than is looked at.", is_final=True)
    with deps.db.read() as tx:
        content = b"".join(chunks(tx, wanted.blob_id))
    return maker.make(content)
