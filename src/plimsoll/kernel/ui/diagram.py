"""A workflow drawn: layers from the first state on, arrows between them, as SVG geometry. Pure; it knows nothing of models or of the web.

The table of moves under it says the same. Everything computed is an attribute of SVG, so that no style attribute is needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow

BOX_W, BOX_H = 132, 34
GAP_X, GAP_Y = 84, 26
MARGIN = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A state, placed. `step` is past, now or empty."""

    name: str
    label: str
    category: str
    x: int
    y: int
    step: str

    @property
    def middle(self) -> int:
        return self.y + BOX_H // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or several moves between two states; `path` is the d of an SVG path, `head` the points of its tip."""

    path: str
    head: str
    titles: str
    is_taken: bool
    is_back: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn workflow, with its size in units of the view box."""

    boxes: list[Box]
    arrows: list[Arrow]
    width: int
    height: int
    box_width: int = BOX_W
    box_height: int = BOX_H


def layers_of(flow: Workflow) -> dict[str, int]:
    """How many arrows each state is away from the first."""
    layer = {flow.initial: 0}
    waiting = deque([flow.initial])
    while waiting:
        here = waiting.popleft()
        for move in flow.moves:
            if here in move.sources and move.target not in layer:
                layer[move.target] = layer[here] + 1
                waiting.append(move.target)
    return layer


def draw(flow: Workflow, *, now: str = "", path: Iterable[str] = ()) -> Drawing:
    """Lay a workflow out. `now` is the state of the record, `path` the states in the order in which it went through them."""
    layer = layers_of(flow)
    went = list(path)
    taken = set(zip(went, went[1:], strict=False))
    # What is dropped stands at the far end, out of the way of what goes on.
    last = max(layer.values())
    layer |= {state.name: last for state in flow.states if state.category == "dropped"}
    columns: dict[int, list[str]] = {}
    for state in flow.states:
        columns.setdefault(layer.get(state.name, 0), []).append(state.name)
    tallest = max(len(names) for names in columns.values())
    boxes: dict[str, Box] = {}
    for column, names in columns.items():
        # The longest column is centred on the middle, the others around it, so that the main way is a straight line.
        offset = (tallest - len(names)) * (BOX_H + GAP_Y) // 2
        for row, name in enumerate(names):
            state = flow.state(name)
            step = "now" if name == now else "past" if name in went else ""
            boxes[name] = Box(name, state.label, state.category, MARGIN + column * (BOX_W + GAP_X), MARGIN + offset + row * (BOX_H + GAP_Y), step)
    pairs: dict[tuple[str, str], list[Move]] = {}
    for move in flow.moves:
        for source in move.sources:
            if source != move.target:
                pairs.setdefault((source, move.target), []).append(move)
    lowest = max(box.y for box in boxes.values()) + BOX_H
    arrows = []
    lanes: dict[str, int] = {}  # arrows that lead back, or past a column, share one lane under the boxes per state that they lead to
    for (source, target), moves in pairs.items():
        start, end = boxes[source], boxes[target]
        titles = ", ".join(m.title for m in moves)
        is_taken = (source, target) in taken
        if end.x == start.x:
            drawn, head = _beside(start, end)
        elif end.x - start.x == BOX_W + GAP_X:
            drawn, head = _forward(start, end)
        else:
            lane = lanes.setdefault(target, len(lanes))
            drawn, head = _under(start, end, lowest + 14 + lane * 9, lane)
        arrows.append(Arrow(drawn, head, f"{start.label} → {end.label}: {titles}", is_taken, end.x <= start.x))
    width = max(box.x for box in boxes.values()) + BOX_W + MARGIN + 30
    return Drawing(list(boxes.values()), sorted(arrows, key=lambda a: a.is_taken), width, lowest + MARGIN + 9 * len(lanes) + 6)


def _forward(start: Box, end: Box) -> tuple[str, str]:
    x, y, to_x, to_y = start.x + BOX_W, start.middle, end.x - 7, end.middle
    bend = (to_x - x) // 2
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}", _tip(to_x, to_y, "right")


def _beside(start: Box, end: Box) -> tuple[str, str]:
    """Within a column: out to the right and back in, so that it crosses no box."""
    x, y, to_x, to_y = start.x + BOX_W, start.middle + 6, end.x + BOX_W + 7, end.middle - 6
    out = 18 + abs(end.y - start.y) // 8
    return f"M{x} {y}C{x + out} {y} {to_x + out} {to_y} {to_x} {to_y}", _tip(to_x, to_y, "left")


def _under(start: Box, end: Box, lane_y: int, lane: int) -> tuple[str, str]:
    """Down between the columns, along a lane under everything, and up to the state from the left."""
    x, y, to_x, to_y = start.x + BOX_W, start.middle + 4, end.x - 7, end.middle + 5
    down, up = x + 14 + lane * 4, end.x - 14 - lane * 4
    return f"M{x} {y}H{down}V{lane_y}H{up}V{to_y}H{to_x}", _tip(to_x, to_y, "right")


def _tip(x: int, y: int, way: str) -> str:
    points = {"right": [(0, -4), (7, 0), (0, 4)], "left": [(0, -4), (-7, 0), (0, 4)]}[way]
    return " ".join(f"{x + dx},{y + dy}" for dx, dy in points)
