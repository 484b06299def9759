# letters are quoted here in the scripts their mail programs write
"""Answers above the quotes of the mail programs used in China: the answer is shown, the quote is folded."""

import pytest

from liju_contact.domain.visible_text import fold
from tests.domain.test_visible_text_languages import BLANKS, letters

ANSWER = "压力10公斤，谢谢。"

QUOTES = letters("""
=== gmail
张三 <zhang@example.com> 于2026年11月23日周一 10:00写道：

> 请问需要多大的蒸汽压力？
>
=== gmail, no name
于2026年11月23日周一 10:00写道：

> 请问需要多大的蒸汽压力？
>
=== gmail, date first
2026年11月23日 上午10:00，张三 <zhang@example.com> 写道：

> 请问需要多大的蒸汽压力？
=== gmail, wrapped
张三 via LIJU <zhang@example.com>
于2026年11月23日周一 10:00写道：

> 请问需要多大的蒸汽压力？
=== apple
> 在 2026年11月23日，10:00，张三 <zhang@example.com> 写道：
>
> 请问需要多大的蒸汽压力？
=== apple, full
> 在 2026年11月23日，上午10:00，张三
> <zhang@example.com> 写道：
>
> 请问需要多大的蒸汽压力？
=== iphone
发自我的iPhone

> 在 2026年11月23日，10:00，张三 <zhang@example.com> 写道：
>
> 请问需要多大的蒸汽压力？
=== iphone, unquoted
发自我的 iPhone

在 2026年11月23日，10:00，张三 <zhang@example.com> 写道：

请问需要多大的蒸汽压力？
=== 163
在 2026-11-23 10:00:00，"张三" <zhang@example.com> 写道：

请问需要多大的蒸汽压力？
=== 163, english words
At 2026-11-23 10:00:00, "张三" <zhang@example.com> wrote:

>请问需要多大的蒸汽压力？
=== 163, forward
-------- 转发邮件信息 --------
发件人：张三 <zhang@example.com>
发送日期：2026-11-23 10:00:00
收件人：li@example.com
主题：询价

请问需要多大的蒸汽压力？
=== netease master
---- 回复的原邮件 ----
| 发件人 | 张三<zhang@example.com> |
| 日期 | 2026年11月23日 10:00 |
| 收件人 | li@example.com<li@example.com> |
| 抄送至 | |
| 主题 | Re: 询价 |
请问需要多大的蒸汽压力？
=== qq
------------------ 原始邮件 ------------------
发件人: "张三"<zhang@example.com>;
发送时间: 2026年11月23日(星期一) 上午10:00
收件人: "李四"<li@example.com>;
主题: Re: 询价



请问需要多大的蒸汽压力？
=== qq, new
------------------&nbsp;原始邮件&nbsp;------------------
发件人:        "张三"        <zhang@example.com&gt;;
发送时间:&nbsp;2026年11月23日(星期一) 上午10:00
收件人:&nbsp;"李四"<li@example.com&gt;;

主题:&nbsp;Re: 询价

请问需要多大的蒸汽压力？
=== wecom
发自我的企业微信

------------------ Original ------------------
From: "张三"<zhang@example.com>;
Date: Mon, Nov 23, 2026 10:00 AM
To: "李四"<li@example.com>;
Subject: Re: 询价

请问需要多大的蒸汽压力？
=== foxmail
发件人： zhang@example.com
发送时间： 2026-11-23 10:00
收件人： li
抄送： wang
主题： Re: 询价
请问需要多大的蒸汽压力？
=== outlook
________________________________
发件人: 张三 <zhang@example.com>
发送时间: 2026年11月23日 10:00
收件人: 李四 <li@example.com>
抄送: 王五 <wang@example.com>
主题: 答复: 询价

请问需要多大的蒸汽压力？
=== outlook, bold, no addresses
*发件人:* 张三
*发送时间:* 2026年11月23日 10:00
*收件人:* 李四
*主题:* 答复: 询价

请问需要多大的蒸汽压力？
=== outlook, old
-----邮件原件-----
发件人: 张三 [mailto:zhang@example.com]
发送时间: 2026年11月23日 10:00
收件人: 李四
主题: 询价

请问需要多大的蒸汽压力？
=== outlook, taiwan
寄件者: 張三 <zhang@example.com>
寄件日期: 2026年11月23日 上午 10:00
收件者: 李四
主旨: RE: 詢價

請問需要多大的壓力？
=== gmail, taiwan
張三 <zhang@example.com> 於 2026年11月23日 週一 上午10:00寫道：

> 請問需要多大的壓力？
=== dingtalk
------------------------------------------------------------------
发件人：张三 <zhang@example.com>
日　期：2026年11月23日 10:00:00
收件人：李四<li@example.com>
主　题：回复：询价

请问需要多大的蒸汽压力？
=== xiaomi
从我的小米手机发送

在 张三 <zhang@example.com>，2026年11月23日 10:00写道：

> 请问需要多大的蒸汽压力？
=== windows mail
从 Windows 版邮件发送

发件人: 张三
发送时间: 2026年11月23日 10:00
收件人: 李四
主题: 询价

请问需要多大的蒸汽压力？
=== outlook for ios
获取 Outlook for iOS<https://aka.ms/o0ukef>
________________________________
发件人: 张三 <zhang@example.com>
发送时间: Monday, November 23, 2026 10:00:00 AM
收件人: 李四
主题: 询价

请问需要多大的蒸汽压力？
""")


@BLANKS
@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
def test_fold_leaves_the_answer_above_a_chinese_quote(blanks: str, quote: str) -> None:
    folded = fold(f"{ANSWER}{blanks}{quote}\n")

    assert folded.visible == ANSWER
    assert folded.folded == quote
