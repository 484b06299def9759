from __future__ import annotations

import base64
import quopri

import pytest

from liju_contact.mail.reading.part import DEEPEST_NESTING, MOST_PARTS, Part, cut

MIXED = b"""From: a@b.example
Subject: two
 lines
Content-Type: multipart/mixed;
\tboundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=outer-inner

--outer-inner

plain
--outer-inner
Content-Type: text/html

<p>html
--outer-inner--
--outer
Content-Type: message/rfc822

Subject: enclosed

hello
--outer--
epilogue
"""


def _shape(part: Part) -> str:
    inner = ", ".join(_shape(child) for child in part.children)
    name = part.media_type.partition("/")[2]
    return f"{name}({inner})" if inner else f"{name} {bytes(part.body).decode()!r}"


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_cut_with_any_line_ends(line_end: bytes) -> None:
    mail = cut(MIXED.replace(b"\n", line_end))

    assert _shape(mail) == "mixed(alternative(plain 'plain', html '<p>html'), rfc822(plain 'hello'))"
    assert mail.fields[:2] == (("From", "a@b.example"), ("Subject", "two lines"))


def test_cut_with_line_ends_translated_twice() -> None:
    mail = cut(MIXED.replace(b"\n", b"\r\r\n"))

    assert _shape(mail).replace("\\r", "") == _shape(cut(MIXED))


def test_part_fields_of_any_case() -> None:
    mail = cut(b"X-a: 1\nTo : x@y\nx-A: 2\nFrom: a@b\n\n")

    assert (mail.values("X-A"), mail.value("x-a"), mail.value("to"), mail.value("Cc")) == (["1", "2"], "1", "x@y", "")


def test_part_raw_bytes_of_a_field_are_kept() -> None:
    assert cut(b"Subject: \xd6\xd0\n\n").value("Subject").encode("ascii", "surrogateescape") == b"\xd6\xd0"


@pytest.mark.parametrize(
    ("received", "shape"),
    [
        (b"", "plain ''"),
        (b"\n\n", "plain '\\n'"),
        (b"only words", "plain 'only words'"),
        (b"Note: this is\nno head", "plain 'Note: this is\\nno head'"),
        (b"\r\n\r\nFrom: a@b\r\n\r\nx", "plain 'x'"),
        (b"\xef\xbb\xbfFrom: a@b\n\nx", "plain 'x'"),
        (b"From a@b Mon Jan  1 10:00:00 2024\nFrom: a@b\n\nx", "plain 'x'"),
        (b"From: a@b\nno blank line before this", "plain 'no blank line before this'"),
        (b"From: a@b\n \t\nx", "plain 'x'"),
        (b"Subject: a\nbroken line\nFrom: a@b\n\nx", "plain 'x'"),
    ],
)
def test_cut_odd_heads(received: bytes, shape: str) -> None:
    assert _shape(cut(received)) == shape


def test_cut_head_with_a_line_of_blanks() -> None:
    mail = cut(b"Subject: a\n \t\nFrom: a@b\n\nx")

    assert (mail.value("Subject"), mail.value("From"), bytes(mail.body)) == ("a", "a@b", b"x")


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        (b"", "text/plain"),
        (b"Content-Type:\n", "text/plain"),
        (b"Content-Type: text\n", "text/plain"),
        (b"Content-Type: ; charset=utf-8\n", "text/plain"),
        (b"Content-Type: TEXT / Html (comment); x=y\n", "text/html"),
        (b"Content-Type: html\n", "text/html"),
        (b"Content-Type: pdf\n", "application/octet-stream"),
        (b"Content-Type: nothing\nContent-Type: image/png\n", "image/png"),
        (b"Content-Type: image/png\nContent-Type: image/gif\n", "image/png"),
    ],
)
def test_cut_media_types(content_type: bytes, media_type: str) -> None:
    assert cut(b"From: a@b\n" + content_type + b"\nx").media_type == media_type


