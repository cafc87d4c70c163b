"""Drawings of documents and pages: a chart of units, and a heat map. Pure geometry with its own colours, for paper.

Everything is an attribute, no style and no id, so that a page may hold several; its style sheet gives the classes colours for light and dark.
What a drawing says must stand in a table beside it: the caller has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

BOX_W, LINE_H, PAD = 168, 17, 10
GAP_X, GAP_Y, INDENT = 22, 20, 26
BESIDE = 5  # so many units under the first stand side by side, those under them one below the other; more are drawn as a tree that goes down
INK, SOFT, RULE, SEA, TINT, SHEET = "#1b252d", "#55626b", "#9aa6ae", "#0d6079", "#dcecf1", "#ffffff"
HEAT = ("#eef3f5", "#f4eeda", "#fbdfbd", "#f3c4ac")  # from still to hot, as on the page of risks
LETTERS = 22  # in a line of a box


@dataclass(frozen=True, slots=True)
class Node:
    """A unit: `under` is the key of the one that it belongs to. A marked one is filled."""

    key: str
    label: str
    under: str = ""
    note: str = ""
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell of a heat map, and in which band it lies: 0 is the lowest."""

    text: str
    band: int


@dataclass(slots=True)
class _Box:
    node: Node
    lines: list[str]
    x: float = 0
    y: float = 0

    @property
    def height(self) -> float:
        return PAD * 2 + LINE_H * len(self.lines) - 3


def organisation_chart(nodes: Sequence[Node], *, title: str, marked: str = "", unmarked: str = "") -> str:
    """Units as boxes under each other. `marked` and `unmarked` say what filled and outlined boxes are; both are in the legend when given.

    A unit whose `under` is missing, or that would stand under itself, stands at the top.
    """
    children = _children(nodes)
    roots = children[""]
    boxes: list[_Box] = []
    lines: list[str] = []
    x = 0.0
    bottom = 0.0
    is_broad = len(roots) == 1 and 1 < len(children.get(roots[0].key, ())) <= BESIDE
    if is_broad:
        top = _box(roots[0])
        heads = children[roots[0].key]
        y = top.height + GAP_Y * 2
        for head in heads:
            deepest, low = _down(head, children, x, y, boxes, lines)
            first = next(box for box in boxes if box.node is head)
            lines.append(f"M{first.x + BOX_W / 2:.1f} {y - GAP_Y:.1f}V{y:.1f}")
            x, bottom = deepest + GAP_X, max(bottom, low)
        middles = [next(box for box in boxes if box.node is head).x + BOX_W / 2 for head in heads]
        top.x = (middles[0] + middles[-1]) / 2 - BOX_W / 2
        boxes.append(top)
        lines.append(f"M{top.x + BOX_W / 2:.1f} {top.height:.1f}V{y - GAP_Y:.1f}M{middles[0]:.1f} {y - GAP_Y:.1f}H{middles[-1]:.1f}")
        width = x - GAP_X
    else:
        width = 0.0
        for root in roots:
            deepest, bottom = _down(root, children, 0, bottom, boxes, lines)
            bottom += GAP_Y
            width = max(width, deepest)
        bottom -= GAP_Y if roots else 0
    legend, height = _legend([(marked, TINT, SEA, "in"), (unmarked, SHEET, RULE, "out")] if marked or unmarked else [], bottom + GAP_Y)
    drawn = f'<path class="rule" d="{"".join(lines)}" fill="none" stroke="{RULE}"/>' if lines else ""
    return _svg(max(width, 340 if legend else BOX_W), height if legend else bottom, title, drawn + "".join(_drawn(box) for box in boxes) + legend)


def _children(nodes: Sequence[Node]) -> dict[str, list[Node]]:
    """The units under each; what hangs in a circle or on nothing hangs at the top, under the empty key."""
    known = {node.key: node for node in nodes}
    children: dict[str, list[Node]] = {"": []}
    for node in nodes:
        above, seen = node.under, {node.key}
        while above in known and above not in seen:
            seen.add(above)
            above = known[above].under
        is_round = above in seen
        children.setdefault("" if is_round or node.under not in known else node.under, []).append(node)
    return children


def _box(node: Node) -> _Box:
    return _Box(node, [*(wrap(node.label, LETTERS) or [""]), *wrap(node.note, LETTERS + 3)])


def _down(node: Node, children: dict[str, list[Node]], x: float, y: float, boxes: list[_Box], lines: list[str]) -> tuple[float, float]:
    """A unit and all under it, one below the other, set in by their depth. Returns the right and the lower edge."""
    waiting = [(node, 0, None)]
    stack: list[tuple[Node, int, _Box | None]] = [*waiting]
    right = x + BOX_W
    while stack:
        at, depth, above = stack.pop()
        box = _box(at)
        box.x, box.y = x + depth * INDENT, y
        boxes.append(box)
        if above:
            lines.append(f"M{above.x + INDENT / 2:.1f} {above.y + above.height:.1f}V{box.y + box.height / 2:.1f}H{box.x:.1f}")
        right = max(right, box.x + BOX_W)
        y += box.height + GAP_Y / 2
        stack += [(child, depth + 1, box) for child in reversed(children.get(at.key, ()))]
    return right, y - GAP_Y / 2


