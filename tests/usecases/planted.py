"""A customer whose address and words stand nowhere else, planted at every door; and a look for them in the bytes."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url, text

from liju_contact.domain.change import Change
from liju_contact.domain.export import ExportFormat
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.domain.person import Person
from liju_contact.domain.rating import Rating
from liju_contact.store.database import Database
from liju_contact.store.drafts import Draft, keep_draft
from liju_contact.store.participants import Participant, add_participant
from liju_contact.store.table import Table
from liju_contact.usecases.answer_at_desk import note_at_desk
from liju_contact.usecases.ask_for_export import ask_for_export
from liju_contact.usecases.canned_replies import write_reply
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.find_inquiry import answer_link_request, ask_for_links
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.keep_limits import Caller
from liju_contact.usecases.measure_insight import measure_insight
from liju_contact.usecases.rate_inquiry import rate_inquiry
from liju_contact.usecases.save_view import save_view
from liju_contact.usecases.submit_inquiry import Submitted
from liju_contact.usecases.write_export import write_next_export
from tests.usecases.carried import carry_all
from tests.usecases.mails import LI, PUBLIC, judged, letter_to, mail, reply_to
from tests.usecases.stories import opened, staged, submit

ADDRESS = "Zoltan.Quixwoz@plughfarm.example"
EVA = "eva@elsewhere.example"
WORDS = (
    ADDRESS,
    "quixwoz",
    "plughfarm",
    "grumblewort",
    "frobnitzim",
    "snarkleby",
    "wibblestone",
    "blivetorp",
    "quuxtagle",
    "zimmerblatz",
    "注满炉膛",
)


def plant(deps: Deps, admin: Person) -> Submitted:
    """Have the customer come in by form and by mail, and staff write about them; Eva's own inquiry names them too."""
    submit(deps, nonce="eva", email=EVA, name="Eva", company="", message="Nothing of interest.")
    mine = submit(
        deps,
        nonce="mine",
        email=ADDRESS,
        name="Zoltan Quixwoz",
        company="Plughfarm 有限公司",
        message="The grumblewort leaks. 注满炉膛",
        files=(staged(deps, b"%PDF-1.7 grumblewort", "frobnitzim.pdf"),),
    )
    carry_all(deps)
    _write_mails(deps)
    _index(deps)
    _work_at_the_desk(deps, admin, mine)
    rate_inquiry(deps, *opened(mine), Rating(stars=1, words="zimmerblatz"), now=deps.now())
    for _time in range(2):
        ask_for_links(deps, ADDRESS, language="en", caller=Caller(network="127.0.0.0/24"), now=deps.now())
        answer_link_request(deps, now=deps.now())
    ask_for_links(deps, ADDRESS, language="en", caller=Caller(network="127.0.0.0/24"), now=deps.now())
    carry_all(deps)
    _index(deps)
    while measure_insight(deps, now=deps.now()):
        pass
    return mine


def _write_mails(deps: Deps) -> None:
    """Theirs opens an inquiry; in Eva's they are in the Cc and in the text; Li's answer quotes them."""
    sheet = letter_to(deps, LI)
    written = mail(f"Zoltan Quixwoz <{ADDRESS}>", PUBLIC, "My snarkleby, once more.", subject="snarkleby")
    written.add_attachment(b"%PDF-1.7 snarkleby", maintype="application", subtype="pdf", filename="frobnitzim 2.pdf")
    judged(deps, written)
    names_them = f"Please write to {ADDRESS.lower()} too."
    judged(deps, reply_to(letter_to(deps, EVA), EVA, names_them, Cc=f"Zoltan <{ADDRESS}>"))
    encoded = mail(EVA, PUBLIC, f"And {ADDRESS} again.")
    encoded.replace_header("Content-Transfer-Encoding", "base64")
    encoded.set_payload(base64.encodebytes(f"And {ADDRESS} again.".encode()).decode())
    judged(deps, encoded)
    judged(deps, reply_to(sheet, LI, "We look at the grumblewort."))


def _work_at_the_desk(deps: Deps, admin: Person, mine: Submitted) -> None:
    now = deps.now()
    note_at_desk(deps, admin, mine.reference, body="Calls himself wibblestone.", nonce="note", now=now)
    note_at_desk(deps, admin, _eva(deps), body=f"See {ADDRESS}.", nonce="note 2", now=now)
    change_inquiry(deps, admin, mine.reference, Change(add_tags=("quuxtagle",)), version=None, now=now)
    query = ListQuery.read({"view": "all", "q": ADDRESS})
    save_view(deps, admin, query, name="Zoltan", is_shared=True, now=now)
    write_reply(deps, admin, None, title="Forward", texts={"en": f"Ask {ADDRESS}", "zh_Hans": "您好"}, now=now)
    everything = ListQuery.read({"view": "all"})
    ask_for_export(deps, admin, query=everything, references=[], format_=ExportFormat.CSV, language="en", now=now)
    write_next_export(deps, holder="test")
    theirs = ListQuery.read({"view": "all", "q": ADDRESS})
    ask_for_export(deps, admin, query=theirs, references=[], format_=ExportFormat.CSV, language="en", now=now)
    with deps.db.begin() as tx:
        keep_draft(tx, 2, admin.id, Draft(kind="answer", body="Dear blivetorp", version=1, changed_at=now))
        keep_draft(tx, 1, admin.id, Draft(kind="note", body=f"Not {ADDRESS}", version=1, changed_at=now))
        add_participant(tx, 1, Participant(address=ADDRESS, name="Zoltan Quixwoz"), now)
    closed = Change(state=InquiryState.CLOSED)
    change_inquiry(deps, admin, mine.reference, closed, version=None, now=now)


def _eva(deps: Deps) -> str:
    with deps.db.read() as tx:
        return str(tx.execute(text("SELECT reference FROM inquiry WHERE id = 1")).scalar_one())


def _index(deps: Deps) -> None:
    while index_search(deps):
        pass


def found_in_bytes(db: Database, words: tuple[str, ...] = WORDS) -> set[str]:
    """Return which words stand anywhere in a database: in clear, folded, in base64, quoted-printable or hex."""
    whole = b"\n".join(_everything(db)).lower()
    return {word for word in words for shape in _shapes(word) if shape.lower() in whole}


def _everything(db: Database) -> Iterator[bytes]:
    if db.is_sqlite:
        for end in ("", "-wal", "-shm"):
            path = Path(f"{make_url(db.url).database}{end}")
            if path.exists():
                yield path.read_bytes()
        return
    with db.read() as tx:
        for table in (*Table.metadata.tables, "search_words", "pg_stats"):
            for row in tx.execute(text(f"SELECT t.* FROM {table} t")):  # noqa: S608  # names of our own
                for value in row:
                    yield bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def _shapes(word: str) -> Iterator[bytes]:
    for spelled in (word, word.casefold()):
        raw = spelled.encode()
        yield from (raw, raw.hex().encode(), quopri.encodestring(raw), spelled.encode("unicode_escape"))
        for shift in range(3):  # base64 of the same bytes looks different by where in a group of three it begins
            coded = base64.b64encode(b"\0" * shift + raw)
            yield coded[4 if shift else 0 : -4]
