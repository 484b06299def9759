"""Virus scanners for tests: ClamAV's own daemon with signatures made by hand, and a fake that speaks its protocol.

The daemon comes from Debian's package clamav-daemon, and needs no signature database from a network: one signature in
a file of our own is enough for it to start.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from liju_contact.config_scanner import ScannerSettings
from tests.program import wait_for

# In two pieces, so that no scanner takes this file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"
STREAM_LIMIT = 4_000_000
_PIECE_BYTES = 65_536
Answer = Callable[[bytes], bytes]


def settings_of(address: str, *, timeout_seconds: int = 20, letter_wait_seconds: int = 300) -> ScannerSettings:
    return ScannerSettings(
        address=address,
        timeout_seconds=timeout_seconds,
        letter_wait_seconds=letter_wait_seconds,
        size_limit_bytes=100_000_000,
    )


def honest(content: bytes) -> bytes:
    """Answer as clamd does with the one signature that tests use."""
    return f"stream: {SIGNATURE}.UNOFFICIAL FOUND\0".encode() if EICAR in content else b"stream: OK\0"


@contextmanager
def fake_clamd(folder: Path, answer: Answer = honest, *, is_tcp: bool = False) -> Iterator[str]:
    """Serve until the end of the block; yields the address. ``answer`` gets the file; ``b""`` hangs up."""
    listening = socket.socket(socket.AF_INET if is_tcp else socket.AF_UNIX)
    path = folder / "clamd.sock"
    listening.bind(("127.0.0.1", 0) if is_tcp else str(path))
    listening.listen(5)
    address = f"127.0.0.1:{listening.getsockname()[1]}" if is_tcp else f"unix:{path}"
    thread = threading.Thread(target=_serve, args=(listening, answer), daemon=True)
    thread.start()
    try:
        yield address
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
        path.unlink(missing_ok=True)


@contextmanager
def real_clamd(folder: Path, *, is_tcp: bool = False) -> Iterator[str]:
    """Run ClamAV's daemon until the end of the block, or skip with the reason; yields the address."""
    if not (program := shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")):
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    signatures, sock = folder / "signatures", folder / "clamd.sock"
    signatures.mkdir()
    (signatures / "ours.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = f"TCPSocket {port}\nTCPAddr 127.0.0.1\n" if is_tcp else f"LocalSocket {sock}\n"
    config = folder / "clamd.conf"
    limits = f"StreamMaxLength {STREAM_LIMIT}\nMaxThreads 2\n"
    config.write_text(f"Foreground yes\nDatabaseDirectory {signatures}\n{where}{limits}")
    log = (folder / "clamd.log").open("wb")
    with log, subprocess.Popen([program, f"--config-file={config}"], stdout=log, stderr=log) as process:
        try:
            address = f"127.0.0.1:{port}" if is_tcp else f"unix:{sock}"
            wait_for(lambda: _is_there(address), seconds=60, what="clamd")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _is_there(address: str) -> bool:
    path = address.removeprefix("unix:")
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_UNIX if path != address else socket.AF_INET) as asking:
        return asking.connect_ex(path if path != address else (host, int(port))) == 0


def _serve(listening: socket.socket, answer: Answer) -> None:
    while True:
        try:
            talk, _ = listening.accept()
        except OSError:
            return
        with talk, suppress(OSError), talk.makefile("rb") as lines:
            command = b"".join(iter(lambda lines=lines: lines.read(1), b"\0"))  # type: ignore[misc]  # read(1) gives bytes
            talk.sendall(b"PONG\0" if command == b"zPING" else _answered(lines.read, answer))


def _answered(read: Callable[[int], bytes], answer: Answer) -> bytes:
    content = b""
    while length := int.from_bytes(read(4), "big"):
        content += read(length)
        if len(content) > STREAM_LIMIT:
            return b"INSTREAM size limit exceeded. ERROR\0"
    return answer(content)
