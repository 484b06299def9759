"""Folding parts a letter without losing a line, by rules for quotes above, below and between the writer's own words."""

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.visible_text import VisibleText, fold

ON_ANN = "On Mon, 23 Nov 2026 at 10:00, Ann Smith <ann@example.com> wrote:"
LONG_ANSWER = "\n".join(f"{number}. Steam at {number} bar." for number in range(1, 9))

BUILDING_BLOCKS = st.sampled_from(
    [
        "",
        "  ",
        "Yes, 10 bar.",
        "> What pressure?",
        ">> Which fuel?",
        ON_ANN,
        "reply " + ON_ANN,
        "Ann wrote:",
        "-----Original Message-----",
        "From: Ann <ann@example.com>",
        "Sent: 23 November 2026 10:00",
        "To: Bob",
        "Subject: Boiler",
        "-- ",
        "---",
        "________________________________",
        "Ann Smith",
        "+49 30 1234567",
        "ann@example.com",
        "Sent from my iPhone",
        "```",
        "<https://example.com/",
        "[...]",
        "-----BEGIN PGP SIGNED MESSAGE-----",
        "-----BEGIN PGP SIGNATURE-----",
    ]
)
ANY_LINE = st.text(st.characters(exclude_characters="\r\n"), max_size=40)

SINGLE_CHARACTERS = ">", " ", "\n", "a", "-", "_", "*", ":", "<", "(", "`", "@", "1", "\t", "\u3000", "\uff1a"
LINES = [
    "On ",
    "On 5 May 2026 10:00 ",
    "@a ",
    "> \n",
    "On \n",
    "a\n",
    ":\n",
    "-\n",
    "--\n",
    "---\n",
    "```\n",
    "a:\n",
    "1:\n",
]
LINES += ["From: a\n", "Date: 1\n\n", "On 1 a@b:\n", "x" * 300 + ":\n", "1 @" + "a" * 400 + ":\n", "Sent from my a\n"]
MANY_LINES = [
    "> a\nb\n",
    "a <\n>\n",
    "On On On:\n> a\n",
    f"{ON_ANN}\n> a\nb\n",
    "Ann wrote:\n> a\n",
    "---\n\nA\n\n",
    "\n \n",
]
MANY_LINES += [
    "[...]\n\n",
    "<a@b\n\n",
    "From: a@b\nx\n",
    f"a\n{ON_ANN}\n\n",
    "1\n1\n1\n1\n1 wrote:\n",
    "-- \n\n\n\n",
    "> a <http:\nb\n",
]


MANY_LINES += [
    "-" * 400 + ":\n> a\n",
    "x" + " " * 400 + "x:\n",
    "a" * 400 + ".\nx:\n",
    "-" * 400 + "x:\n> a\n",
    ": " * 200 + "x:\n",
]
HALVES = [
    "x{}x:",
    "x{}x:\n> a",
    "{}\nAnn wrote:\n> a",
    "> {}\nx\n> a",
    "On 5 May 2026 10:00 {}:",
    "-- \n{}",
    "From: {}",
]


