"""What no browser sends: a clear 4xx at once, never a 5xx, and the program goes on as before."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping

import pytest

from tests.program import Program, running
from tests.visitor import FORM, Answer, Upload, Visit, multipart

CLEAR_SECONDS = 20.0
BOUNDARY = "a-boundary-of-the-tests"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running(tmp_path_factory.mktemp("unacceptable") / "instance") as running_program:
        yield running_program
        assert running_program.is_well()


@pytest.fixture(scope="module")
def visit(program: Program) -> Visit:
    return program.visitor().visit()


def quickly(program: Program, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    began_at = time.monotonic()
    answer = program.visitor().send(method, path, body, headers)
    assert time.monotonic() - began_at < CLEAR_SECONDS
    return answer


def raw_answer(program: Program, request: bytes) -> bytes:
    """Send bytes that no client library would send; return what comes back until the end or a pause of 2 s."""
    with socket.create_connection(("127.0.0.1", program.port), timeout=CLEAR_SECONDS) as connection:
        connection.sendall(request)
        return connection.recv(65536)


def many_fields(count: int) -> bytes:
    return multipart(BOUNDARY, [(f"field{number}", "x") for number in range(count)])


def many_files(count: int) -> bytes:
    return multipart(BOUNDARY, FORM.items(), [Upload(f"{number}.txt", b"text") for number in range(count)])


BODIES = {
    "100 000 fields": (MULTIPART, many_fields(100_000)),
    "100 000 short fields": (URLENCODED, b"&".join([b"a=b"] * 100_000)),
    "a million ampersands": (URLENCODED, b"&" * 1_000_000),
    "1 001 file parts": (MULTIPART, many_files(1001)),
    "a text of 2 MB": (MULTIPART, multipart(BOUNDARY, {**FORM, "message": "x" * 2_000_000}.items())),
    "a text of 2 MB, not multipart": (URLENCODED, b"message=" + b"x" * 2_000_000),
    "no boundary": ({"Content-Type": "multipart/form-data"}, b"whatever"),
    "a boundary that never comes": (MULTIPART, b"whatever" * 1000),
    "a part without end": (MULTIPART, multipart(BOUNDARY, FORM.items())[:-30]),
    "a part without a name": (MULTIPART, f"--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode()),
    "endless part headers": (MULTIPART, f"--{BOUNDARY}\r\n".encode() + b"X: y\r\n" * 100_000),
    "JSON object": ({"Content-Type": "application/json"}, b'{"name": 5}'),
    "JSON list": ({"Content-Type": "application/json"}, b"[1]"),
    "JSON that is none": ({"Content-Type": "application/json"}, b"{{{"),
    "plain text": ({"Content-Type": "text/plain"}, b"name=Li"),
    "no type": ({}, b"name=Li"),
    "nothing": (URLENCODED, b""),
    "an unknown charset": ({"Content-Type": "application/x-www-form-urlencoded; charset=klingon"}, b"name=Li"),
    "bytes that are no UTF-8": (URLENCODED, b"name=%ff%fe&email=\xff"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_body_that_is_no_form_is_answered_with_4xx(program: Program, kind: str) -> None:
    headers, body = BODIES[kind]
    answer = quickly(program, "POST", "/", body, headers)
    assert 400 <= answer.status < 500, answer.text
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/find", "message", "close"])
@pytest.mark.parametrize("kind", ["100 000 fields", "JSON list", "no boundary", "bytes that are no UTF-8", "nothing"])
def test_body_that_is_no_form_is_answered_with_4xx_everywhere(
    program: Program, visit: Visit, path: str, kind: str
) -> None:
    headers, body = BODIES[kind]
    answer = quickly(program, "POST", path if path.startswith("/") else f"{visit.path}/{path}", body, headers)
    assert 400 <= answer.status < 500


def test_more_files_than_allowed_are_named_and_the_form_comes_back(program: Program) -> None:
    fields = {**FORM, "token": program.visitor().open_form()}
    answer = program.visitor().post("/", fields, [Upload(f"{n}.txt", b"text %d" % n) for n in range(12)])
    assert answer.status == 422
    assert "10.txt" in answer.text
    assert "at most 10 files" in answer.text


@pytest.mark.parametrize("length", [str(10**9), str(10**15), str(2**63), "9" * 400, "-1", "5, 6", "five"])
def test_declared_length_beyond_reason_is_refused_at_once(program: Program, length: str) -> None:
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n{header(MULTIPART)}Content-Length: {length}\r\n\r\n"
    answer = raw_answer(program, head.encode() + b"--" + BOUNDARY.encode())
    # A server may also just hang up on a length that is no number: it cannot know where the next request begins.
    assert answer[:10] in {b"HTTP/1.1 4", b""}, answer[:200]


def header(fields: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items())


def test_body_of_70_mb_is_refused_and_the_answer_arrives(program: Program) -> None:
    file = Upload("large.txt", b"0123456789abcdef" * (70_000_000 // 16))
    answer = program.visitor().post("/", {**FORM, "token": program.visitor().open_form()}, [file])
    assert answer.status in {413, 422}
    assert "large.txt" in answer.text or answer.status == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/find", "/healthz", "status page"])
def test_other_methods_are_never_a_fault(program: Program, visit: Visit, method: str, path: str) -> None:
    answer = quickly(program, method, visit.path if path == "status page" else path, b"", {})
    assert answer.status in ({200} if method in {"HEAD", "OPTIONS"} else {400, 405, 501 if method == "TRACE" else 405})


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%",
        "/%zz",
        "/%ff%fe",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cwindows",
        "/inquiry/%00/%00",
        "/inquiry/LJ-0000-0000/%ff",
        "/inquiry/LJ-0000-0000/" + "a" * 8000,
        "/inquiry/LJ-0000-0000/%ed%a0%80",
        "/assets/%00/liju.css",
        "/assets/0/../../config.toml",
        "/post-office/%00",
        "/post-office/..%2f..%2fconfig.toml",
        "//example.com/%2f..",
        "/?lang=%00&product=%ff&topic=%ed%a0%80",
        "/?" + "a=b&" * 1000,
    ],
)
def test_garbage_in_address_is_never_a_fault(program: Program, path: str) -> None:
    answer = raw_answer(program, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    status = int(answer.split(b" ")[1])
    assert status == 200 if path.startswith("/?") else 300 <= status < 500


@pytest.mark.parametrize("number", [999_999_999, 2**63, 10**30])
def test_file_number_beyond_the_database_is_not_found(program: Program, visit: Visit, number: int) -> None:
    assert program.visitor().get(f"{visit.path}/file/{number}/x").status == 404


def test_wrong_key_and_unknown_reference_answer_alike(program: Program, visit: Visit) -> None:
    visitor = program.visitor()
    wrong_key = visitor.get(f"/inquiry/{visit.reference}/{'a' * len(visit.key)}")
    unknown = visitor.get(f"/inquiry/LJ-0000-0000/{visit.key}")
    assert (wrong_key.status, unknown.status) == (404, 404)
    assert without(wrong_key.text, visit.reference, "a" * len(visit.key)) == without(
        unknown.text, "LJ-0000-0000", visit.key
    )


def without(text: str, *parts: str) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text


def test_get_changes_nothing(program: Program, visit: Visit) -> None:
    visitor = program.visitor()
    before = visitor.get(visit.path)
    answers = [visitor.get(f"{visit.path}/{action}") for action in ("close", "reopen", "message")]
    assert {answer.status for answer in answers} == {405}
    assert "You closed" not in visitor.get(visit.path).text
    assert before.status == 200


def test_key_of_the_status_link_is_in_no_log(program: Program, visit: Visit) -> None:
    visitor = program.visitor()
    visitor.get(visit.path)
    for path in ("", "/nowhere", "/message", "/close", "/file/1/x", "/file/99999999999999999999999/x", "/%ff"):
        visitor.get(visit.path + path)
        visitor.send("POST", visit.path + path, b"garbage", MULTIPART)
        visitor.send("PUT", visit.path + path, b"[1]", {"Content-Type": "application/json"})
    raw_answer(program, f"GET {visit.path} HTTP/9.9\r\n\r\n".encode())
    raw_answer(program, f"POST {visit.path}/close HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n".encode())
    with socket.create_connection(("127.0.0.1", program.port)) as cut:
        cut.sendall(f"POST {visit.path}/message HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\nabc".encode())
    assert len(visit.key) >= 26
    assert visit.key not in program.output()
