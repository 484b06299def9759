"""The embedded post office over real SMTP in a process of its own, and the reading of whatever letter it has kept."""

from __future__ import annotations

import resource
import smtplib
import socket
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from liju_contact.domain.errors import NotFound, StartRefused, StoreBusy, StoreFull
from liju_contact.mail.maildir import Envelope, keep_letter, make_maildir, read_letter
from liju_contact.mail.post_office import MaildirPostOffice, TakeIn, run_post_office
from liju_contact.usecases.read_post_office import KeptFile, OwnMail, Unwritable
from tests.corpora import cases, content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import SpawnProcess

    from liju_contact.usecases.read_post_office import KeptLetter, PostOffice

SENDER, RECIPIENT = "service@liju.example", "buyer@customer.example"
LETTER = b"From: LIJU <service@liju.example>\r\nSubject: Hello\r\n\r\nA line.\r\n"
ENVELOPE = Envelope(sender=SENDER, recipients=(RECIPIENT,))
MAIL_SETS = ("mail_cpython", "mail_helpdesk", "mail_mimekit", "mail_roundup", "mail_rubymail")
PICTURE = b"\x89PNG\r\n\x1a\n and pixels"


def serve(
    maildir: Path, sock: socket.socket, letter_bytes_limit: int, file_bytes_limit: int, take_in: TakeIn | None
) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_limit, resource.RLIM_INFINITY))
    run_post_office(maildir, sock=sock, letter_bytes_limit=letter_bytes_limit, take_in=take_in)


@contextmanager
def open_post_office(
    maildir: Path,
    *,
    letter_bytes_limit: int = 100_000_000,
    file_bytes_limit: int = resource.RLIM_INFINITY,
    take_in: TakeIn | None = None,
) -> Iterator[tuple[int, SpawnProcess]]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        arguments = (maildir, sock, letter_bytes_limit, file_bytes_limit, take_in)
        process = get_context("spawn").Process(target=serve, args=arguments)
        process.start()
    try:
        yield port, process
    finally:
        process.terminate()
        process.join(10)


def only_letter(maildir: Path) -> str:
    (line,) = MaildirPostOffice(maildir).list_letters(10)
    return line.id


def kept(maildir: Path, received: bytes) -> KeptLetter:
    return MaildirPostOffice(maildir).get_letter(keep_letter(maildir, ENVELOPE, received))


@dataclass(frozen=True, kw_only=True)
class Taker:
    """Takes in what comes by writing it down; in trouble for as long as the folder is missing."""

    folder: Path
    trouble: type[StoreBusy] = StoreBusy

    def __call__(self, sender: str, recipients: tuple[str, ...], received: bytes) -> None:
        if not self.folder.exists():
            raise self.trouble("There is no place for it.")
        (self.folder / "taken").write_bytes(b"|".join([sender.encode(), *map(str.encode, recipients), received]))


def with_body(content_type: bytes, body: bytes) -> bytes:
    return b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: " + content_type + b"\r\n\r\n" + body


def test_letter_is_kept_byte_for_byte_with_its_envelope(tmp_path: Path) -> None:
    received = LETTER + b".a line that begins with a dot\r\n..two\r\n\xe9 latin \xe4\xb8\xad\xe6\x96\x87\r\n\r\n"
    with open_post_office(tmp_path) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        refused = client.sendmail(SENDER, [RECIPIENT, "second@customer.example"], received, ["BODY=8BITMIME"])

    assert refused == {}
    envelope, source = read_letter(tmp_path, only_letter(tmp_path))
    assert envelope == Envelope(sender=SENDER, recipients=(RECIPIENT, "second@customer.example"))
    assert source == received


def test_answered_letter_survives_kill(tmp_path: Path) -> None:
    with open_post_office(tmp_path) as (port, process), smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(SENDER, [RECIPIENT], LETTER)
        process.kill()

    assert read_letter(tmp_path, only_letter(tmp_path))[1] == LETTER
    assert list((tmp_path / "tmp").iterdir()) == []