def written(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


@given(st.lists(BUILDING_BLOCKS | ANY_LINE, max_size=40).map("\n".join))
def test_fold_puts_every_line_on_one_side(text: str) -> None:
    folded = fold(text)

    sides = Counter(written(folded.visible) + written(folded.folded))
    parted = sides["reply"]
    sides.subtract({"reply": parted, ON_ANN: parted})
    sides[f"reply {ON_ANN}"] += parted
    assert +sides == Counter(written(text))


@given(st.lists(BUILDING_BLOCKS, max_size=40).map("\n".join))
def test_fold_keeps_the_order_on_both_sides(text: str) -> None:
    folded = fold(text)

    everything = "\n".join(written(text))
    for side in (folded.visible, folded.folded):
        position = 0
        for line in written(side):
            position = everything.index(line, position) + len(line)


@given(st.lists(BUILDING_BLOCKS | ANY_LINE, max_size=40).map("\n".join))
def test_fold_shows_something_of_every_letter(text: str) -> None:
    folded = fold(text)

    assert bool(folded.visible.strip()) == bool(text.strip())


@pytest.mark.parametrize("text", ["> Only a quote.", f"{ON_ANN}\n\n> Hi", "-- \nAnn", "Sent from my iPhone", "\n \n"])
def test_fold_shows_the_whole_text_when_nothing_would_be_left(text: str) -> None:
    assert fold(text) == VisibleText(visible=text, folded="")


def test_fold_evens_out_line_ends() -> None:
    folded = fold(f"Yes.\r\n\r\n{ON_ANN}\r\n> 10 bar?\r\n> Ann\r\n")

    assert folded == VisibleText(visible="Yes.", folded=f"{ON_ANN}\n> 10 bar?\n> Ann")


def test_fold_hides_a_quote_of_any_length() -> None:
    folded = fold(f"Yes.\n\n{ON_ANN}\n" + "> more\n" * 30_000)

    assert folded.visible == "Yes."
    assert folded.folded.count("> more") == 30_000


def test_fold_keeps_a_text_of_any_length() -> None:
    text = "One more line.\n" * 30_000

    assert fold(text).visible == text.rstrip()


def test_fold_keeps_indent_and_blank_lines_within_the_text() -> None:
    folded = fold(f"\n  - gas\n\n\n    - oil\n\n{ON_ANN}\n> Which fuel?\n")

    assert folded.visible == "  - gas\n\n\n    - oil"


def test_fold_hides_a_quote_above_the_answer() -> None:
    folded = fold(f"{ON_ANN}\n> What pressure?\n\n10 bar.\n")

    assert folded == VisibleText(visible="10 bar.", folded=f"{ON_ANN}\n> What pressure?")


def test_fold_hides_a_quote_between_the_answer_and_a_greeting() -> None:
    folded = fold(f"10 bar.\n\n{ON_ANN}\n> What pressure?\n\nBest regards\nBob\n")

    assert folded == VisibleText(visible="10 bar.\n\nBest regards\nBob", folded=f"{ON_ANN}\n> What pressure?")


def test_fold_keeps_the_quotes_of_an_answer_point_by_point() -> None:
    folded = fold(f"Hi Ann,\n\n{ON_ANN}\n\n> What pressure?\n\n10 bar.\n\n> Which fuel?\n\nGas.\n\n> Regards\n> Ann\n")

    assert folded.visible == "Hi Ann,\n\n\n> What pressure?\n\n10 bar.\n\n> Which fuel?\n\nGas."
    assert written(folded.folded) == [ON_ANN, "> Regards", "> Ann"]


def test_fold_keeps_a_quote_that_stands_between_a_greeting_and_a_long_answer() -> None:
    folded = fold(f"Hi Ann,\n\n{ON_ANN}\n> What pressure?\n\n{LONG_ANSWER}")

    assert folded == VisibleText(visible=f"Hi Ann,\n\n> What pressure?\n\n{LONG_ANSWER}", folded=ON_ANN)


def test_fold_hides_a_quote_with_its_wrapped_ends() -> None:
    quote = (
        "> View the ticket (http://example.com/action\n_nonce=3dd518)\n>\n> "
        + "long " * 14
        + "line\nwith an end\n> more"
    )

    folded = fold(f"Yes.\n\n{ON_ANN}\n{quote}")

    assert folded.visible == "Yes."


@pytest.mark.parametrize("mark", ["|", ":", ")", "AS>"])
def test_fold_knows_other_quote_marks_below_an_attribution(mark: str) -> None:
    folded = fold(f"{ON_ANN}\n\n{mark} What pressure?\n{mark} Ann\n\n10 bar.\n")

    assert folded.visible == "10 bar."


def test_fold_parts_a_line_that_text_and_attribution_share() -> None:
    folded = fold("Yes, 10 bar. On Wed, Apr 4, 2012 at 3:59 PM, ann@example.com wrote:\n> Hi")

    assert folded.visible.rstrip() == "Yes, 10 bar."
    assert folded.folded.strip() == "On Wed, Apr 4, 2012 at 3:59 PM, ann@example.com wrote:\n> Hi"


def test_fold_hides_a_rule_above_a_quoted_letter() -> None:
    folded = fold(
        "Yes.\n________________________________\nFrom: Ann <a@example.com>\nSent: 5 May 2026\nSubject: Boiler\n\nHi"
    )

    assert folded.visible == "Yes."


def test_fold_leaves_a_letter_with_code_alone_and_hides_the_signature_below() -> None:
    code = "See our settings:\n\n```\n-- \n> 10\nFrom: a@example.com\nDate: 5\n```"

    folded = fold(f"{code}\n\nThanks\n-- \nAnn\n")

    assert folded == VisibleText(visible=f"{code}\n\nThanks", folded="-- \nAnn")


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Smith\nBoiler GmbH",
        "--\nAnn Smith",
        "\u2014\nAnn Smith",
        "__\nAnn Smith",
        "-----\nAnn Smith\nBoiler GmbH",
        "________________\nAnn Smith\nT +49 30 1234567\nann@example.com\nwww.example.com",
        "_______________________________________________\nusers mailing list\nusers@example.org\nhttps://example.org/list",
        "Sent from my iPhone\n\n-- \nAnn",
        "-- \nAnn\n\nSent from my iPhone",
        "-----BEGIN PGP SIGNATURE-----\n\niQA/AwUBPWQ\n-----END PGP SIGNATURE-----",
        "Unsubscribe: leave+abc@lists.example.org",
    ],
)
def test_fold_hides_a_signature(signature: str) -> None:
    folded = fold(f"Yes, 10 bar.\n\n{signature}\n\n{ON_ANN}\n\n> What pressure?\n")

    assert folded.visible == "Yes, 10 bar."


def test_fold_hides_the_opening_of_a_signed_message() -> None:
    folded = fold("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nYes.\n-----BEGIN PGP SIGNATURE-----\niQA\n")

    assert folded.visible == "Yes."


@pytest.mark.parametrize("unit", [*SINGLE_CHARACTERS, *LINES, *MANY_LINES])
def test_fold_takes_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()

    fold(text)

    assert time.process_time() - started < 10  # the square of its size would take hours


@pytest.mark.parametrize("letter", HALVES)
@pytest.mark.parametrize("filling", [" ", "-", "a", "<", "\n", "[", "@", "*", "."])
def test_fold_takes_linear_time_for_one_long_line(letter: str, filling: str) -> None:
    text = letter.format(filling * 1_000_000)
    started = time.process_time()

    fold(text)

    assert time.process_time() - started < 10  # the square of its size would take hours


def test_fold_takes_no_longer_for_a_line_of_a_long_reply_than_of_a_short_one() -> None:
    short, long = (
        f"Hello Ann,\n\n{LONG_ANSWER}\n\nBest regards\nBob\n-- \nBob, Boiler GmbH\n\n{ON_ANN}\n"
        + "> We would like to know which pressure your plant needs.\n>\n" * count
        for count in (100, 800)
    )

    quickest = [min(_seconds(reply) for _ in range(30)) for reply in (short, long)]

    assert quickest[1] < 3 * 8 * quickest[0]  # what is quadratic takes 64 times as long


def _seconds(text: str) -> float:
    started = time.perf_counter()
    fold(text)
    return time.perf_counter() - started
