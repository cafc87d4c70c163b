"""The heat map as a picture for documents, drawn from plain values. Pure; runs without Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

# From cool to warm; the numbers in the cells say the same without colour.
FILLS = ("#ffffff", "#e6f0f4", "#f7ecd2", "#f6d5ab", "#f2b59b")
WIDTH, HEIGHT, LEFT, TOP, FOOT = 96, 44, 150, 12, 58


def heat_map(
    title: str, rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[int, int], tuple[str, int, int]], bands: Sequence[tuple[str, int]]
) -> str:
    """An SVG of likelihoods (rows, lowest first) by effects (columns), with a legend of bands.

    A cell is its references in words, its level, and its heat from 0 to 4.
    """
    width, height = LEFT + WIDTH * len(columns) + 12, TOP + HEIGHT * len(rows) + FOOT
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="Noto Sans, sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
    ]
    for row, word in enumerate(rows, start=1):
        y = TOP + HEIGHT * (len(rows) - row)
        drawn.append(f'<text x="{LEFT - 8}" y="{y + HEIGHT / 2 + 4:.0f}" text-anchor="end" fill="#1d2b33">{escape(word)}</text>')
        for column in range(1, len(columns) + 1):
            x: float = LEFT + WIDTH * (column - 1)
            words, level, heat = cells.get((row, column), ("", 0, 0))
            drawn.append(f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="{FILLS[heat]}" stroke="#ffffff" stroke-width="2"/>')
            if level:
                drawn.append(f'<text x="{x + WIDTH - 6}" y="{y + 14}" text-anchor="end" fill="#53636c" font-size="9">{level}</text>')
            for line, text in enumerate(_lines(words)):
                drawn.append(f'<text x="{x + 6}" y="{y + 26 + 11 * line}" fill="#1d2b33" font-size="9.5" font-weight="600">{escape(text)}</text>')
    for column, word in enumerate(columns):
        x = LEFT + WIDTH * column + WIDTH / 2
        drawn.append(f'<text x="{x:.0f}" y="{TOP + HEIGHT * len(rows) + 16}" text-anchor="middle" fill="#1d2b33">{escape(word)}</text>')
    step = max(1, (width - LEFT - 12) // max(1, len(bands)))
    for place, (name, heat) in enumerate(bands):
        x, y = LEFT + step * place, TOP + HEIGHT * len(rows) + 32
        drawn.append(f'<rect x="{x}" y="{y}" width="11" height="11" fill="{FILLS[heat]}" stroke="#9aa7ae"/>')
        drawn.append(f'<text x="{x + 16}" y="{y + 10}" fill="#1d2b33">{escape(name)}</text>')
    return "".join([*drawn, "</svg>"])


def _lines(words: str) -> list[str]:
    """Up to two lines of references; what does not fit is counted, not left out silently."""
    names = words.split()
    if len(names) <= 4:
        return [" ".join(names[:2]), " ".join(names[2:])][: (len(names) + 1) // 2]
    return [" ".join(names[:2]), f"{names[2]} +{len(names) - 3}"]
