"""Files are taken by what they hold and what they are called, never by what a browser says."""

import io
import random
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.file_kind import FileKind, FileRefusal, RefusalReason, judge_file, media_type, safe_name
from liju_contact.domain.zip_entries import zip_entry_names
from tests.corpora import rows

JUDGED = [kind for kind in FileKind if kind is not FileKind.OTHER]

EMPTY = FileRefusal(RefusalReason.EMPTY)
TYPE_NOT_TAKEN = FileRefusal(RefusalReason.TYPE_NOT_TAKEN)
CONTENT_DIFFERS = FileRefusal(RefusalReason.CONTENT_DIFFERS)


def zip_of(*names: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for name in names:
            writer.writestr(name, f"content of {name} " * 20)
    return archive.getvalue()


def iges_line(text: str, section: str) -> bytes:
    return f"{text:<72}{section}      1\r\n".encode()


XLSX = zip_of("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
DOCX = zip_of("[Content_Types].xml", "_rels/.rels", "word/document.xml")
DXF = b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n  9\r\n$ACADVER\r\n  1\r\nAC1027\r\n"
STEP = b"ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('boiler'),'2;1');\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
DWG = b"AC1032\x00\x00\x00\x00\x00\x01"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("quote.pdf", PDF, FileKind.PDF),
        ("scan.PDF", b"\r\njunk of a scanner\n" + PDF, FileKind.PDF),
        ("plan.dwg", DWG, FileKind.DWG),
        ("plan 2000.dwg", b"AC1015\0\0", FileKind.DWG),
        ("r1.dwg", b"AC1.2\0", FileKind.DWG),
        ("r2.dwg", b"AC2.10", FileKind.DWG),
        ("r0.dwg", b"MC0.0\0", FileKind.DWG),
        ("plan.dxf", DXF, FileKind.DXF),
        ("unix.dxf", DXF.replace(b"\r\n", b"\n"), FileKind.DXF),
        ("mac.dxf", DXF.replace(b"\r\n", b"\r"), FileKind.DXF),
        ("bom.dxf", b"\xef\xbb\xbf" + DXF, FileKind.DXF),
        ("commented.dxf", b"999\r\nDXF from <somewhere>\r\n999\r\n0\r\n" + DXF, FileKind.DXF),
        ("binary.dxf", b"AutoCAD Binary DXF\r\n\x1a\x00\x00\x00SECTION", FileKind.DXF),
        ("part.step", STEP, FileKind.STEP),
        ("part.stp", b"\r\n" + STEP, FileKind.STEP),
        ("part.P21", STEP, FileKind.STEP),
        ("part.igs", iges_line("Boiler 锅炉"[:6], "S"), FileKind.IGES),
        ("part.iges", iges_line("", "C"), FileKind.IGES),
        ("part.iges", b"B" + b"\0" * 71 + b"B0000001", FileKind.IGES),
        ("photo.jpg", JPEG, FileKind.JPEG),
        ("photo.jpeg", JPEG, FileKind.JPEG),
        ("photo.JPE", JPEG, FileKind.JPEG),
        ("plate.png", PNG, FileKind.PNG),
        ("IMG_0001.HEIC", HEIC, FileKind.HEIC),
        ("IMG_0001.heif", HEIC.replace(b"ftypheic", b"ftypmif1"), FileKind.HEIC),
        ("data.xlsx", XLSX, FileKind.XLSX),
        ("data.xlsx", zip_of("xl/workbook.xml", "[Content_Types].xml"), FileKind.XLSX),
        ("data.xlsx", zip_of("docProps/app.xml", "[Content_Types].xml"), FileKind.XLSX),
        ("spec.docx", DOCX, FileKind.DOCX),
        ("all.zip", zip_of("a.dwg", "b.dwg"), FileKind.ZIP),
        ("empty.zip", zip_of(), FileKind.ZIP),
        ("office.zip", XLSX, FileKind.ZIP),
        ("note.txt", b"hello", FileKind.TXT),
        ("note.txt", "蒸汽锅炉 10 t/h".encode("gb18030"), FileKind.TXT),
        ("note.txt", "Grüße, 80 °C".encode("cp1252"), FileKind.TXT),
        ("note.txt", "Котёл, 80 °C".encode("cp1251"), FileKind.TXT),
        ("note.txt", "蒸汽锅炉".encode("utf-16"), FileKind.TXT),
        ("note.txt", b"\xfe\xff" + "boiler 👩‍🔧".encode("utf-16-be"), FileKind.TXT),
        ("note.txt", ("锅炉" * 5000).encode()[:8192], FileKind.TXT),
        ("note.txt", b"\xff\xfe" + "👩".encode("utf-16-le")[:3], FileKind.TXT),
    ],
)
def test_judge_file_takes_what_name_and_content_agree_on(name: str, head: bytes, kind: FileKind) -> None:
    assert judge_file(name, head) is kind


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("IMG_0001.HEIC", JPEG, FileKind.JPEG),
        ("IMG_0001.jpg", HEIC, FileKind.HEIC),
        ("screen.jpg", PNG, FileKind.PNG),
    ],
)
def test_judge_file_lets_the_content_decide_among_photos(name: str, head: bytes, kind: FileKind) -> None:
    assert judge_file(name, head) is kind


