"""Charts as geometry: points on a plane, a line, gaps where nothing was measured. It knows no figure and writes no markup."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A dot of a curve, and whether it lies on the wrong side of the line."""

    x: float
    y: float
    is_over: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws: the size, stretches of the curve without gaps, dots, the height of line and target, marks of both axes."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    curves: tuple[str, ...]
    points: tuple[Point, ...]
    line_y: float | None
    aim_y: float | None
    grid: tuple[tuple[float, str], ...]
    months: tuple[tuple[float, str], ...]

    @property
    def is_trend(self) -> bool:
        """One dot leads from nowhere to nowhere."""
        return len(self.points) > 1

    @property
    def view(self) -> str:
        return f"0 0 {self.width} {self.height}"


def nice_top(highest: float, of: float = 1) -> float:
    """A round number of something (of seconds 3600: of hours) at or above the highest value, so that the axis can be read."""
    if highest <= 0:
        return of
    step = 10 ** math.floor(math.log10(highest / of)) * of
    return next(step * factor for factor in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * factor >= highest * 0.999999)


def draw(
    values: Sequence[float | None],
    *,
    labels: Sequence[str] = (),
    line: float | None = None,
    aim: float | None = None,
    is_over: Callable[[float], bool] = lambda value: False,
    top: float | None = None,
    of: float = 1,
    written: Callable[[float], str] = str,
    width: int = 760,
    height: int = 220,
    is_small: bool = False,
) -> Chart:
    """The geometry of a curve from 0 up. A small one has no axes, and its scale runs from the lowest value to the highest."""
    left, right, above, bottom = (4, 8, 5, 5) if is_small else (64, 72, 12, 24)
    known = [v for v in (*values, line, aim) if v is not None]
    low = min(known, default=0.0) if is_small else 0.0
    high = max(known, default=1.0) if is_small else top or nice_top(max(known, default=0.0), of)
    span = (high - low) or 1.0
    step = (width - left - right) / max(len(values) - 1, 1)

    def at(value: float) -> float:
        return round(height - bottom - (value - low) / span * (height - above - bottom), 1)

    points: list[Point] = []
    curves: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            curves.append([])
            continue
        x = round(left + place * step, 1)
        points.append(Point(x, at(value), is_over(value), place == len(values) - 1))
        curves[-1].append(f"{x},{at(value)}")
    return Chart(
        width,
        height,
        left,
        width - right,
        height - bottom,
        tuple(" ".join(run) for run in curves if len(run) > 1),
        tuple(points),
        None if line is None else at(line),
        None if aim is None else at(aim),
        () if is_small else tuple((at(high * n / 2), written(high * n / 2)) for n in range(3)),
        tuple((round(left + place * step, 1), label) for place, label in enumerate(labels)),
    )
