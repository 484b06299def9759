"""What the letters that remind of promises say: one inquiry each, or a list of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from liju_contact.config import Settings
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.reminder import ReminderStep
from liju_contact.domain.text import clean_line
from liju_contact.mail.letter_text import name_in_subject
from liju_contact.usecases.deps import Reminding
from liju_contact.vocabulary import REMINDER_STEPS
from liju_contact.wording import Wording

_MOST_LINES = 50  # of a list; who has more reads them at the desk
_WORST_FIRST = (ReminderStep.ESCALATED, ReminderStep.OVERDUE, ReminderStep.BEFORE, ReminderStep.OWN_DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLine:
    """One inquiry of a list."""

    reference: str
    step: ReminderStep
    product: str
    who: str
    due: str
    url: str


def reminder_words(settings: Settings, reminding: Reminding, wording: Wording) -> dict[str, Any]:
    """Return what the template of one reminder takes; the time is that of the team's clock."""
    inquiry = reminding.inquiry
    staff = settings.catalogue.find_staff(inquiry.assignee) if inquiry.assignee else None
    name = staff.name.in_language(wording.language) if staff else ""
    return {
        "step": reminding.step.value,
        "due": wording.date_time(reminding.promised_at, team_zone(settings, inquiry)),
        "assigned": name_in_subject(name or inquiry.assignee or ""),
    }


def reminder_list_words(
    settings: Settings, remindings: Sequence[Reminding], wording: Wording, product_of: Callable[[Inquiry], str]
) -> dict[str, Any]:
    """Return what the template of a list takes: the worst first, no more than somebody reads in a letter."""
    sorted_ = sorted(remindings, key=lambda one: (_WORST_FIRST.index(one.step), one.promised_at))
    lines = [_line(settings, one, wording, product_of(one.inquiry)) for one in sorted_[:_MOST_LINES]]
    shown = {line.step for line in lines}
    return {
        "lines": lines,
        "steps": [(step, wording.gettext(REMINDER_STEPS[step])) for step in _WORST_FIRST if step in shown],
        "count": len({one.inquiry.id for one in remindings}),
        "more_count": len(remindings) - len(lines),
        "desk_url": f"{settings.web.base_url}/staff",
    }


def team_zone(settings: Settings, inquiry: Inquiry) -> tzinfo:
    """Return the clock of the team that has the inquiry."""
    team = settings.catalogue.find_team(inquiry.team)
    return ((team and team.working_hours) or settings.company.working_hours).zone


def _line(settings: Settings, reminding: Reminding, wording: Wording, product: str) -> ReminderLine:
    inquiry = reminding.inquiry
    return ReminderLine(
        reference=inquiry.reference,
        step=reminding.step,
        product=product,
        who=name_in_subject(clean_line(inquiry.company) or clean_line(inquiry.name)),
        due=wording.date_time(reminding.promised_at, team_zone(settings, inquiry)),
        url=f"{settings.web.base_url}/staff/inquiry/{inquiry.reference}",
    )