def test_letter_of_60_mb_is_kept(tmp_path: Path) -> None:
    received = LETTER + (b"x" * 76 + b"\r\n") * (60_000_000 // 78)
    with open_post_office(tmp_path) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(SENDER, [RECIPIENT], received)

    assert read_letter(tmp_path, only_letter(tmp_path))[1] == received


def test_letter_above_the_limit_is_refused_for_good(tmp_path: Path) -> None:
    with (
        open_post_office(tmp_path, letter_bytes_limit=1000) as (port, _),
        smtplib.SMTP("127.0.0.1", port) as client,
        pytest.raises(smtplib.SMTPSenderRefused) as refused,
    ):
        client.sendmail(SENDER, [RECIPIENT], LETTER + b"x\r\n" * 1000)

    assert refused.value.smtp_code == 552
    assert list((tmp_path / "new").iterdir()) == []


def test_full_disk_is_answered_with_452_and_the_next_small_letter_is_kept(tmp_path: Path) -> None:
    with (
        open_post_office(tmp_path, file_bytes_limit=2000) as (port, _),
        smtplib.SMTP("127.0.0.1", port) as client,
    ):
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(SENDER, [RECIPIENT], LETTER + b"x\r\n" * 10_000)
        left_over = list((tmp_path / "tmp").iterdir())
        client.sendmail(SENDER, [RECIPIENT], LETTER)

    assert refused.value.smtp_code == 452
    assert left_over == []
    assert read_letter(tmp_path, only_letter(tmp_path))[1] == LETTER


def test_removed_folder_is_made_again(tmp_path: Path) -> None:
    maildir = tmp_path / "post"
    with open_post_office(maildir) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        for folder in ("tmp", "new", "cur"):
            (maildir / folder).rmdir()
        maildir.rmdir()
        client.sendmail(SENDER, [RECIPIENT], LETTER)

    assert read_letter(maildir, only_letter(maildir))[1] == LETTER


def test_bounce_keeps_its_empty_sender(tmp_path: Path) -> None:
    with open_post_office(tmp_path) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("", [RECIPIENT], LETTER)

    assert read_letter(tmp_path, only_letter(tmp_path))[0].sender == ""


def test_address_beyond_ascii_is_kept_as_it_is(tmp_path: Path) -> None:
    with open_post_office(tmp_path) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.sendmail(SENDER, ["用户@例子.example"], LETTER, ["SMTPUTF8"])

    assert MaildirPostOffice(tmp_path).list_letters(1)[0].recipients == ("用户@例子.example",)


def test_termination_ends_it_with_success_although_a_client_stays(tmp_path: Path) -> None:
    with open_post_office(tmp_path) as (port, process), smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        process.terminate()
        process.join(5)

        assert process.exitcode == 0


def test_start_discards_what_a_crash_left_unfinished(tmp_path: Path) -> None:
    make_maildir(tmp_path)
    (tmp_path / "tmp" / "1795390385.M000001P1Q1.post").write_bytes(b"half a letter")

    with open_post_office(tmp_path) as (port, _), smtplib.SMTP("127.0.0.1", port):
        assert list((tmp_path / "tmp").iterdir()) == []


def test_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=rf"cannot open 127\.0\.0\.1:{port} .*Address already in use"):
            run_post_office(tmp_path, "127.0.0.1", port)


def test_what_comes_is_taken_in_with_its_envelope_before_it_is_answered(tmp_path: Path) -> None:
    taker = Taker(folder=tmp_path)
    with open_post_office(tmp_path / "post", take_in=taker) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("", [RECIPIENT, "second@customer.example"], LETTER)

        assert (tmp_path / "taken").read_bytes() == b"|buyer@customer.example|second@customer.example|" + LETTER

    assert read_letter(tmp_path / "post", only_letter(tmp_path / "post"))[1] == LETTER


