"""The geometry of charts and the words of figures. No database."""

import pytest

from plimsoll.evaluation.measurements.charts import draw, nice_top
from plimsoll.evaluation.measurements.words import change, made_of, said
from plimsoll.kernel.figures.definitions import Figure, indicator_named
from plimsoll.kernel.figures.periods import Month


def test_a_gap_parts_the_curve_and_has_no_dot() -> None:
    chart = draw([1, 2, None, 3, 4], labels=["a"] * 5)
    assert len(chart.curves) == 2 and len(chart.points) == 4


def test_what_is_beyond_the_line_is_marked_and_the_line_lies_between() -> None:
    chart = draw([1, 5], line=3, is_over=lambda value: value > 3)
    assert [p.is_over for p in chart.points] == [False, True]
    assert chart.line_y is not None and chart.points[1].y < chart.line_y < chart.points[0].y


@pytest.mark.parametrize("values", [[], [None, None], [0, 0], [7]])
def test_nothing_one_or_only_zeros_can_be_drawn(values: list[float | None]) -> None:
    for is_small in (True, False):
        assert draw(values, is_small=is_small).view


@pytest.mark.parametrize(("highest", "of", "top"), [(0, 1, 1), (193, 1, 200), (0.09, 1, 0.1), (95 * 3600, 3600, 100 * 3600), (7, 1, 8)])
def test_the_axis_ends_at_a_round_number(highest: float, of: float, top: float) -> None:
    assert nice_top(highest, of) == pytest.approx(top)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("incident_volume", 1234, "1,234"),
        ("incident_reopened", 0.925, "92.5%"),
        ("incident_reopened", None, "no records"),
        ("incident_time_to_resolve", 45 * 60, "45 min"),
        ("incident_time_to_resolve", 12_000, "3 h 20 min"),
        ("incident_time_to_resolve", 31.2 * 86_400, "31.2 days"),
        ("incident_handovers", 0.954, "0.95"),
    ],
)
def test_figures_read_as_people_say_them(key: str, value: float | None, text: str) -> None:
    assert said(indicator_named(key), value) == text


def test_a_share_says_what_it_was_made_of_and_a_change_is_told_in_words() -> None:
    share = indicator_named("incident_reopened")
    assert made_of(share, Figure(Month(2026, 1), 0.5, 7, 14)) == "7 of 14"
    assert change(share, 0.5, 0.4) == "10.0 points more than the month before"
    assert change(share, 0.5, None) == "nothing to compare with"
    assert change(indicator_named("incident_volume"), 3, 3) == "as the month before"
