"""The scale of a chart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liju_contact.web.staff.charts import bar_chart


@given(largest=st.floats(0, 1e7))
def test_a_chart_is_divided_in_whole_numbers_and_reaches_not_much_too_high(largest: float) -> None:
    grid = [line.value for line in bar_chart([largest]).grid]

    assert all(value == int(value) for value in grid)
    assert max(4, largest) <= grid[-1] <= max(4, 2 * largest)


@given(values=st.lists(st.integers(0, 10**6), min_size=1, max_size=36))
def test_a_number_has_room_above_its_bar(values: list[int]) -> None:
    letters_high = 18  # of a phone's font, in the chart's own units
    assert all(bar.y - 3 >= letters_high for bar in bar_chart(values).bars)
