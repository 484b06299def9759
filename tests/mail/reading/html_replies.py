"""Replies as the mail programs write them, shortened; who wrote what is told by the words.

The writer says "Two boilers" or "两台锅炉" and signs "Ana" or "李工"; what is quoted says "steam flow" or "蒸发量".
"""

# Chinese punctuation and Proton's dashes are what the mail programs write, and HTML reads best uncut.
# ruff: noqa: E501, RUF001

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``above`` are the lines a reader must see unquoted, attribution included; ``quoted`` the first quoted line."""

    html: str
    above: list[str]
    quoted: str
    below: tuple[str, ...] = ()


_WHEN = "On Tue, 3 Nov 2026 at 10:19, LIJU <sales@liju.example> wrote:"
_HEADER = [
    ("From", "LIJU &lt;sales@liju.example&gt;"),
    ("Sent", "Tuesday, 3 November 2026 10:19"),
    ("To", "ana@example.com"),
    ("Subject", "RE: steam boiler"),
]
_OUTLOOK_HEADER = "<br>".join(f"<b>{label}:</b> {value}" for label, value in _HEADER)
_ADDRESS = '&lt;<a href="mailto:sales@liju.example">sales@liju.example</a>&gt;'

REPLIES = {
    "gmail": Reply(
        html='<div dir="ltr">Two boilers, please.<div><br></div><div>Ana</div></div><br>'
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, 3 Nov 2026 at 10:19, '
        f"LIJU {_ADDRESS} wrote:<br></div>"
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">'
        '<div dir="ltr">Which steam flow?</div></blockquote></div>',
        above=["Two boilers, please.", "Ana", _WHEN],
        quoted="> Which steam flow?",
    ),
    "gmail, answers between and below the quotes": Reply(
        html=f'<div class="gmail_quote">On Tue, 3 Nov 2026 at 10:19, LIJU {_ADDRESS} wrote:<br>'
        '<blockquote class="gmail_quote">Which steam flow?</blockquote><div>2 t/h</div>'
        '<blockquote class="gmail_quote">Which fuel?</blockquote><div>Two boilers on gas. Ana</div></div>',
        above=[_WHEN],
        quoted="> Which steam flow?",
        below=("2 t/h", "Two boilers on gas. Ana"),
    ),
    "gmail, Chinese": Reply(
        html='<div dir="ltr">两台锅炉。<br>李工</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        '力聚 &lt;<a href="mailto:sales@liju.example">sales@liju.example</a>&gt;\n 于2026年11月3日周二 10:19写道：<br></div>'
        '<blockquote class="gmail_quote"><div dir="ltr">蒸发量多少？</div></blockquote></div>',
        above=["两台锅炉。", "李工", "力聚 <sales@liju.example> 于2026年11月3日周二 10:19写道："],
        quoted="> 蒸发量多少？",
    ),
    "gmail, forwarded": Reply(
        html='<div dir="ltr">Two boilers for Ana<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        '---------- Forwarded message ---------<br>From: <strong class="gmail_sendername" dir="auto">LIJU</strong> '
        '<span dir="auto">&lt;sales@liju.example&gt;</span><br>Date: Tue, 3 Nov 2026 at 10:19<br>Subject: steam flow'
        "<br>To: ana@example.com<br></div><br><br>Which steam flow?"
        "<blockquote>older words</blockquote></div></div>",
        above=["Two boilers for Ana"],
        quoted="> ---------- Forwarded message ---------",
    ),
    "apple mail": Reply(
        html='<html><body style="word-wrap: break-word;">Two boilers, please.<div>Ana<br><div><br><blockquote type="cite">'
        "<div>On 3 Nov 2026, at 10:19, LIJU &lt;sales@liju.example&gt; wrote:</div>"
        '<br class="Apple-interchange-newline"><div>Which steam flow?</div></blockquote></div></div></body></html>',
        above=["Two boilers, please.", "Ana"],
        quoted="> On 3 Nov 2026, at 10:19, LIJU <sales@liju.example> wrote:",
    ),
    "apple mail, Chinese": Reply(
        html='<div dir="ltr">两台锅炉。</div><div dir="ltr"><br><blockquote type="cite">2026年11月3日 10:19，'
        "力聚 &lt;sales@liju.example&gt; 写道：<br><br></blockquote></div>"
        '<blockquote type="cite"><div dir="ltr">\ufeff蒸发量多少</div></blockquote>',
        above=["两台锅炉。"],
        quoted="> 2026年11月3日 10:19，力聚 <sales@liju.example> 写道：",
    ),
    "thunderbird": Reply(
        html='<body bgcolor="#FFFFFF">Two boilers.<br><br>Ana<br><div class="moz-cite-prefix">On 03.11.2026 10:19, LIJU\n'
        '      wrote:<br></div><blockquote cite="mid:a@b" type="cite"><pre class="moz-quote-pre" wrap="">Which\n'
        "  steam flow?</pre></blockquote></body>",
        above=["Two boilers.", "Ana", "On 03.11.2026 10:19, LIJU wrote:"],
        quoted="> Which",
    ),
    "outlook 2016 and later": Reply(
        html='<body lang="EN-US"><div class="WordSection1"><p class="MsoNormal">Two boilers, please.<o:p></o:p></p>'
        '<p class="MsoNormal">Ana<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal">{_OUTLOOK_HEADER}<o:p></o:p></p></div></div>'
        '<p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">Which steam flow?<o:p></o:p></p></div></body>',
        above=["Two boilers, please.", "Ana"],
        quoted="> From: LIJU <sales@liju.example>",
    ),
    "outlook 2007, labels in a language we do not know": Reply(
        html="<div class=WordSection1><p class=MsoNormal>Two boilers.</p>"
        "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
        "<b>Kutoka:</b> LIJU<br><b>Ilitumwa:</b> 3/11<br><b>Kwa:</b> Ana</p></div><p class=MsoNormal>steam flow?</p></div>",
        above=["Two boilers."],
        quoted="> Kutoka: LIJU",
    ),
    "outlook 2003": Reply(
        html="<div class=Section1><p class=MsoNormal>Two boilers.</p><div><div class=MsoNormal align=center>"
        f"<hr size=3 width='100%' align=center tabindex=-1></div><p class=MsoNormal>{_OUTLOOK_HEADER}</p></div>"
        "<p class=MsoNormal>Which steam flow?</p></div>",
        above=["Two boilers."],
        quoted="> --------------------",
    ),
    "outlook, Chinese, without any mark": Reply(
        html='<div class="WordSection1"><p class="MsoNormal">两台锅炉。</p><p class="MsoNormal"><b>发件人:</b> 力聚 &lt;s@liju.example&gt; '
        "<br><b>发送时间:</b> 2026年11月3日 10:19<br><b>收件人:</b> 李工<br><b>主题:</b> 答复: 锅炉</p>"
        '<p class="MsoNormal">蒸发量多少</p></div>',
        above=["两台锅炉。"],
        quoted="> 发件人: 力聚 <s@liju.example>",
    ),
    "outlook, German, without any mark": Reply(
        html="<p>Two boilers.</p><p><b>Von:</b> LIJU<br><b>Gesendet:</b> Dienstag, 3. November 2026<br><b>An:</b> Ana<br>"
        "<b>Betreff:</b> AW: Kessel</p><p>steam flow?</p>",
        above=["Two boilers."],
        quoted="> Von: LIJU",
    ),
    "outlook on the web": Reply(
        html='<body dir="ltr"><div>Two boilers, please.</div><div id="appendonsend"></div>'
        '<div>Ana</div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri">{_OUTLOOK_HEADER}</font><div>&nbsp;</div></div><div>Which steam flow?</div></body>',
        above=["Two boilers, please.", "Ana"],
        quoted="> --------------------",
    ),
    "outlook on the web, nothing but the empty element": Reply(
        html='<div>Two boilers.</div><div id="appendonsend"></div><div>Which steam flow?</div>',
        above=["Two boilers."],
        quoted="> Which steam flow?",
    ),
    "the new outlook": Reply(
        html='<div>Two boilers.</div><div id="mail-editor-reference-message-container"><div '
        'class="ms-outlook-mobile-reference-message skipProofing"><hr><div id="divRplyFwdMsg">'
        f"{_OUTLOOK_HEADER}</div><div>Which steam flow?</div></div></div>",
        above=["Two boilers."],
        quoted="> --------------------",
    ),
    "outlook for mac": Reply(
        html=f'<div>Two boilers.</div><span id="OLK_SRC_BODY_SECTION"><div>{_OUTLOOK_HEADER}</div><div>steam flow?</div></span>',
        above=["Two boilers."],
        quoted="> From: LIJU <sales@liju.example>",
    ),
    "hotmail": Reply(
        html="<body class='hmmessage'><div dir='ltr'>Two boilers.<div>Ana<br><br><div><hr id=\"stopSpelling\">"
        "Date: Tue, 3 Nov 2026 10:19:45 +0800<br>Subject: steam<br>From: sales@liju.example<br>To: ana@example.com<br><br>"
        "<div>Which steam flow?</div></div></div></div></body>",
        above=["Two boilers.", "Ana"],
        quoted="> --------------------",
    ),
    "windows mail": Reply(
        html="<div>Two boilers.</div><div style='padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px'>"
        '<div><b>От:</b>&nbsp;<a href="mailto:sales@liju.example">LIJU</a><br><b>Отправлено:</b>&nbsp;вторник, 3 ноября'
        '<br><b>Кому:</b>&nbsp;<a href="mailto:ana@example.com">Ana</a></div></div><div><br></div><div>steam flow?</div>',
        above=["Two boilers."],
        quoted="> От: LIJU <sales@liju.example>",
    ),
    "yahoo": Reply(
        html='<div class="ydp4ecyahoo-style-wrap"><div dir="ltr">Two boilers.</div></div>'
        '<div id="yahoo_quoted_215" class="yahoo_quoted"><div><div>On Tuesday, November 3, 2026, LIJU wrote:</div>'
        "<div><br></div><div><div>Which steam flow?</div></div></div></div>",
        above=["Two boilers.", "On Tuesday, November 3, 2026, LIJU wrote:"],
        quoted="> Which steam flow?",
    ),
    "proton": Reply(
        html='<div>Two boilers.</div><div class="protonmail_quote"><div>‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐<br></div>'
        "<div> On Tuesday, November 3rd, 2026 at 10:19, LIJU wrote:<br></div><div> <br></div>"
        '<blockquote class="protonmail_quote" type="cite"><div>Which steam flow?</div></blockquote></div><div>Ana</div>',
        above=[
            "Two boilers.",
            "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
            "On Tuesday, November 3rd, 2026 at 10:19, LIJU wrote:",
        ],
        quoted="> Which steam flow?",
        below=("Ana",),
    ),
    "zimbra": Reply(
        html='<div>Two boilers.<br><br><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>'
        "sales@liju.example<br><b>Sent: </b>Tuesday<br></div><br><div>Which steam flow?</div></div>",
        above=["Two boilers."],
        quoted="> --------------------",
    ),
    "zoho": Reply(
        html='<div>Two boilers.</div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Tue, 03 Nov 2026 <b>LIJU</b> wrote '
        "----<br></div><br><blockquote><div>Which steam flow?</div></blockquote></div>",
        above=["Two boilers.", "---- On Tue, 03 Nov 2026 LIJU wrote ----"],
        quoted="> Which steam flow?",
    ),
    "mail.ru": Reply(
        html="<HTML><BODY><p>Two boilers.</p><br>Tue, 03 Nov 2026 10:19 +0300 от LIJU &lt;sales@liju.example&gt;:<br>"
        '<blockquote style="border-left:1px solid #0857A6;"><div id=""><style></style><base target="_self">'
        "<div>Which steam flow?</div></div></blockquote></BODY></HTML>",
        above=["Two boilers.", "Tue, 03 Nov 2026 10:19 +0300 от LIJU <sales@liju.example>:"],
        quoted="> Which steam flow?",
    ),
    "gmx": Reply(
        html='Two boilers.<br><div name="quote" style="margin:10px"><div><b>Sent:</b>&nbsp;Tuesday<br><b>From:</b>&nbsp;LIJU'
        '<br><b>To:</b>&nbsp;Ana<br><b>Subject:</b>&nbsp;steam</div><div name="quoted-content">steam flow?</div></div>',
        above=["Two boilers."],
        quoted="> Sent: Tuesday",
    ),
    "aol": Reply(
        html='<div>Two boilers.<br><br><div style="color:black">-----Original Message-----<br>From: LIJU &lt;s@liju.example&gt;'
        "<br>To: Ana<br>Sent: Tue, Nov 3<br>Subject: steam<br><br><div>Which steam flow?</div></div></div>",
        above=["Two boilers."],
        quoted="> -----Original Message-----",
    ),
    "samsung": Reply(
        html='<div dir="auto">Two boilers.</div><div><br></div><div>-------- Original message --------</div>'
        "<div>From: LIJU &lt;s@liju.example&gt; </div><div>Date: 03/11/2026 </div><div>Subject: steam </div><div>steam flow?</div>",
        above=["Two boilers."],
        quoted="> -------- Original message --------",
    ),
    "163": Reply(
        html='<div style="line-height:1.7">两台锅炉。<br>李工</div><br>At 2026-11-03 10:19:38, "力聚" &lt;s@liju.example&gt; wrote:<br>'
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex"><div>蒸发量多少</div></blockquote>'
        '<br><br><span title="neteasefooter"><p>&nbsp;</p></span>',
        above=["两台锅炉。", "李工", 'At 2026-11-03 10:19:38, "力聚" <s@liju.example> wrote:'],
        quoted="> 蒸发量多少",
    ),
    "163, a division": Reply(
        html='<div>两台锅炉。</div><div id="isReplyContent"><p>在 2026-11-03 10:19:38，"力聚" 写道：</p><div>蒸发量多少</div></div>',
        above=["两台锅炉。"],
        quoted='> 在 2026-11-03 10:19:38，"力聚" 写道：',
    ),
    "163, on a phone": Reply(
        html="<div>两台锅炉。</div><div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>力聚&lt;s@liju.example&gt;</td></tr>"
        "<tr><td>日期</td><td>2026年11月03日</td></tr><tr><td>收件人</td><td>李工</td></tr><tr><td>主题</td><td>锅炉</td></tr>"
        "</table><div>蒸发量多少</div>",
        above=["两台锅炉。"],
        quoted="> ---- 回复的原邮件 ----",
    ),
    "qq": Reply(
        html="<div>两台锅炉。</div><div>李工</div><div><includetail><!--<![endif]--></includetail></div><div><br></div>"
        '<div style="font-size: 12px;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div>'
        '<div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"力聚"&lt;s@liju.example&gt;;</div>'
        "<div><b>发送时间:</b>&nbsp;2026年11月3日(星期二) 中午10:19</div><div><b>收件人:</b>&nbsp;李工;</div>"
        "<div><b>主题:</b>&nbsp;锅炉</div></div><div><br></div><div>蒸发量多少</div><style>.qmbox style{}</style>",
        above=["两台锅炉。", "李工"],
        quoted="> ------------------ 原始邮件 ------------------",
    ),
    "qq, with an element for the original": Reply(
        html='<div>两台锅炉。</div><div id="original-content"><div>原始邮件</div><div>发件人：力聚</div><div>蒸发量多少</div></div>',
        above=["两台锅炉。"],
        quoted="> 原始邮件",
    ),
    "wecom": Reply(
        html="<div>两台锅炉。</div><div>&nbsp;</div><div><includetail><div>&nbsp;</div><div>------------------&nbsp;Original"
        "&nbsp;------------------</div><div><div><b>From: </b>&nbsp;力聚&lt;s@liju.example&gt;;</div><div><b>Date: </b>&nbsp;Tue</div>"
        "<div><b>To: </b>&nbsp;李工;</div><div><b>Subject: </b>&nbsp;锅炉</div></div><div>蒸发量多少</div></includetail></div>",
        above=["两台锅炉。"],
        quoted="> ------------------ Original ------------------",
    ),
    "foxmail": Reply(
        html='<div><span></span>两台锅炉。</div><hr style="width: 210px; height: 1px;" size="1" align="left"><div>李工</div>'
        '<blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div>'
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div><div><b>发件人：</b>&nbsp;'
        '<a href="mailto:s@liju.example">力聚</a></div><div><b>发送时间：</b>&nbsp;2026-11-03</div><div><b>收件人：</b>&nbsp;李工'
        '</div><div><b>主题：</b>&nbsp;锅炉</div></div></div><div><div class="FoxDiv20261103101938">蒸发量多少</div></div></blockquote>',
        above=["两台锅炉。", "--------------------", "李工"],
        quoted="> 发件人： 力聚 <s@liju.example>",
    ),
    "foxmail, without a blockquote": Reply(
        html='<div>两台锅炉。</div><div class="FoxDiv20261103101938"><div>蒸发量多少</div></div>',
        above=["两台锅炉。"],
        quoted="> 蒸发量多少",
    ),
    "aliyun and dingtalk": Reply(
        html='<div class="__aliyun_email_body_block"><div style="clear:both;"><span>两台锅炉。</span></div></div>'
        '<div class="__aliyun_previous_body"><blockquote><div>-----------------------------------</div>'
        "<div>发件人：力聚&lt;s@liju.example&gt;</div><div>日　期：2026年11月03日</div><div>主　题：锅炉</div><div>蒸发量多少</div>"
        "</blockquote></div>",
        above=["两台锅炉。"],
        quoted="> -----------------------------------",
    ),
    "aliyun, without its element": Reply(
        html='<div class="__aliyun_email_body_block"><div>两台锅炉。</div><div>------------------------------------------------</div>'
        "<div>发件人：力聚&lt;s@liju.example&gt;</div><div>日　期：2026年11月03日</div><div>收件人：李工</div><div>主　题：锅炉</div>"
        "<div><br></div><div>蒸发量多少</div></div>",
        above=["两台锅炉。"],
        quoted="> ------------------------------------------------",
    ),
    "sina": Reply(
        html='两台锅炉。<br /><div id="origbody"><div style="background: #f2f2f2;">----- 原始邮件 -----<br />发件人：力聚<br />'
        "收件人：李工<br />主题：锅炉<br />日期：2026年11月03日<br /></div><br /><div>蒸发量多少</div></div>",
        above=["两台锅炉。"],
        quoted="> ----- 原始邮件 -----",
    ),
    "japanese": Reply(
        html="<p>Two boilers.</p><p>-----元のメッセージ-----<br>差出人: LIJU<br>送信日時: 2026年11月3日<br>宛先: Ana<br>件名: steam</p><p>steam flow?</p>",
        above=["Two boilers."],
        quoted="> -----元のメッセージ-----",
    ),
}