@pytest.mark.parametrize(("trouble", "code"), [(StoreBusy, 451), (StoreFull, 452)])
def test_what_cannot_be_taken_in_is_refused_for_now_and_shows_once(
    tmp_path: Path, trouble: type[StoreBusy], code: int
) -> None:
    taker = Taker(folder=tmp_path / "later", trouble=trouble)
    with open_post_office(tmp_path / "post", take_in=taker) as (port, _), smtplib.SMTP("127.0.0.1", port) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(SENDER, [RECIPIENT], LETTER)
        taker.folder.mkdir()
        client.sendmail(SENDER, [RECIPIENT], LETTER)

    assert refused.value.smtp_code == code
    assert read_letter(tmp_path / "post", only_letter(tmp_path / "post"))[1] == LETTER


def own_mail(**changes: Any) -> OwnMail:
    return OwnMail(
        **{
            "message_id": "<1@post-office.localhost>",
            "written_at": datetime(2026, 11, 23, 2, tzinfo=UTC),
            "sender_name": "林",
            "sender": RECIPIENT,
            "recipient": SENDER,
            "subject": "锅炉",
            "text": "好 " * 600,
            "language": "en",
            "headers": (("In-Reply-To", "<0@x.example>"),),
            "files": (),
            **changes,
        }
    )


def test_own_mail_reads_as_it_was_written_and_is_kept(tmp_path: Path) -> None:
    post_office: PostOffice = MaildirPostOffice(tmp_path)
    files = (
        KeptFile(name="图.pdf", media_type="application/pdf", content=bytes(range(256))),
        KeptFile(name="odd", media_type="no type; at all", content=b"x"),
    )

    raw = post_office.write_mail(own_mail(files=files))
    post_office.keep_mail(RECIPIENT, SENDER, raw)

    letter = post_office.get_letter(only_letter(tmp_path))
    assert max(map(len, raw.splitlines())) < 998
    assert (letter.line.sender, letter.line.recipients) == (f"林 <{RECIPIENT}>", (SENDER,))
    assert (letter.line.subject, letter.text.strip()) == ("锅炉", ("好 " * 600).strip())
    assert letter.header("In-Reply-To") == "<0@x.example>"
    assert [post_office.get_file(letter.line.id, index) for index in (0, 1)] == [
        files[0],
        replace(files[1], media_type="application/octet-stream"),
    ]