@pytest.mark.parametrize("name", ["a.pdf", "a.exe", ""])
def test_judge_file_of_nothing_is_empty(name: str) -> None:
    assert judge_file(name, b"") == EMPTY


@pytest.mark.parametrize(
    "name",
    [
        *("a.exe", "a.bat", "a.cmd", "a.com", "a.msi", "a.lnk", "a.jar", "a.pdf.exe"),
        *("a.js", "a.vbs", "a.ps1", "a.sh", "a.py", "a.php", "a.html", "a.htm", "a.svg", "a.xml"),
        *("a.xlsm", "a.docm", "a.xls", "a.doc", "a.rar", "a.7z", "a.gif"),
        *("a", "pdf", ".pdf", "a.pdf.", "report.p\u202efd", "a.txt/"),
    ],
)
@pytest.mark.parametrize("head", [EXE, HTML, SVG])
def test_judge_file_refuses_programs_scripts_and_pages(name: str, head: bytes) -> None:
    assert isinstance(judge_file(name, head), FileRefusal)


@pytest.mark.parametrize(
    "name", ["a.exe", "a.html", "a.svg", "a.xlsm", "a.docm", "a", "photo.jpg.exe", "a.dwg\u202e.js"]
)
def test_judge_file_refuses_the_name_whatever_the_content(name: str) -> None:
    assert judge_file(name, PDF) == TYPE_NOT_TAKEN


@pytest.mark.parametrize("kind", JUDGED)
@pytest.mark.parametrize(
    "head",
    [
        EXE,
        HTML,
        SVG,
        b"\n <html>",
        b"#!/bin/sh\n",
        b"<?php echo 1;",
        b"\x7fELF\x02\x01\x01\x00",
        b"<?xml version='1.0'?>",
    ],
)
def test_judge_file_refuses_active_content_under_every_name(kind: FileKind, head: bytes) -> None:
    assert judge_file(f"drawing.{kind}", head) == CONTENT_DIFFERS
    assert judge_file(f"drawing.{kind}", head + b"\n" + PDF) == CONTENT_DIFFERS


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.pdf", DWG),
        ("a.pdf", b" " * 1024 + PDF),
        ("a.dwg", DXF),
        ("a.dwg", b"AC10"),
        ("a.dxf", DWG),
        ("a.dxf", b"0\nHEADER\n"),
        ("a.step", b"ISO-10303-28;"),
        ("a.iges", b"S      1"),
        ("a.iges", iges_line("", "G")),
        ("a.jpg", PDF),
        ("a.heic", HEIC.replace(b"ftypheic", b"ftypqt  ")),
        ("a.heic", HEIC.replace(b"ftypheic", b"ftypavif")),
        ("a.xlsx", DOCX),
        ("a.docx", XLSX),
        ("a.xlsx", zip_of("a.exe")),
        ("a.xlsx", zip_of("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
        ("a.docx", zip_of("[Content_Types].xml", "word/document.xml", "word\\VBAPROJECT.BIN")),
        ("a.xlsx", zip_of("[Content_Types].xml", "ppt/presentation.xml")),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.zip", b"Rar!\x1a\x07\x00"),
        ("a.txt", b"a\0b"),
        ("a.txt", JPEG),
        ("a.txt", PDF),
        ("a.txt", XLSX),
        ("a.txt", b"\xff\xfe" + b"\0\0"),
        ("a.txt", b"\xff\xfe" + b"\x00\xdc" * 4),
    ],
)
def test_judge_file_refuses_content_that_differs_from_the_name(name: str, head: bytes) -> None:
    assert judge_file(name, head) == CONTENT_DIFFERS


