"""The trend of an objective: where its measurements and its target lie in a drawing of fixed size. Pure; runs without Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 220, 64, 690, 16, 190


@dataclass(frozen=True, slots=True)
class Dot:
    """One measurement in the drawing."""

    x: int
    y: int
    is_met: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """What a template draws."""

    curve: str
    dots: tuple[Dot, ...]
    target_y: int | None
    baseline_y: int | None
    days: tuple[tuple[int, date], ...]
    view: str = f"0 0 {WIDTH} {HEIGHT}"
    left: int = LEFT
    right: int = RIGHT
    bottom: int = BOTTOM
    labels_y: int = HEIGHT - 8


def trend(
    values: Sequence[tuple[date, Decimal, bool]], *, target: Decimal | None, baseline: Decimal | None, until: date | None = None
) -> Trend | None:
    """(day, value, is the target met) oldest first, as a curve over time; None where nothing was measured."""
    if not values:
        return None
    first, last = values[0][0], max(values[-1][0], until or values[-1][0])
    span = max(1, (last - first).days)
    numbers = [value for _day, value, _met in values] + [n for n in (target, baseline) if n is not None]
    low, high = min(numbers), max(numbers)
    reach = (high - low) or Decimal(1)

    def y(value: Decimal) -> int:
        return BOTTOM - round(float((value - low) / reach) * (BOTTOM - TOP - 10)) - 5

    def x(day: date) -> int:
        return LEFT + 10 + round((day - first).days / span * (RIGHT - LEFT - 20))

    dots = tuple(Dot(x(day), y(value), met, n == len(values)) for n, (day, value, met) in enumerate(values, start=1))
    marks = [first] if first == values[-1][0] else [first, values[-1][0]]
    if until is not None and x(until) - x(marks[-1]) > 90:
        marks.append(until)
    return Trend(
        " ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots,
        y(target) if target is not None else None,
        y(baseline) if baseline is not None else None,
        tuple((x(day), day) for day in marks),
    )
