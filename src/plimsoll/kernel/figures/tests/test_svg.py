"""Drawings for pages and paper: whole, readable by themselves, and never broken by what they say."""

import re

import pytest
from hypothesis import given, strategies as st
from lxml import etree

from plimsoll.kernel.figures.svg import BOX_W, Cell, Node, heat_map, organisation_chart

pytestmark = pytest.mark.once

HOUSE = [
    Node("n", "Northmere", is_marked=True),
    Node("o", "Operations", "n", "Callum Reid", True),
    Node("d", "Desk", "o", "", True),
    Node("s", "Sales", "n"),
]


def read(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    return [
        tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
        for box in read(svg).iter("{*}rect")
        if box.get("class", "").startswith("unit")
    ]


def apart(all_boxes: list[tuple[float, float, float, float]]) -> bool:
    return all(
        a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
        for number, a in enumerate(all_boxes)
        for b in all_boxes[number + 1 :]
    )


def inside(svg: str) -> bool:
    x, y, width, height = (float(part) for part in read(svg).get("viewBox").split())
    return all(x <= b[0] and y <= b[1] and b[0] + b[2] <= x + width and b[1] + b[3] <= y + height for b in boxes(svg))


def test_units_are_boxes_with_their_names_and_those_in_scope_are_filled() -> None:
    svg = organisation_chart(HOUSE, title="Units", marked="within the scope", unmarked="outside")
    assert svg.count('class="unit in"') == 4
    assert svg.count('class="unit out"') == 2
    assert "<title>Units</title>" in svg
    for word in ("Northmere", "Operations", "Callum Reid", "Desk", "Sales", "within the scope", "outside"):
        assert f">{word}</text>" in svg
    assert apart(boxes(svg))
    assert inside(svg)


def test_many_units_go_down_and_keep_their_width() -> None:
    svg = organisation_chart([Node("n", "Top"), *(Node(str(n), f"Unit {n}", "n") for n in range(12))], title="Units")
    assert len(boxes(svg)) == 13
    assert apart(boxes(svg))
    assert max(b[0] for b in boxes(svg)) < BOX_W


@pytest.mark.parametrize(
    "nodes",
    [
        [],
        [Node("a", "Alone")],
        [Node("a", "A"), Node("b", "B")],
        [Node("a", "A", "b"), Node("b", "B", "a"), Node("c", "C", "c"), Node("d", "D", "missing")],
        [Node("a", "A"), *(Node(f"{n}", "B" * 80, f"{n - 1}" if n else "a") for n in range(30))],
    ],
)
def test_whatever_units_hang_on_they_are_drawn_once(nodes: list[Node]) -> None:
    svg = organisation_chart(nodes, title="Units")
    assert len(boxes(svg)) == len(nodes)
    assert apart(boxes(svg))
    assert inside(svg)


def test_a_heat_map_tells_its_bands_by_number_and_name_too() -> None:
    cells = [[Cell("RSK-4", 2), Cell("", 1)], [Cell("", 0), Cell("RSK-1, RSK-2", 1)]]
    svg = heat_map(
        ["High", "Low"], ["Rare", "Likely"], cells, ("kept", "looked at", "treated"), title="Risks", down="Consequence", across="Likelihood"
    )
    found = [(rect.get("data-heat"), rect.get("fill")) for rect in read(svg).iter("{*}rect") if rect.get("class") == "cell"]
    assert [heat for heat, _fill in found] == ["4", "3", "1", "3", "1", "3", "4"]
    for word in ("RSK-4", "RSK-1, RSK-2", "High", "Likely", "Consequence", "Likelihood", "1 kept", "2 looked at", "3 treated"):
        assert word in re.sub(" +", " ", svg)


def test_no_drawing_has_style_script_or_id() -> None:
    for svg in (organisation_chart(HOUSE, title="T"), heat_map(["a"], ["b"], [[Cell("x", 0)]], ("k",), title="T")):
        assert not re.search(r"\s(style|id|on\w+|href)=|<(style|script)", svg)


@given(st.text())
def test_whatever_is_said_a_drawing_is_whole(text: str) -> None:
    read(organisation_chart([Node("a", text, note=text), Node("b", text, "a")], title=text, marked=text))
    read(heat_map([text], [text], [[Cell(text, 0)]], (text,), title=text, down=text, across=text))
