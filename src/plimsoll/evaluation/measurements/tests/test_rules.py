"""When months freeze and how figures stand to their line. No database."""

from datetime import timedelta

import pytest

from plimsoll.evaluation.measurements.rules import is_over, is_to_be_frozen, level
from plimsoll.kernel.figures.periods import Month


def test_a_month_is_frozen_so_many_days_after_its_end_in_its_zone() -> None:
    month = Month(2026, 10, "Europe/London")
    assert not is_to_be_frozen(month, month.end + timedelta(days=15) - timedelta(seconds=1), 15)
    assert is_to_be_frozen(month, month.end + timedelta(days=15), 15)


@pytest.mark.parametrize(
    ("value", "line", "better", "unit", "wanted"),
    [
        (0.925, 0.9, "up", "share", 0.75),
        (0.05, 0.1, "down", "share", 0.5),
        (12, 10, "down", "count", 1.2),
        (None, 10, "down", "count", None),
        (5, None, "down", "count", None),
        (0, 0, "down", "count", 0),
        (1, 0, "down", "count", 2),
        (1.0, 1.0, "up", "share", 0),
        (0.99, 1.0, "up", "share", 2),
        (5, 10, "up", "number", 2),
    ],
)
def test_the_level_is_the_load_against_the_line(value: float, line: float, better: str, unit: str, wanted: float | None) -> None:
    assert level(value, line, better, unit) == (wanted if wanted is None else pytest.approx(wanted))


def test_over_is_the_wrong_side_of_the_line_and_on_it_is_not_over() -> None:
    assert is_over(11, 10, "down") and not is_over(10, 10, "down")
    assert is_over(0.8, 0.9, "up") and not is_over(0.9, 0.9, "up")
    assert not is_over(None, 0.9, "up") and not is_over(5, None, "down")
