"""The process map as a picture: a box for each process in the lane of its stage, an arrow for what passes. Pure geometry, attributes only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

BOX_W, BOX_H, GAP_X, GAP_Y, LANE, PAD = 148, 52, 40, 34, 26, 14
IN_A_ROW = 4
LETTERS, LINES = 21, 3
INK, SOFT, RULE, SEA, TINT, SHEET = "#1b252d", "#55626b", "#9aa6ae", "#0d6079", "#dcecf1", "#ffffff"
HEAD = 7.0  # of an arrow


@dataclass(frozen=True, slots=True)
class Box:
    """A process: its key, its name, the lane that it stands in, and whether it is in force (filled) or a draft (outlined)."""

    key: int
    label: str
    lane: str
    is_in_force: bool = True


def process_map(boxes: Sequence[Box], arrows: Iterable[tuple[int, int]], lanes: Sequence[tuple[str, str]], *, title: str) -> str:
    """The map as SVG; empty without boxes. `lanes` are (name, words), from the top; arrows go from key to key."""
    if not boxes:
        return ""
    places: dict[int, tuple[float, float]] = {}
    drawn: list[str] = []
    y = float(PAD)
    width = PAD * 2 + IN_A_ROW * BOX_W + (IN_A_ROW - 1) * GAP_X
    for lane, words in lanes:
        there = [box for box in boxes if box.lane == lane]
        if not there:
            continue
        rows = math.ceil(len(there) / IN_A_ROW)
        high = LANE + rows * BOX_H + (rows - 1) * GAP_Y + PAD
        drawn.append(f'<rect class="rule" x="2" y="{y - 4:.1f}" width="{width - 4}" height="{high + 4:.1f}" rx="4" fill="none" stroke="{RULE}"/>')
        drawn.append(_text(PAD, y + 14, words, size=12, anchor="start", soft=True))
        for n, box in enumerate(there):
            row, column = divmod(n, IN_A_ROW)
            places[box.key] = (PAD + column * (BOX_W + GAP_X), y + LANE + row * (BOX_H + GAP_Y))
        y += high + GAP_Y / 2
    both = {(one, other) for one, other in arrows if one in places and other in places and one != other}
    drawn += [_arrow(places[one], places[other], (other, one) in both) for one, other in sorted(both) if (other, one) not in both or one < other]
    drawn += [_drawn(box, *places[box.key]) for box in boxes if box.key in places]
    size = f'viewBox="0 0 {width} {y:.0f}" width="{width}" height="{y:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" {size} role="img" font-family="system-ui, sans-serif">'
        f"<title>{_letters(title)}</title>{''.join(drawn)}</svg>"
    )


def _arrow(start: tuple[float, float], end: tuple[float, float], is_both: bool) -> str:
    """A line from the edge of a box to that of another, with a head at its end, and at its start where something passes back."""
    from_x, from_y = _edge(start, end)
    to_x, to_y = _edge(end, start)
    angle = math.atan2(to_y - from_y, to_x - from_x)
    heads = _head(to_x, to_y, angle) + (_head(from_x, from_y, angle + math.pi) if is_both else "")
    return (
        f'<path class="rule" d="M{from_x:.1f} {from_y:.1f}L{to_x:.1f} {to_y:.1f}" fill="none" stroke="{SOFT}"/>'
        f'<path class="head" d="{heads}" fill="{SOFT}"/>'
    )


def _head(x: float, y: float, angle: float) -> str:
    points = [(x - HEAD * math.cos(angle + turn), y - HEAD * math.sin(angle + turn)) for turn in (0.45, -0.45)]
    return f"M{x:.1f} {y:.1f}L{points[0][0]:.1f} {points[0][1]:.1f}L{points[1][0]:.1f} {points[1][1]:.1f}Z"


def _edge(box: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """Where the line between the middles of two boxes leaves the first."""
    x, y = box[0] + BOX_W / 2, box[1] + BOX_H / 2
    dx, dy = towards[0] - box[0], towards[1] - box[1]
    if not dx and not dy:
        return x, y
    scale = min(BOX_W / 2 / abs(dx) if dx else math.inf, BOX_H / 2 / abs(dy) if dy else math.inf)
    return x + dx * scale, y + dy * scale


def _drawn(box: Box, x: float, y: float) -> str:
    fill, edge, kind, dashes = (TINT, SEA, "in", "") if box.is_in_force else (SHEET, RULE, "out", ' stroke-dasharray="4 3"')
    lines = wrap(box.label, LETTERS) or [""]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], lines[LINES - 1][: LETTERS - 1] + "…"]
    first = y + BOX_H / 2 + 4 - (len(lines) - 1) * 7.5
    said = "".join(_text(x + BOX_W / 2, first + n * 15, line) for n, line in enumerate(lines))
    return (
        f'<g data-process="{box.key}"><rect class="unit {kind}" x="{x:.1f}" y="{y:.1f}" width="{BOX_W}" height="{BOX_H}" rx="3" '
        f'fill="{fill}" stroke="{edge}"{dashes}/>{said}</g>'
    )


def _text(x: float, y: float, said: str, *, size: int = 12, anchor: str = "middle", soft: bool = False) -> str:
    colour, kind = (SOFT, ' class="soft"') if soft else (INK, "")
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{_letters(said)}</text>'


def _letters(said: str) -> str:
    """Text without what XML can't hold."""
    return escape("".join(c for c in said if c.isprintable()))