@pytest.mark.parametrize(
    "changes", [{"sender": "josé@x.example"}, {"recipient": "no address"}, {"subject": "a\r\nBcc: b@x.example"}]
)
def test_own_mail_without_a_form_in_plain_mail_is_unwritable(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(Unwritable):
        MaildirPostOffice(tmp_path).write_mail(own_mail(**changes))


def test_own_mail_that_cannot_be_kept_is_a_busy_store(tmp_path: Path) -> None:
    (tmp_path / "post").write_bytes(b"a file where the folder should be")

    with pytest.raises(StoreBusy, match="cannot keep this mail"):
        MaildirPostOffice(tmp_path / "post").keep_mail(SENDER, RECIPIENT, LETTER)


def test_control_character_in_an_address_makes_no_line_of_its_own(tmp_path: Path) -> None:
    envelope = Envelope(sender="a\r\nX-Envelope-To: b@c.example", recipients=(RECIPIENT,))

    letter_id = keep_letter(tmp_path, envelope, LETTER)

    assert read_letter(tmp_path, letter_id)[0].recipients == (RECIPIENT,)


def test_letter_that_opens_with_an_envelope_of_its_own_changes_nothing(tmp_path: Path) -> None:
    received = b"X-Envelope-To: other@customer.example\r\nX-Envelope-Bytes: 3\r\n" + LETTER

    letter_id = keep_letter(tmp_path, ENVELOPE, received)

    assert read_letter(tmp_path, letter_id) == (ENVELOPE, received)


def test_list_is_newest_first_and_goes_on_before_a_letter(tmp_path: Path) -> None:
    ids = [keep_letter(tmp_path, ENVELOPE, b"Subject: %d\r\n\r\n" % number) for number in range(5)]
    post_office: PostOffice = MaildirPostOffice(tmp_path)

    first, second = post_office.list_letters(2), post_office.list_letters(10, ids[3])

    assert [line.subject for line in first] == ["4", "3"]
    assert [line.subject for line in second] == ["2", "1", "0"]


def test_list_is_empty_before_the_first_start(tmp_path: Path) -> None:
    assert MaildirPostOffice(tmp_path / "nowhere").list_letters(10) == ()


def test_letter_that_a_mail_program_has_marked_is_still_found(tmp_path: Path) -> None:
    letter_id = keep_letter(tmp_path, ENVELOPE, LETTER)
    (tmp_path / "new" / letter_id).rename(tmp_path / "cur" / f"{letter_id}:2,S")

    assert only_letter(tmp_path) == letter_id
    assert MaildirPostOffice(tmp_path).get_source(letter_id) == LETTER


def test_file_without_an_envelope_is_all_letter(tmp_path: Path) -> None:
    make_maildir(tmp_path)
    (tmp_path / "new" / "1795390385.foreign").write_bytes(b"To: a@b.example\n" + LETTER)

    (line,) = MaildirPostOffice(tmp_path).list_letters(1)

    assert (line.recipients, line.subject) == (("a@b.example",), "Hello")


@pytest.mark.parametrize(
    "letter_id",
    ["", "nonsense", "1795390385.M000001P1Q1.post", "../secret", "1795390385./../../secret", "1795390385.*"],
)
def test_unknown_or_hostile_id_is_not_found(tmp_path: Path, letter_id: str) -> None:
    (tmp_path / "secret").write_bytes(LETTER)
    maildir = tmp_path / "post"
    keep_letter(maildir, ENVELOPE, LETTER)

    with pytest.raises(NotFound):
        MaildirPostOffice(maildir).get_letter(letter_id)


def test_whole_letter_is_read_as_it_was_written(tmp_path: Path) -> None:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "报价:真空热水锅炉 " * 8 + "完"
    message["From"] = "Müller <m@liju.example>"
    message.set_content("你好\nhttp://127.0.0.1:8000/inquiry/x\n")
    message.add_alternative('<p>你好<img src="cid:logo@liju"></p>', subtype="html")
    parts: list[EmailMessage] = list(message.iter_parts())  # type: ignore[arg-type]  # the policy makes EmailMessages
    parts[1].add_related(PICTURE, "image", "png", cid="<logo@liju>", filename="logo.png", disposition="inline")
    message.add_attachment(b"\x00drawing", maintype="application", subtype="acad", filename="锅炉房 图.dwg")

    letter = kept(tmp_path, message.as_bytes())

    assert letter.line.subject == "报价:真空热水锅炉 " * 8 + "完"
    assert letter.line.sender == "Müller <m@liju.example>"
    assert letter.text == "你好\nhttp://127.0.0.1:8000/inquiry/x"
    assert letter.html.strip() == '<p>你好<img src="data:image/png;base64,iVBORw0KGgogYW5kIHBpeGVscw=="></p>'
    assert [(file.name, file.media_type, file.bytes_count) for file in letter.files] == [
        ("logo.png", "image/png", len(PICTURE)),
        ("锅炉房 图.dwg", "application/acad", 8),
    ]
    assert MaildirPostOffice(tmp_path).get_file(letter.line.id, 1).content == b"\x00drawing"
    with pytest.raises(NotFound):
        MaildirPostOffice(tmp_path).get_file(letter.line.id, 2)


def test_letter_of_html_alone_reads_as_text_too(tmp_path: Path) -> None:
    letter = kept(tmp_path, with_body(b"text/html; charset=gb2312", "<p>朱镕基</p><p>2 t/h</p>".encode("gbk")))

    assert letter.html == "<p>朱镕基</p><p>2 t/h</p>"
    assert letter.text == "朱镕基\n\n2 t/h"


def test_uuencoded_file_can_be_saved(tmp_path: Path) -> None:
    encoded = b"Here it is.\r\nbegin 644 plan.dwg\r\n%<W1E86T \r\n`\r\nend\r\n"

    letter = kept(tmp_path, with_body(b"text/plain", encoded))

    assert (letter.text, letter.line.file_count) == ("Here it is.", 1)
    assert [file.name for file in letter.files] == ["plan.dwg"]
    assert MaildirPostOffice(tmp_path).get_file(letter.line.id, 0).content == b"steam"


def test_headers_keep_their_order_and_their_repetition(tmp_path: Path) -> None:
    letter = kept(tmp_path, b"Received: one\r\nreceived: two\r\n three\r\nSubject: x\r\n\r\n")

    assert [(header.name, header.value) for header in letter.headers] == [
        ("Received", "one"),
        ("received", "two three"),
        ("Subject", "x"),
    ]
    assert letter.header("RECEIVED") == "one"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        (b"text/plain; charset=gb2312", "朱镕基".encode("gbk"), "朱镕基"),
        (b"text/plain; charset=nonsense", "锅炉".encode(), "锅炉"),
        (b"text/plain; charset=us-ascii", "Größe".encode(), "Größe"),
        (b"text/plain; charset=utf-7", b"+2AA-", "?"),
        (b'multipart/mixed; boundary="never seen"', b"and yet a text", "and yet a text"),
        (b"multipart/mixed; boundary=b", b"--b\r\n\r\none\r\n--b \r\n\r\ntwo", "one\n\ntwo"),
        (b"multipart/mixed; boundary=b", b"lead\n--b\n\none\nx--b\n--bb\n--b--\nend", "one\nx--b\n--bb"),
        (b'multipart/mixed; boundary=""', b"text", "text"),
    ],
)
def test_text_of_an_odd_part_is_read(tmp_path: Path, content_type: bytes, body: bytes, text: str) -> None:
    assert kept(tmp_path, with_body(content_type, body)).text == text


