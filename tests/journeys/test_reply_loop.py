"""The whole loop for real: form, SMTP, mailboxes over IMAP, an answer in Chinese with a drawing, and the reply."""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path

from tests.journeys.reply_world import (
    CUSTOMER,
    SECONDS,
    STAFF,
    bounce_of,
    chinese_reply,
    phone_reply,
    text_of,
    world,
)
from tests.mail.imap_server import USER
from tests.program import wait_for

DRAWING = b"AC1032" + bytes(range(256)) * 400
ANSWER = "您好！两台10吨的蒸汽锅炉没有问题，喆厂长明天报价。\n图纸见附件。"
REPLY = "谢谢！交货期多长？"


def test_a_chinese_answer_and_the_reply_to_it_go_all_the_way(tmp_path: Path) -> None:
    with world(tmp_path / "instance") as around:
        visit = around.program.visitor().visit(
            language="zh-Hans", name="张三", email=CUSTOMER, message="需要两台10吨蒸汽锅炉。"
        )
        letter = around.next_letter(STAFF, 1)
        around.next_letter(CUSTOMER, 1)

        around.send(chinese_reply(letter, ANSWER, DRAWING, "锅炉房布置图.dwg"), STAFF, str(letter["Reply-To"]))
        answer = around.next_letter(CUSTOMER, 2)

        assert text_of(answer).startswith(ANSWER)
        assert "李伟" in str(answer["From"])
        assert USER in str(answer["From"])
        [drawing] = answer.iter_attachments()
        assert drawing.get_filename() == "锅炉房布置图.dwg"
        assert hashlib.sha256(drawing.get_content()).digest() == hashlib.sha256(DRAWING).digest()

        around.send(phone_reply(answer, REPLY), CUSTOMER, str(answer["Reply-To"]))
        follow_up = around.next_letter(STAFF, 2)

        assert REPLY in text_of(follow_up)
        page = around.page(visit.path)
        shown = re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", page)))
        for text in (ANSWER, REPLY, "李伟", "锅炉房布置图.dwg"):
            assert "".join(text.split()) in shown
        assert "原始邮件" not in page
        assert "发自我的iPhone" not in page

        around.send(bounce_of(answer), "", str(answer["Return-Path"]).strip("<>"))
        wait_for(
            lambda: f"{visit.path}/address" in around.page(visit.path),
            seconds=SECONDS,
            what="the page to ask for another address",
        )
        assert "Mailbox full" in text_of(around.next_letter(STAFF, 3))
        assert wait_for(lambda: around.imap.contents(around.folders[USER]) == [], seconds=SECONDS, what="an empty box")