def test_judge_file_finds_macros_and_folders_at_the_end_of_a_large_file() -> None:
    noise = random.Random(1).randbytes(20_000).hex()
    names = ["[Content_Types].xml", "docProps/thumbnail.jpeg", "xl/workbook.xml"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name in names:
            writer.writestr(name, noise)
        writer.writestr("xl/vbaProject.bin", "macro")
    with_macros = archive.getvalue()
    without = with_macros.replace(b"vbaProject.bin", b"sharedStrs.xml")

    assert judge_file("a.xlsx", without[:8192], without[-8192:]) is FileKind.XLSX
    assert judge_file("a.docx", without[:8192], without[-8192:]) == CONTENT_DIFFERS
    assert judge_file("a.xlsx", with_macros[:8192], with_macros[-8192:]) == CONTENT_DIFFERS


def test_zip_entry_names_reads_both_ends() -> None:
    archive = zip_of("A/First.xml", "锅炉.dwg")

    assert zip_entry_names(archive[:60]) == {"a/first.xml"}
    assert zip_entry_names(archive[archive.index(b"PK\x01\x02") :]) == {"a/first.xml", "锅炉.dwg"}
    assert zip_entry_names(b"PK\x03\x04") == set()


def test_judge_file_takes_no_name_of_the_hostile_list_without_fitting_content() -> None:
    names = rows("payload_fuzzdb", "filename")

    for name in names:
        for head in (EXE, HTML, SVG, b"<?php"):
            assert isinstance(judge_file(name, head), FileRefusal)


@pytest.mark.parametrize("category", ["filename", "traversal", "nul", "unicode"])
def test_judge_file_survives_hostile_names(category: str) -> None:
    for name in rows("payload_fuzzdb", category):
        verdict = judge_file(name, JPEG)
        assert isinstance(verdict, FileRefusal) or safe_name(name).lower().endswith((".jpg", ".jpeg", ".png", ".heic"))


@given(st.sampled_from(JUDGED), st.binary(max_size=400), st.binary(max_size=100))
def test_judge_file_never_raises(kind: FileKind, head: bytes, tail: bytes) -> None:
    assert isinstance(judge_file(f"a.{kind}", head, tail), FileKind | FileRefusal)


def test_every_kind_has_its_own_media_type() -> None:
    media_types = {media_type(kind) for kind in FileKind}

    assert len(media_types) == len(FileKind)
    assert not media_types & {"text/html", "image/svg+xml", "application/xml"}


@pytest.mark.parametrize("piece", [b"999\na\n", b"PK\x03\x04", b" ", b"MZ", b"0\n", b"\xff\xfe", b"<", b"\n"])
def test_judge_file_is_quick_with_hostile_length(piece: bytes) -> None:
    content = piece * (100_000 // len(piece))
    started = time.process_time()

    for kind in JUDGED:
        judge_file(f"a.{kind}", content, content)

    assert time.process_time() - started < len(JUDGED) * 0.05