@pytest.mark.parametrize(
    ("subject", "decoded"),
    [
        (b"=?utf-8?B?6ZSF?= =?utf-8?B?54KJ?=", "锅炉"),
        (b"=?utf-8?B?6ZQ=?=\r\n =?utf-8?B?heeCiQ==?=", "锅炉"),  # A character cut in two.
        (b"=?gb2312?B?6Fw=?= \\u0041", "鑌 \\u0041".replace("鑌", b"\xe8\x5c".decode("gb18030"))),
        ("锅炉 raw".encode(), "锅炉 raw"),
        ("锅炉 raw".encode("gbk"), "锅炉 raw"),
        (b"=?nonsense?Q?=41?=", "A"),
        (b"=?utf-8?X?a?=", "=?utf-8?X?a?="),
        (b"a\x00b", "ab"),
    ],
)
def test_subject_is_decoded_as_far_as_it_can_be(tmp_path: Path, subject: bytes, decoded: str) -> None:
    assert kept(tmp_path, b"Subject: " + subject + b"\r\n\r\n").line.subject == decoded


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\plans\\\\a.dwg"', "a.dwg"),
        (b'attachment; filename="a\x07\xe2\x80\xae.exe"', "a.exe"),
        ('attachment; filename="锅炉.dwg"'.encode(), "锅炉.dwg"),
        (b"attachment; filename*=UTF-8''%E9%94%85%0D%0A.pdf", "锅 .pdf"),
        (b'attachment; filename="=?utf-8?B?6ZSF?=.pdf"', "锅.pdf"),
        (b"attachment; filename*=nonsense'%", "nonsense'%"),
        (b'attachment; filename=".."', "file"),
        (b'attachment; filename="a\\"b.html"', "a_b.html"),
        (b"attachment", "file-1.pdf"),
    ],
)
def test_file_name_is_safe(tmp_path: Path, disposition: bytes, name: str) -> None:
    received = b"Content-Disposition: " + disposition + b"\r\n" + with_body(b"application/pdf", b"%PDF")

    assert [file.name for file in kept(tmp_path, received).files] == [name]


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        (b"QUJD\r\nREVG\r\n", b"ABCDEF"),
        (b"QUJDREV", b"ABCDE"),
        (b"QUJD*\xff!REVG=", b"ABCDEF"),
        (b"", b""),
    ],
)
def test_broken_base64_gives_what_can_be_read(tmp_path: Path, encoded: bytes, decoded: bytes) -> None:
    received = b"Content-Transfer-Encoding: BASE64\r\n" + with_body(b"application/x-thing", encoded)
    letter = kept(tmp_path, received)

    assert MaildirPostOffice(tmp_path).get_file(letter.line.id, 0).content == decoded


