"""A real Exim in a folder of its own, on loopback: mail goes in by SMTP and out into Maildirs, or to this program.

It queues whatever it accepts and delivers when a test says so (``run_queue``), which ends when all has been tried.
Nothing of the machine's own mail system is touched. Exim never delivers as root; started by root it runs under an
account without rights (see ``_as_nobody``).
"""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.program import wait_for

_NOBODY = 65534
_START_SECONDS = 20.0
_COMMAND_SECONDS = 60.0

# Longer lines and broken address fields are refused as Debian's own configuration refuses them.
_CONFIGURATION = """
exim_user = {user}
exim_group = {group}
exim_path = {folder}/exim
deliver_drop_privilege
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
primary_hostname = mx.liju.example
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
queue_only
acl_smtp_rcpt = acl_recipient
acl_smtp_data = acl_mail

begin acl
acl_recipient:
  require verify = recipient
  accept
acl_mail:
  deny condition = ${{if >{{$max_received_linelength}}{{998}}}}
       message = a line is too long
  deny !verify = header_syntax
       message = an address field is broken
  accept

begin routers
unknown:
  driver = redirect
  local_parts = nobody
  data = :fail: no such person
  allow_fail
full:
  driver = accept
  local_parts = full
  transport = full
program:
  driver = {router}
  domains = liju.example
  local_parts = inquiry : bounce
  local_part_suffix = +*
  local_part_suffix_optional
  transport = program
people:
  driver = accept
  transport = mailbox

begin transports
program:
  {transport}
mailbox:
  driver = appendfile
  directory = {folder}/people
  maildir_format
  envelope_to_add
full:
  driver = pipe
  command = /bin/sh -c "echo the mailbox is full; exit 1"
  return_output

begin retry
* * F,1h,1m
"""

# Without it Exim hands over inquiry@ for inquiry+KEY@: the key would be missing in the envelope.
_WITH_KEYS = "rcpt_include_affixes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How Exim hands mail over to the program: what its ``program`` router and transport say."""

    transport: str
    router: str = "accept"


def piped_to(command: Iterable[str], folder: Path) -> Door:
    """Return a pipe; without the two empty settings Exim adds mbox's line ``From ...`` and an empty one at the end."""
    lines = (
        "driver = pipe",
        f"command = {' '.join(command)}",
        f"current_directory = {folder}",
        "message_prefix =",
        "message_suffix =",
        "log_defer_output",
    )
    return Door(transport="\n  ".join(lines))


def lmtp_by_socket(path: Path) -> Door:
    lines = ("driver = lmtp", f"socket = {path}", "batch_max = 100", _WITH_KEYS)
    return Door(transport="\n  ".join(lines))


def lmtp_by_tcp(port: int) -> Door:
    lines = ("driver = smtp", "protocol = lmtp", f"port = {port}", "allow_localhost", _WITH_KEYS)
    router = ("manualroute", 'route_list = "* 127.0.0.1"', "self = send")
    return Door(transport="\n  ".join(lines), router="\n  ".join(router))


@dataclass
class Exim:
    folder: Path
    port: int

    @cached_property
    def _command(self) -> list[str]:
        return [*_as_nobody(), str(self.folder / "exim"), "-C", str(self.folder / "configuration")]

    def submit(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Hand a mail in, as the next mail server on the way would."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="mx.there.example", timeout=30) as client:
            client.sendmail(sender, recipients, raw, mail_options=["BODY=8BITMIME"])

    def run_queue(self) -> None:
        """Try once to deliver everything in the queue; what Exim accepts meanwhile (a bounce) waits for the next."""
        self.run("-qff")

    def queue_length(self) -> int:
        return int(self.run("-bpc"))

    def run(self, *arguments: str) -> str:
        return subprocess.run(
            [*self._command, *arguments], capture_output=True, text=True, check=True, timeout=_COMMAND_SECONDS
        ).stdout

    def box(self, address: str) -> list[bytes]:
        """Return what somebody has got, with LF as line ends and fields of Exim's on top."""
        mails = [path.read_bytes() for path in sorted((self.folder / "people" / "new").glob("*"))]
        return [mail for mail in mails if mail.startswith(f"Envelope-to: {address}\n".encode())]

    def log(self) -> str:
        return (self.folder / "mainlog").read_text("utf-8", "replace")

    @contextmanager
    def listening(self) -> Iterator[None]:
        output = self.folder / "output"
        with output.open("wb") as file, subprocess.Popen([*self._command, "-bdf"], stderr=file) as process:
            try:
                wait_for(lambda: self._answers() or process.poll(), seconds=_START_SECONDS, what="Exim to answer")
                assert process.poll() is None, output.read_text()
                yield
            finally:
                process.kill()

    def _answers(self) -> bool:
        try:
            smtplib.SMTP("127.0.0.1", self.port, local_hostname="mx.there.example", timeout=5).close()
        except OSError:
            return False
        return True


def reason_without_exim() -> str | None:
    """Say why these tests cannot run here; None when they can."""
    return None if _installed() else "Exim is not installed (on Debian: exim4-daemon-light)"


@contextmanager
def exim_in(folder: Path, port: int, door: Door) -> Iterator[Exim]:
    """Run an Exim that gives everything for inquiry@ and bounce@liju.example to ``door``, and the rest to Maildirs."""
    installed = _installed()
    assert installed, reason_without_exim()
    folder.mkdir()
    shutil.copyfile(installed, folder / "exim")
    (folder / "exim").chmod(0o755)  # unlike the installed one not setuid: it runs as whoever starts it
    user = os.getuid() or _NOBODY
    text = _CONFIGURATION.format(
        folder=folder,
        port=port,
        user=user,
        group=os.getgid() or _NOBODY,
        router=door.router,
        transport=door.transport,
    )
    (folder / "configuration").write_text(text, "utf-8")
    exim = Exim(folder, port)
    with exim.listening():
        yield exim


def _installed() -> str | None:
    return shutil.which("exim4", path=f"{os.environ['PATH']}:/usr/sbin")


def _as_nobody() -> list[str]:
    """Return what to put before a command so that root's Exim runs as nobody, yet reaches the folders of the tests."""
    if os.getuid():
        return []
    # Without the last one access(2), by which click looks at a folder, would answer as for somebody without that right.
    may = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup")
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *may, "--"]
