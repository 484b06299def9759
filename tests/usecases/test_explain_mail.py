"""What ``mail explain`` says of a mail, with the settings and without."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import Place
from liju_contact.mail.reading.mail import read_mail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.explain_mail import explain_mail
from liju_contact.usecases.mail_reader import Unreadable
from tests.usecases.mails import CUSTOMER, LI, PUBLIC, WANG, as_bytes, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.reports import bounce_of
from tests.usecases.stories import rows, submit

# In the order of the issue; ``temporary`` comes on top.
FIELDS = ["from", "to", "subject", "date", "text", "folded", "files", "keys", "verdict", "rule", "automatic", "failed"]
FIELDS += ["temporary", "error"]


def explained(deps: Deps, raw: bytes) -> dict[str, Any]:
    found = explain_mail(deps.settings, read_mail(raw))
    assert list(found) == FIELDS
    return dict(json.loads(json.dumps(found)))


def test_everything_a_mail_says_is_there(deps: Deps) -> None:
    plan = b"%PDF-1.7 plan"
    message = mail("Eva <eva@there.example>", PUBLIC, "Hello.\n\n-- \nEva", Date="Mon, 23 Nov 2026 10:00:00 +0800")
    message.add_attachment(plan, maintype="application", subtype="pdf", filename="plan.pdf")

    assert explained(deps, as_bytes(message)) == {
        "from": "Eva <eva@there.example>",
        "to": [PUBLIC],
        "subject": "Boiler",
        "date": "2026-11-23T02:00:00+00:00",
        "text": "Hello.",
        "folded": "-- \nEva",
        "files": [
            {
                "name": "plan.pdf",
                "type": "application/pdf",
                "bytes": len(plan),
                "sha256": hashlib.sha256(plan).hexdigest(),
            }
        ],
        "keys": [],
        "verdict": "stranger",
        "rule": "no-key",
        "automatic": False,
        "failed": [],
        "temporary": [],
        "error": None,
    }


@pytest.mark.parametrize(
    "found", [Unreadable(words="It took too long.", is_final=True), read_mail(b""), read_mail(b"x")]
)
@pytest.mark.parametrize("has_settings", [True, False])
def test_every_mail_is_explained_with_the_same_fields(
    deps: Deps,
    found: InboundMail | Unreadable,
    has_settings: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    said = explain_mail(deps.settings if has_settings else None, found)

    assert (sorted(said), bool(said["error"])) == (sorted(FIELDS), True)


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize(
    ("who", "text", "verdict"),
    [
        (CUSTOMER, "Hello.", "reply"),
        (LI, "Fine.", "answer"),
        (LI, "#note\nHm.", "note"),
        (LI, "#close", "command"),
        (LI, "#ntoe", "held"),
        (LI, "", "held"),
    ],
)
def test_it_says_what_the_judge_says(deps: Deps, place: Place, who: str, text: str, verdict: str) -> None:
    deps = with_staff(deps)
    submit(deps)
    raw = as_bytes(reply_to(letter_to(deps, who), who, text, places={place}))

    said = explained(deps, raw)

    assert (said["verdict"], said["rule"]) == (verdict, judged(deps, raw)["rule"])
    assert {(key["place"], key["proven"]) for key in said["keys"]} == {(place.value, True)}
    assert {key["reference"] for key in said["keys"]} == {rows(deps.db, "inquiry")[0]["reference"]}


def test_without_settings_no_key_is_proven(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)

    said = explain_mail(None, read_mail(as_bytes(reply_to(letter_to(deps, LI), LI, "Fine."))))

    assert {key["proven"] for key in said["keys"]} == {False}
    assert said["verdict"] == "stranger"


def test_a_forgery_is_held(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)

    said = explained(deps, as_bytes(reply_to(letter_to(deps, LI), WANG, "Fine.")))

    assert (said["verdict"], said["rule"]) == ("held", "wrong-sender")


@pytest.mark.parametrize(("action", "names"), [("failed", "failed"), ("delayed", "temporary")])
def test_a_report_names_the_addresses(deps: Deps, action: str, names: str) -> None:
    submit(deps)

    said = explained(deps, bounce_of(letter_to(deps, CUSTOMER, LetterKind.INQUIRY_RECEIVED), to=PUBLIC, action=action))

    assert (said["verdict"], said["automatic"], said[names]) == ("bounce", True, [CUSTOMER])
