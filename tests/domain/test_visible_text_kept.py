# punctuation as people type it
"""Letters in which nothing may be folded: they only look as if they quoted or were signed."""

import pytest

from liju_contact.domain.visible_text import fold
from tests.domain.test_visible_text_languages import letters

LETTERS = letters("""
=== wrote within a sentence
On 5 May 2026 at 10:00 Ann wrote: we need 3 boilers.
Please quote for them.
=== a person who wrote
On 12 May 2026 at 10:00 the inspector wrote:
The valve on boiler 2 leaks.

What shall we do?
=== a person who wrote, no time
On 12 May 2026 our engineer wrote:

The valve leaks.

What shall we do?
=== der Kunde schrieb
Am 12.05.2026 um 10:00 schrieb der Kunde:

Das Ventil leckt.

Was tun?
=== 检验员写道
2026年5月12日的报告里，检验员写道：
锅炉2号阀门泄漏。
请问怎么处理？
=== a line that ends with wrote
As I wrote:
the pressure is 10 bar.

Best regards
Ann
=== a name first
Ann Smith will call you tomorrow.
Bob
=== freight
We need transport:

From: Shanghai
To: Hamburg
Date: 12 May 2026

What does it cost?
=== from in prose
From: 1 January on we burn gas.
To: save money, of course.
How much will we need?
=== one header of a log
The log of the server says

From: monitor@example.com
status: failed

every night. Why?
=== a log in code
Our gateway sends this:

```
From: a@example.com
To: b@example.com
Date: 5 May 2026
Subject: x

> 250 ok
```

Is it right?
=== the source of a mail
Your letter came back, with this in it:

Return-Path: <a@example.com>
Received: from mx.example.com; 5 May 2026 10:00:00 +0200
Date: 5 May 2026 10:00:00 +0200
From: a@example.com
To: b@example.com
Subject: Boiler

Is our address right?
=== a number above a name
Delivery on 12.05.2026 is fine for us.
Ann Smith
=== indented headers
Our gateway sends this:

    From: a@example.com
    To: b@example.com
    Subject: alarm

Is it right?
=== a table
| Item | Qty |
|------|-----|
| Valve | 3 |
| Pump | 1 |

Please quote.
=== a table with labels
| Date | 12 May 2026 |
| To | Hamburg |
| Pressure | 10 bar |

Please quote.
=== a plain table
Item      Qty
-------------
Valve     3
Pump      1
-------------
Total     4

Please quote.
=== rules between sections
First boiler: 2 t/h at 10 bar.

---

Second boiler: 4 t/h, we are not sure yet

---

Third: none.
=== a heading with a rule
Data
====

Steam 2 t/h, feed water at 80 degrees.

Fuel
----
Natural gas from the grid.
=== stars
* 2 t/h
* 10 bar
***
* natural gas

Thanks
=== a shell
Please run:

> show status
> show alarms
=== a quote that is answered
> What pressure?

10 bar.

> Which fuel?

Natural gas.
=== a quote set in by hand
You say in your data sheet

> 10 bar at most

Is 12 possible?
=== a quote that the writer announces
I repeat what I wrote:

> The pressure is 10 bar.
=== compared numbers
Flow must be
> 2 t/h
and pressure
< 10 bar.
=== a link that was wrapped
See our drawing <https://example.com/a/very/long/path
> and call us.
=== an address that was wrapped
Write to Ann <ann@example.com
> or call us.
=== sent from a place
The parts are on their way.

Sent from our warehouse in Hamburg yesterday
=== sent by a carrier
Drawings follow.

Sent by DHL on Monday.
=== 从仓库发送
图纸已经寄出。

从上海仓库发送
=== greetings
Yes, please.

Best regards,
Ann Smith
Boiler GmbH
+49 30 1234567
www.example.com
=== two dashes in a line
The valve -- the big one -- leaks.
--help does not help.
=== appointment
We come on site:

Date: Wednesday 3 October 2026
Time: 7:00
Place: Boiler house 2

Is that fine?
=== technical data
Subject: steam boiler
Pressure: 10 bar
Flow: 2 t/h
Date: 12 May 2026

Please quote.
=== a line of colons
Please tell us:
2026-05-12 10:00:
- the price:
- the date:
=== a meeting
10:00-11:00, 23 November 2026, boiler house:
we start with the burner.
=== markdown
# Boiler

## Data

- **Steam**: 2 t/h
- **From:** Hamburg

> Note: gas only

Thanks
=== a forward
Begin forwarded message:

From: Ann <ann@example.com>
Subject: Boiler
Date: 23 November 2026
To: Bob

We need steam.
=== a forward by outlook
From: Ann <ann@example.com>
Sent: 23 November 2026 10:00
To: Bob
Subject: Boiler

We need steam.
=== only a quote
> What pressure?
> Ann
=== only a signature
--
Ann
=== only a telephone
Sent from my iPhone
""")


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_fold_leaves_the_whole_letter(letter: str) -> None:
    folded = fold(letter)

    assert folded.visible == letter
    assert folded.folded == ""