def nested(depth: int) -> bytes:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"Subject: x\r\n" + opening + b"\r\ninnermost"


@pytest.mark.parametrize("corpus", MAIL_SETS)
def test_every_real_letter_is_shown(tmp_path: Path, corpus: str) -> None:
    post_office = MaildirPostOffice(tmp_path)
    for case in cases(corpus):
        letter_id = keep_letter(tmp_path, ENVELOPE, content(corpus, case))
        letter = post_office.get_letter(letter_id)
        shown = letter.text + letter.html + "".join(header.name + header.value for header in letter.headers)
        contents = [post_office.get_file(letter_id, file.index).content for file in letter.files[:2]]

        shown.encode("utf-8")
        assert list(map(len, contents)) == [file.bytes_count for file in letter.files[:2]], case["id"]


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no headers": lambda: b"just words, no headers\r\n\r\nmore",
    "only a line break": lambda: b"\r\n",
    "binary": lambda: bytes(range(256)) * 20,
    "begins with a continuation": lambda: b" leading: space\r\nSubject: x\r\n\r\n",
    "group in To": lambda: b"To: undisclosed-recipients:;\r\nFrom: <<>>,;:@\r\n\r\n",
    "semicolons": lambda: with_body(b"text/plain" + b";" * 24_000, b"text"),
    "quotes": lambda: with_body(b'text/plain; name="' + b'\\"' * 12_000, b"text"),
    "deep nesting": lambda: nested(2000),
    "many parts": lambda: with_body(b"multipart/mixed; boundary=b", b"--b\r\n\r\n\r\n" * 100_000),
    "media type with a line break": lambda: with_body(b"a/b\x0bc\x85/../", b"x"),
    "endless header": lambda: b"Subject: " + b"a" * 2_000_000,
    "half encoded words": lambda: b"Subject: " + b"=?" * 50_000 + b"\r\n\r\n",
    "one picture many times": lambda: with_body(
        b"multipart/related; boundary=b",
        b"--b\r\nContent-Type: text/html\r\n\r\n"
        + b"cid:x " * 50_000
        + b"\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\n\r\n"
        + b"p" * 1_000_000,
    ),
    "cid of nothing": lambda: with_body(b"text/html", b'<img src="cid:">' + b"cid:" * 50_000),
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_letter_is_read_in_time(tmp_path: Path, case: str) -> None:
    received = HOSTILE[case]()
    letter_id = keep_letter(tmp_path, ENVELOPE, received)
    post_office = MaildirPostOffice(tmp_path)

    letter = post_office.get_letter(letter_id)
    files = [post_office.get_file(letter_id, file.index) for file in letter.files[:3]]

    assert post_office.list_letters(1) == (letter.line,)
    assert post_office.get_source(letter_id) == received
    assert len(letter.files) <= 1000
    assert len(letter.html) < 40_000_000
    (letter.text + letter.html + letter.line.subject + "".join(file.name for file in files)).encode("utf-8")