def _multipart(body: bytes, parameters: bytes = b"boundary=b", fields: bytes = b"") -> Part:
    return cut(b"From: a@b\nContent-Type: multipart/mixed; " + parameters + b"\n" + fields + b"\n" + body)


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (b"--b\n\none\n--b\n\ntwo", "mixed(plain 'one', plain 'two')"),
        (b"--b\n\none\n--bc\n--b x\n -- b\n--b--", "mixed(plain 'one\\n--bc\\n--b x\\n -- b')"),
        (b"--b \t\n\none\n--b-- \n--b\n\ntwo\n--b--\n", "mixed(plain 'one', plain 'two')"),
        (b"--b\none without a head\n--b--", "mixed(plain 'one without a head')"),
        (b"--b\n--b\n--b--", "mixed(plain '', plain '')"),
        (b"no parts", "mixed 'no parts'"),
    ],
)
def test_cut_odd_boundaries(body: bytes, shape: str) -> None:
    assert _shape(_multipart(body)) == shape


@pytest.mark.parametrize("parameters", [b"", b"boundary=wrong", b'boundary="b; x=y'])
def test_cut_finds_the_boundary_that_the_head_does_not_name(parameters: bytes) -> None:
    mail = _multipart(b"--b\nContent-Type: text/html\n\none\n--b\n\ntwo\n--b--", parameters)

    assert _shape(mail) == "mixed(html 'one', plain 'two')"


@pytest.mark.parametrize(
    ("encoding", "encode"), [(b"base64", base64.encodebytes), (b"quoted-printable", quopri.encodestring)]
)
def test_cut_encoded_multipart(encoding: bytes, encode: object) -> None:
    body = b"--b\nContent-Type: text/html; charset==\n\none\n--b--"
    assert callable(encode)

    mail = _multipart(encode(body), fields=b"Content-Transfer-Encoding: " + encoding + b"\n")

    assert _shape(mail) == "mixed(html 'one')"


@pytest.mark.parametrize("enclosed", [base64.encodebytes(b"Subject: in\n\nx"), b"Subject: in\n\nx"])
def test_cut_enclosed_mail_in_base64_or_only_said_to_be(enclosed: bytes) -> None:
    mail = cut(b"From: a@b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + enclosed)

    assert [child.value("Subject") for child in mail.children] == ["in"]


def test_cut_digest_holds_mails() -> None:
    mail = cut(b"From: a@b\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nx\n--b--")

    assert _shape(mail) == "digest(rfc822(plain 'x'))"


def test_cut_deep_nesting_leaves_the_rest_whole() -> None:
    levels = range(10_000)
    received = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in levels)

    part = cut(b"From: a@b\n" + received)

    depth = 0
    while part.children:
        part, depth = part.children[0], depth + 1
    assert depth == DEEPEST_NESTING
    assert len(part.faults) == 1
    assert bytes(part.body).endswith(b"--b9999\n")


def test_cut_many_parts_leaves_the_rest_whole() -> None:
    mail = _multipart(b"--b\n\nx\n" * (MOST_PARTS * 2))

    assert len(mail.children) == MOST_PARTS
    assert bytes(mail.children[-1].body).count(b"--b") == MOST_PARTS
    assert mail.children[-1].media_type == "application/octet-stream"
    assert len(mail.children[-1].faults) == 1


def test_cut_head_longer_than_any() -> None:
    mail = cut(b"From: a@b\n" + b"X-Filler: " + b"x" * 300_000 + b"\n" + b"X-A: b\n" * 20_000 + b"\nbody")

    assert (mail.value("From"), bytes(mail.body), len(mail.faults)) == ("a@b", b"body", 1)


def test_cut_thousands_of_fields() -> None:
    mail = cut(b"X-A: b\n" * 5_000 + b"From: a@b\n\nbody")

    assert (mail.value("From"), bytes(mail.body), mail.faults) == ("a@b", b"body", ())
