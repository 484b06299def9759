"""Where the lines and bars of a chart stand, in the units of its SVG ``viewBox``; templates draw them.

Charts are drawn on the server, so they print, need no script and no foreign code, and fit a strict content policy.
Every chart has a table beside it that says the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT = 144.0, 24.0
WIDTH, HEIGHT = 720.0, 200.0
_LEFT, _TOP, _BOTTOM = 54.0, 24.0, 24.0  # above, a number stands on the highest bar
_GAP = 0.28  # of a bar's place
_GRID_LINES = 4
_MOST_LABELS = 12
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """``index`` is that of the value it stands for."""

    index: int
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLine:
    y: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``lines`` are the points of a line, in pieces where values are missing; ``dots`` those with their index.

    ``labelled`` names the indexes that have room for a label below.
    """

    width: float
    height: float
    left: float
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    dots: tuple[tuple[int, float, float], ...]
    grid: tuple[GridLine, ...]
    labelled: frozenset[int]


def bar_chart(values: Sequence[float]) -> Chart:
    """Return a chart of bars from zero."""
    top = nice_top(max(values, default=0))
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        bars=_bars(values, top, left=_LEFT, right=WIDTH, above=_TOP, below=HEIGHT - _BOTTOM),
        lines=(),
        dots=(),
        grid=_grid(top),
        labelled=_labelled(len(values)),
    )


def line_chart(values: Sequence[float | None], *, top: float | None = None) -> Chart:
    """Return a chart of one line from zero to ``top``; where a value is missing the line is broken.

    It stands beside another, so it has half the room for labels.
    """
    top = top or nice_top(max((value for value in values if value is not None), default=0))
    place = (WIDTH - _LEFT) / max(len(values), 1)
    dots = tuple(
        (index, round(_LEFT + place * (index + 0.5), 1), round(_height_of(value, top), 1))
        for index, value in enumerate(values)
        if value is not None
    )
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        bars=(),
        lines=_pieces(dots),
        dots=dots,
        grid=_grid(top),
        labelled=_labelled(len(values), most=_MOST_LABELS // 2),
    )


def spark(values: Sequence[int], top: float) -> tuple[Bar, ...]:
    """Return the small bars beside a row; rows of one table share ``top``, so that they can be compared."""
    return _bars(values, max(top, 1), left=0, right=SPARK_WIDTH, above=1, below=SPARK_HEIGHT)


def nice_top(largest: float) -> float:
    """Return a number not below ``largest`` whose quarters are round and whole: there is no half of an inquiry."""
    quarter = max(largest / _GRID_LINES, 1.0)
    power = 10 ** math.floor(math.log10(quarter))
    steps = (step * power for step in _STEPS if step * power >= quarter)
    return float(_GRID_LINES * next(step for step in steps if step == int(step)))


def _bars(
    values: Sequence[float], top: float, *, left: float, right: float, above: float, below: float
) -> tuple[Bar, ...]:
    place = (right - left) / max(len(values), 1)
    return tuple(
        Bar(
            index=index,
            x=round(left + place * (index + _GAP / 2), 1),
            y=round(below - (below - above) * value / top, 1),
            width=round(place * (1 - _GAP), 1),
            height=round((below - above) * value / top, 1),
            middle=round(left + place * (index + 0.5), 1),
        )
        for index, value in enumerate(values)
    )


def _height_of(value: float, top: float) -> float:
    below = HEIGHT - _BOTTOM
    return below - (below - _TOP) * min(value, top) / top


def _grid(top: float) -> tuple[GridLine, ...]:
    values = [top * number / _GRID_LINES for number in range(_GRID_LINES + 1)]
    return tuple(GridLine(y=round(_height_of(value, top), 1), value=value) for value in values)


def _labelled(count: int, *, most: int = _MOST_LABELS) -> frozenset[int]:
    step = max(1, math.ceil(count / most))
    return frozenset(range((count - 1) % step if count else 0, count, step))


def _pieces(dots: Sequence[tuple[int, float, float]]) -> tuple[str, ...]:
    pieces: list[list[str]] = []
    for position, (index, x, y) in enumerate(dots):
        if position == 0 or dots[position - 1][0] != index - 1:
            pieces.append([])
        pieces[-1].append(f"{x},{y}")
    return tuple(" ".join(piece) for piece in pieces)
