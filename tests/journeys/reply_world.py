"""The world around the program for the whole loop: a mail server with real mailboxes, and the people who use them.

Letters go out by SMTP to an aiosmtpd that puts them into folders of a real IMAP server; the program fetches one of
these folders, the people read the others by IMAP and answer by SMTP.
"""

from __future__ import annotations

import email
import email.policy
import smtplib
import socket
from base64 import encodebytes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests.conftest import EXAMPLE
from tests.mail.imap_server import PASSWORD, USER, ImapServer
from tests.program import Program, running, wait_for

STAFF, CUSTOMER = "li.wei@liju.example", "zhangsan@qq.example"
SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    imap: ImapServer
    smtp_port: int
    program: Program
    folders: dict[str, str]

    def box(self, address: str) -> list[EmailMessage]:
        """Return what somebody has in their mailbox, oldest first."""
        contents = self.imap.contents(self.folders[address])
        return [_parsed(raw) for raw, _ in contents]

    def next_letter(self, address: str, count: int) -> EmailMessage:
        """Wait until somebody has ``count`` letters and return the newest."""
        found = wait_for(
            lambda: box if len(box := self.box(address)) >= count else None,
            seconds=SECONDS,
            what=f"letter {count} to {address}",
        )
        return found[-1]

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=SECONDS) as client:
            client.sendmail(sender, [recipient], raw)

    def page(self, path: str) -> str:
        return self.program.visitor().get(f"{path}?lang=zh-Hans").text


@contextmanager
def world(instance: Path) -> Iterator[World]:
    with ImapServer() as imap:
        folders = {address: imap.new_folder() for address in (USER, STAFF, CUSTOMER)}
        server = Controller(_Postman(imap, folders), hostname="127.0.0.1", port=_free_port())
        server.start()
        try:
            _write_settings(instance, server.port, imap.port, folders[USER])
            with running(instance) as program:
                yield World(imap=imap, smtp_port=server.port, program=program, folders=folders)
        finally:
            server.stop()


class _Postman:
    """Puts each mail into the folder of its recipient; everything at inquiry+...@ is the program's."""

    def __init__(self, imap: ImapServer, folders: dict[str, str]) -> None:
        self._imap = imap
        self._folders = folders

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd calls it so
        for recipient in envelope.rcpt_tos:
            local, _, domain = recipient.partition("@")
            owner = f"{local.partition('+')[0]}@{domain}"
            if owner not in self._folders:
                return "550 5.1.1 No such user"
            received = b"Return-Path: <%s>\r\nDelivered-To: %s\r\n" % (envelope.mail_from.encode(), recipient.encode())
            self._imap.append(self._folders[owner], received + envelope.original_content)
        return "250 2.0.0 OK"


def chinese_reply(letter: EmailMessage, text: str, drawing: bytes, name: str) -> bytes:
    """Return an answer as QQ's mail writes it: GB18030 called gb2312, the quote below a drawn line, all in base64."""
    quote = (
        "\n\n\n------------------ 原始邮件 ------------------\n"
        f'发件人: "力聚锅炉"<{USER}>;\n发送时间: 2026年11月23日(星期一) 上午10:00\n'
        f'收件人: "李伟"<{STAFF}>;\n主题: {letter["Subject"]}\n\n{text_of(letter)}'
    )
    word = b"=?gb18030?B?%s?="
    encoded_name = word % encodebytes(name.encode("gb18030")).strip()
    return b"\r\n".join(
        [
            b"From: %s <%s>" % (word % encodebytes("李伟".encode("gb18030")).strip(), STAFF.encode()),
            b"To: <%s>" % str(letter["Reply-To"]).encode(),
            b"Subject: %s" % (word % encodebytes("回复：询价".encode("gb18030")).strip()),
            b"Message-ID: <tencent_4711@qq.com>",
            b"In-Reply-To: %s" % str(letter["Message-ID"]).encode(),
            b"X-Mailer: QQMail 2.x",
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/mixed; boundary="----=_NextPart_1"',
            b"",
            b"This is a multi-part message in MIME format.",
            b"------=_NextPart_1",
            b'Content-Type: text/plain; charset="gb2312"',
            b"Content-Transfer-Encoding: base64",
            b"",
            encodebytes((text + quote).encode("gb18030")).replace(b"\n", b"\r\n"),
            b"------=_NextPart_1",
            b'Content-Type: application/octet-stream; charset="gb18030";\r\n\tname="%s"' % encoded_name,
            b'Content-Disposition: attachment; filename="%s"' % encoded_name,
            b"Content-Transfer-Encoding: base64",
            b"",
            encodebytes(drawing).replace(b"\n", b"\r\n"),
            b"------=_NextPart_1--",
            b"",
        ]
    )


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def phone_reply(letter: EmailMessage, text: str) -> bytes:
    """Return an answer as a Chinese iPhone writes it."""
    quoted = "\n".join(f"> {line}" for line in text_of(letter).splitlines())
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = (
        f"张三 <{CUSTOMER}>",
        letter["Reply-To"],
        f"回复：{letter['Subject']}",
    )
    reply["Message-ID"] = "<phone-1@qq.example>"
    reply["In-Reply-To"] = letter["Message-ID"]
    reply["References"] = f"{letter['References']} {letter['Message-ID']}"
    reply.set_content(f"{text}\n\n发自我的iPhone\n\n> 在 2026年11月23日，10:30，李伟 <{USER}> 写道：\n>\n{quoted}\n")
    return reply.as_bytes(policy=email.policy.SMTP)


def bounce_of(letter: EmailMessage) -> bytes:
    """Return the report of a server that took a letter and could not deliver it (RFC 3464)."""
    report = "\r\n".join(
        [
            "From: Mail Delivery System <MAILER-DAEMON@qq.example>",
            f"To: <{str(letter['Return-Path']).strip('<>')}>",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "The mailbox is full for good.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.qq.example",
            "",
            f"Final-Recipient: rfc822; {CUSTOMER}",
            "Action: failed",
            "Status: 5.2.2",
            "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
            "",
            "--b--",
            "",
        ]
    )
    return report.encode()


def _parsed(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _write_settings(instance: Path, smtp_port: int, imap_port: int, folder: str) -> None:
    instance.mkdir(parents=True)
    mail = f'host = "127.0.0.1"\nport = {smtp_port}\nsecurity = "none"\n'
    inbound = (
        f'[inbound.imap]\nhost = "127.0.0.1"\nport = {imap_port}\nsecurity = "none"\nusername = "{USER}"\n'
        f'password = "{PASSWORD}"\nfolder = "{folder}"\nafterwards = "delete"\npoll_seconds = 5\n\n'
    )
    staff = f'[[staff]]\naddress = "{STAFF}"\nname = {{ en = "Li Wei", zh_Hans = "李伟" }}\n\n'
    text = EXAMPLE.read_text("utf-8").replace('recipients = ["sales@liju.example"]', f'recipients = ["{STAFF}"]')
    text = text.replace("[mail]\n", f"[mail]\n{mail}", 1).replace("[alarm]\n", f"{inbound}[alarm]\n", 1)
    (instance / "config.toml").write_text(text.replace("[[team]]\n", f"{staff}[[team]]\n", 1), "utf-8")
