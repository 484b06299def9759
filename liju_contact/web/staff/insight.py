"""``/staff/insight``: what inquiries add up to, as charts with a table each; every figure opens the list behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, request

from liju_contact.domain.insight import MOST_MONTHS, days_of
from liju_contact.domain.person import Action
from liju_contact.domain.spreadsheet import safe_cell
from liju_contact.usecases.show_insight import Insight, Line, show_insight
from liju_contact.web.download import FILE_POLICY
from liju_contact.web.rendering import current_deps, current_language, current_wording
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.charts import bar_chart, line_chart, spark
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk

bp = desk_blueprint("insight", __name__)
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the machine's own charset
_Row = Sequence[Any]


@bp.get("/insight")
@needs(Action.INSIGHT)
def show() -> str:
    insight = _asked()
    return render_desk(
        "staff/insight.html",
        room="insight",
        insight=insight,
        most_months=MOST_MONTHS,
        zone=current_deps().settings.company.working_hours.zone,
        month_names=[_month_name(month) for month in insight.months],
        axis_names=[
            current_wording().month_on_axis(
                days_of(month)[0], is_first=number == 0 and not _is_before_january(insight.months)
            )
            for number, month in enumerate(insight.months)
        ],
        received=bar_chart([facts.received_count for facts in insight.by_month]),
        answer_hours=line_chart([facts.median_hours for facts in insight.by_month]),
        in_time=line_chart([_percent(facts.in_time_share) for facts in insight.by_month], top=100.0),
        spark=_spark_of,
        label=_label,
        list_url=lambda **words: _list_url(insight, **words),
        csv_url=lambda name: f"/staff/insight/{name}.csv?{urlencode(_period(insight))}",
    )


@bp.get("/insight/<name>.csv")
@needs(Action.INSIGHT)
def table(name: str) -> Response:
    """Hand out one table of the page; it opens right in Excel, and no cell of it can run."""
    rows = _TABLES.get(name)
    if rows is None:
        abort(404)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows(_asked()))
    response = Response(_BYTE_ORDER_MARK + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="insight-{name}.csv"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def _asked() -> Insight:
    deps, args = current_deps(), request.args
    return show_insight(
        deps,
        current_person(),
        first=args.get("first", ""),
        last=args.get("last", ""),
        product=args.get("product", ""),
        now=deps.now(),
    )


def _spark_of(lines: Sequence[Line], line: Line) -> Any:
    return spark(line.counts, max((max(each.counts) for each in lines), default=0))


def _label(kind: str, id_: str) -> str:
    """Return what a product line, topic or country is called; an id the settings no longer know is its own name."""
    catalogue = current_deps().settings.catalogue
    if kind == "country":
        return current_wording().country(id_)
    if kind == "product" and not id_:
        return _("inquiry by e-mail")
    found = catalogue.find_product_line(id_) if kind == "product" else catalogue.find_topic(id_)
    return found.label.in_language(current_language()) if found else id_


def _is_before_january(months: Sequence[str]) -> bool:
    """Tell whether the second month says its year, so that the first need not: both would stand in each other's way."""
    return len(months) > 1 and months[1].endswith("-01")


def _month_name(month: str) -> str:
    return current_wording().month(days_of(month)[0])


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _period(insight: Insight) -> dict[str, str]:
    period = {"first": insight.months[0], "last": insight.months[-1]}
    return {**period, "product": insight.product} if insight.product else period


def _list_url(insight: Insight, *, month: str = "", **words: str) -> str:
    """Return the list behind a figure: the inquiries of its months, and of what else it counts."""
    first, last = days_of(month or insight.months[0])[0], days_of(month or insight.months[-1])[1] - timedelta(days=1)
    product = {"product": insight.product} if insight.product else {}
    return f"/staff?{urlencode({'view': 'all', **product, **words, 'from': first, 'to': last, 'counted': '1'})}"


def _months_table(insight: Insight) -> list[_Row]:
    head = [_("Month"), _("Inquiries"), _("Answered"), _("Median first answer, hours"), _("In time, per cent")]
    return [head] + [
        [
            month,
            facts.received_count,
            facts.answered_count,
            _rounded(facts.median_hours),
            _rounded(_percent(facts.in_time_share)),
        ]
        for month, facts in zip(insight.months, insight.by_month, strict=True)
    ]


def _lines_table(insight: Insight, kind: str, lines: Sequence[Line], head: str) -> list[_Row]:
    rows: list[_Row] = [[head, *insight.months, _("Total"), _("Same time before")]]
    return rows + [[_label(kind, line.id), *line.counts, line.total, _told(line.total_before)] for line in lines]


def _returning_table(insight: Insight) -> list[_Row]:
    rows: list[_Row] = [[_("Product line"), _("Kind"), _("What"), _("Inquiries")]]
    for line in insight.returning:
        product = _label("product", line.product)
        rows += [[product, _("Topic"), _label("topic", id_), count] for id_, count in line.topics]
        rows += [[product, _("Tag"), tag, count] for tag, count in line.tags]
        rows += [[product, _("Word"), word, count] for word, count in line.words]
    return rows


def _ratings_table(insight: Insight) -> list[_Row]:
    head: list[_Row] = [[_("Rating"), _("Customers")]]
    return head + [[star, insight.total.stars.get(star, 0)] for star in (5, 4, 3, 2, 1)]


_TABLES: Mapping[str, Callable[[Insight], list[_Row]]] = MappingProxyType(
    {
        "months": _months_table,
        "products": lambda insight: _lines_table(insight, "product", insight.products, _("Product line")),
        "topics": lambda insight: _lines_table(insight, "topic", insight.topics, _("Topic")),
        "countries": lambda insight: _lines_table(insight, "country", insight.countries, _("Country")),
        "returning": _returning_table,
        "ratings": _ratings_table,
    }
)


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 1)


def _told(count: int | None) -> int | str:
    return "" if count is None else count


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula."""
    return safe_cell(value) if isinstance(value, str) else value