def _drawn(box: _Box) -> str:
    fill, edge, kind = (TINT, SEA, "in") if box.node.is_marked else (SHEET, RULE, "out")
    dashes = "" if box.node.is_marked else ' stroke-dasharray="4 3"'
    many = len(wrap(box.node.label, LETTERS) or [""])
    said = "".join(
        _text(
            box.x + BOX_W / 2, box.y + PAD + 11 + LINE_H * number, line, size=13 if number < many else 11, soft=number >= many, strong=number < many
        )
        for number, line in enumerate(box.lines)
    )
    return (
        f'<g><rect class="unit {kind}" x="{box.x:.1f}" y="{box.y:.1f}" width="{BOX_W}" height="{box.height:.1f}" rx="3" '
        f'fill="{fill}" stroke="{edge}"{dashes}/>{said}</g>'
    )


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Cell]],
    bands: Sequence[str],
    *,
    title: str,
    down: str = "",
    across: str = "",
) -> str:
    """A grid whose cells are coloured by their band, with the number of the band in its corner: colours are never all that tells.

    `cells` stand row by row, the first row is on top. `bands` are their names, the lowest first; `down` and `across` name what rows and columns are.
    """
    wide, high = 92, 54
    left = 22 + max((min(len(row), 24) for row in rows), default=0) * 6.4 + (18 if down else 0)
    parts: list[str] = []
    for r, name in enumerate(rows):
        parts += _lines(left - 10, r * high + high / 2, name, anchor="end", letters=24)
        for c, cell in enumerate(cells[r]):
            x, y = left + c * wide, r * high
            heat = _heat(cell.band, len(bands))
            parts.append(
                f'<g><rect class="cell" data-heat="{heat}" x="{x:.1f}" y="{y:.1f}" width="{wide}" height="{high}" '
                f'fill="{HEAT[heat - 1]}" stroke="{SHEET}"/>'
            )
            parts.append(_text(x + wide - 8, y + 15, str(cell.band + 1), size=9, soft=True, anchor="end"))
            parts += [*_lines(x + wide / 2, y + high / 2, cell.text, letters=13, strong=True), "</g>"]
    bottom = len(rows) * high
    for c, name in enumerate(columns):
        parts += _lines(left + c * wide + wide / 2, bottom + 22, name, letters=14)
    bottom += 44
    if across:
        parts.append(_text(left + len(columns) * wide / 2, bottom + 6, across, soft=True))
        bottom += 18
    if down:
        middle = len(rows) * high / 2
        parts.append(f'<g transform="rotate(-90 12 {middle:.1f})">{_text(12, middle, down, soft=True)}</g>')
    names = [
        (f"{number + 1}  {name}", HEAT[_heat(number, len(bands)) - 1], SHEET, str(_heat(number, len(bands)))) for number, name in enumerate(bands)
    ]
    legend, height = _legend(names, bottom + GAP_Y)
    return _svg(max(left + len(columns) * wide, 340), height, title, "".join(parts) + legend)


def _heat(band: int, many: int) -> int:
    """The heat of a band, from 1 to 4, whatever the number of bands."""
    return 1 + round(max(0, min(band, many - 1)) * (len(HEAT) - 1) / max(1, many - 1))


def _legend(names: Iterable[tuple[str, str, str, str]], y: float) -> tuple[str, float]:
    """What the colours mean, one line each, and the lower edge."""
    parts = []
    for name, fill, edge, kind in names:
        if name:
            mark = f'class="cell" data-heat="{kind}"' if kind.isdigit() else f'class="unit {kind}"'
            dashes = ' stroke-dasharray="4 3"' if kind == "out" else ""
            parts.append(f'<rect {mark} x="1" y="{y:.1f}" width="22" height="13" fill="{fill}" stroke="{edge}"{dashes}/>')
            parts.append(_text(31, y + 11, name, anchor="start"))
            y += 20
    return "".join(parts), y


def _lines(x: float, y: float, said: str, *, letters: int, anchor: str = "middle", strong: bool = False) -> Iterator[str]:
    lines = wrap(said, letters)[:3]
    for number, line in enumerate(lines):
        yield _text(x, y + 4 + (number - (len(lines) - 1) / 2) * 14, line, size=12, anchor=anchor, strong=strong)


def _text(x: float, y: float, said: str, *, size: int = 12, anchor: str = "middle", soft: bool = False, strong: bool = False) -> str:
    weight = ' font-weight="600"' if strong else ""
    colour, kind = (SOFT, ' class="soft"') if soft else (INK, "")
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>{_letters(said)}</text>'


def _letters(said: str) -> str:
    """Text without what XML can't hold."""
    return escape("".join(c for c in said if c.isprintable()))


def _svg(width: float, height: float, title: str, drawn: str) -> str:
    width, height = width + 4, height + 4
    view = f"-2 -2 {width:.0f} {height:.0f}"
    size = f'viewBox="{view}" width="{width:.0f}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" {size} role="img" font-family="system-ui, sans-serif">'
        f"<title>{_letters(title)}</title>{drawn}</svg>"
    )
