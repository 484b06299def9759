"""The lines at the top of a staff member's mail: commands, text, and what only looks like a command."""

from __future__ import annotations

import pytest

from liju_contact.domain.staff_command import Command, StaffMail, own_words, read_staff_mail

KEY = "lj7k3f9q2x.n1z.0123456789abcdef0123456789"
QUOTE = f"On Mon, 23 Nov 2026 at 10:00, LIJU Boilers wrote:\n> Internal note by Li Wei\n> | Secret.\n> {KEY}"


def told(*commands: Command, text: str = "", unknown: str = "") -> StaffMail:
    return StaffMail(commands=frozenset(commands), text=text, unknown=unknown)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("#note", Command.NOTE),
        ("#Note", Command.NOTE),
        ("#NOTE:", Command.NOTE),
        ("  #note.  ", Command.NOTE),
        ("＃note", Command.NOTE),
        ("＃\uff4e\uff4f\uff54\uff45：", Command.NOTE),
        ("﹟note", Command.NOTE),
        ("##note", Command.NOTE),
        ("\u200b#note", Command.NOTE),
        ("\ufeff#note", Command.NOTE),
        ("#note\u200b", Command.NOTE),
        ("\0#note", Command.NOTE),
        ("*#note*", Command.NOTE),
        ("**#note**", Command.NOTE),
        ("“#note”", Command.NOTE),
        ("#备注", Command.NOTE),
        ("＃备注。", Command.NOTE),
        ("#close", Command.CLOSE),
        ("#关闭", Command.CLOSE),
        ("#assign me", Command.ASSIGN_ME),
        ("#Assign  Me", Command.ASSIGN_ME),
        ("#分配给我", Command.ASSIGN_ME),
        ("#spam", Command.SPAM),
        ("#垃圾", Command.SPAM),
        ("#send", Command.SEND),
        ("#发送", Command.SEND),
        ("#drop", Command.DROP),
        ("#丢弃", Command.DROP),
    ],
)
def test_a_command_is_read_as_people_type_it(line: str, command: Command) -> None:
    assert read_staff_mail(f"{line}\nThe rest.") == told(command, text="The rest.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#note\n#close\n\n#assign me\n\nText.", told(Command.NOTE, Command.CLOSE, Command.ASSIGN_ME, text="Text.")),
        ("\n \u200b\n#close", told(Command.CLOSE)),
        ("", told()),
        ("Text.\n#note", told(text="Text.\n#note")),
        ("Text.\n\n#close\nMore.", told(text="Text.\n\n#close\nMore.")),
        ("#note\nText.\n#close", told(Command.NOTE, text="Text.\n#close")),
        ("#close\r\nText.\r\nMore.", told(Command.CLOSE, text="Text.\nMore.")),
    ],
)
def test_commands_end_at_the_first_line_of_text(text: str, expected: StaffMail) -> None:
    assert read_staff_mail(text) == expected


@pytest.mark.parametrize("separator", [": ", ":", " ", ". ", "：", "　", "。"])
@pytest.mark.parametrize("word", ["#note", "#备注", "＃备注"])
def test_text_behind_the_word_for_a_note_is_the_note(word: str, separator: str) -> None:
    line = f"{word}{separator}Does he pay? We\u2019ve had trouble, 2024: 120 000 €."

    expected = told(Command.NOTE, text="Does he pay? We\u2019ve had trouble, 2024: 120 000 €.\nMore.\n#close")
    assert read_staff_mail(f"{line}\nMore.\n#close") == expected


@pytest.mark.parametrize(
    "line",
    [
        "#ntoe",
        "#ntoe: he\u2019s a competitor, give him no drawings at all",
        "#备注客户是竞争对手，不要给他图纸",
        "#notes",
        "#note-worthy",
        "#boiler house of the second plant, see the drawing (page 3)",
        "#close thanks for everything",
        "#send it",
        "# note",
        "# Note: he is a competitor",
        "＃　备注",
        "#assign Wang",
    ],
)
def test_what_looks_like_a_command_is_unknown_and_not_guessed_at(line: str) -> None:
    assert read_staff_mail(f"{line}\nMore.") == told(text=f"{line}\nMore.", unknown=line)


@pytest.mark.parametrize("line", ["# heading", "## Offer", "#12 of your list", "#", "#1锅炉", "a #note", "> #note"])
def test_other_lines_with_the_sign_are_text(line: str) -> None:
    assert read_staff_mail(f"{line}\n#note") == told(text=f"{line}\n#note")


def test_an_unknown_command_keeps_those_before_it() -> None:
    assert read_staff_mail("#close\n#ntoe\nText.") == told(Command.CLOSE, text="#ntoe\nText.", unknown="#ntoe")


@pytest.mark.parametrize(
    ("visible", "own"),
    [
        ("Fine.", "Fine."),
        (f"Fine.\n\n{QUOTE}", f"Fine.\n\n{QUOTE}"),
        (QUOTE, ""),
        (QUOTE.replace(KEY, "no key"), QUOTE.replace(KEY, "no key")),
        ("", ""),
    ],
)
def test_a_mail_that_only_quotes_our_letter_says_nothing(visible: str, own: str) -> None:
    assert own_words(visible) == own
