"""The organisation chart as a picture: a tree with what is in scope marked. Pure: it knows nodes, not records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW, INDENT, PAD, HEIGHT = 44, 28, 12, 34
LETTER = 7.6  # about the width of a letter at the size of the text
MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Node:
    """One unit: its key, its name, the key of what it belongs to, and whether it is in scope."""

    key: int
    name: str
    parent: int | None
    in_scope: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with its depth in the tree and the row of what it belongs to."""

    node: Node
    depth: int
    above: int | None


def placed(nodes: Sequence[Node]) -> list[Placed]:
    """The tree from the top, each level in the order given. What belongs to nothing here stands at the top; a circle is cut where it is met."""
    there = {n.key for n in nodes}
    children: dict[int | None, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent if node.parent in there and node.parent != node.key else None, []).append(node)
    told: list[Placed] = []
    seen: set[int] = set()

    def walk(tops: Sequence[Node]) -> None:
        waiting: list[tuple[Node, int, int | None]] = [(node, 0, None) for node in reversed(tops)]
        while waiting:
            node, depth, above = waiting.pop()
            if node.key in seen:
                continue
            seen.add(node.key)
            told.append(Placed(node, depth, above))
            row = len(told) - 1
            waiting += [(child, depth + 1, row) for child in reversed(children.get(node.key, []))]

    walk(children.get(None, []))
    for node in nodes:  # those in a circle
        if node.key not in seen:
            walk([node])
    return told


def chart(nodes: Sequence[Node], *, title: str, in_scope: str, out_of_scope: str) -> str:
    """The tree as SVG of its own: colours, words and lines say alike what is in scope. Empty without nodes."""
    rows = placed(nodes)
    if not rows:
        return ""
    names = [name if len(name := p.node.name) <= MOST_LETTERS else name[: MOST_LETTERS - 1] + "…" for p in rows]
    words = [f"{name} · {in_scope if p.node.in_scope else out_of_scope}" for name, p in zip(names, rows, strict=True)]
    widths = [round(len(text) * LETTER) + 2 * PAD for text in words]
    width = max(p.depth * INDENT + w for p, w in zip(rows, widths, strict=True)) + 2 * PAD
    height = len(rows) * ROW + 2 * PAD
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for n, p in enumerate(rows):
        if p.above is not None:
            x, top, y = PAD + rows[p.above].depth * INDENT + INDENT // 2, PAD + p.above * ROW + HEIGHT, PAD + n * ROW + HEIGHT // 2
            drawn.append(f'<path d="M{x} {top}V{y}H{PAD + p.depth * INDENT}" fill="none" stroke="#5b6670" stroke-width="1"/>')
    for n, (p, text, w) in enumerate(zip(rows, words, widths, strict=True)):
        x, y = PAD + p.depth * INDENT, PAD + n * ROW
        look = 'fill="#e3eef3" stroke="#14506b" stroke-width="2"' if p.node.in_scope else 'fill="#ffffff" stroke="#5b6670" stroke-dasharray="4 3"'
        flag = "yes" if p.node.in_scope else "no"
        drawn.append(
            f'<g data-unit="{p.node.key}" data-in-scope="{flag}"><rect x="{x}" y="{y}" width="{w}" height="{HEIGHT}" rx="4" {look}/>'
            f'<text x="{x + PAD}" y="{y + 22}" font-family="sans-serif" font-size="14" fill="#1b2328">{escape(text)}</text></g>'
        )
    return "".join([*drawn, "</svg>"])
