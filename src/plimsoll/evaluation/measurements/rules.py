"""When a month is over, when it is frozen, how a figure stands to its line, and how figures read. Decisions only; runs without Django."""

from __future__ import annotations

from datetime import datetime, timedelta

from plimsoll.kernel.figures.periods import Month

FREEZE_AFTER_DAYS = 15  # a day longer than an incident may be reopened and still count in its month
TREND = 12
SHORTEST_TREND = 6


def is_to_be_frozen(month: Month, at: datetime, days: int) -> bool:
    """Have so many days gone by since the month ended?"""
    return at >= month.end + timedelta(days=days)


def level(value: float | None, line: float | None, better: str, unit: str) -> float | None:
    """The load against the line, which is 1: what may not rise by itself, what may not fall by what is missing of it. None: not measured.

    A share that must not fall is measured by what missed it: 92.5 % against a line of 90 % is 7.5 of 10, a level of 0.75.
    """
    if value is None or line is None or better == "neither":
        return None
    if better == "down":
        return value / line if line else (0.0 if value == 0 else 2.0)
    if unit == "share":
        return (1 - value) / (1 - line) if line < 1 else (0.0 if value >= 1 else 2.0)
    return line / value if value else 2.0


def is_over(value: float | None, line: float | None, better: str) -> bool:
    """Is the figure on the wrong side of its line?"""
    if value is None or line is None or better == "neither":
        return False
    return value > line if better == "down" else value < line
