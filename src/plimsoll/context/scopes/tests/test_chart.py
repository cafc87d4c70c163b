"""The organisation chart as a picture, without a database."""

import re
from xml.etree import ElementTree

from plimsoll.context.scopes.chart import Node, chart, placed

WORDS = {"title": "Chart", "in_scope": "in scope", "out_of_scope": "not in scope"}
NODES = [Node(1, "Whole", None, True), Node(2, "Desk", 1, True), Node(3, "Estates", 1, False), Node(4, "Night desk", 2, True)]


def flags(svg: str) -> dict[int, bool]:
    return {int(key): flag == "yes" for key, flag in re.findall(r'data-unit="(\d+)" data-in-scope="(\w+)"', svg)}


def test_s_020_the_chart_shows_exactly_the_flagged_units() -> None:
    assert flags(chart(NODES, **WORDS)) == {1: True, 2: True, 3: False, 4: True}


def test_it_says_in_words_too_what_is_in_scope() -> None:
    svg = chart(NODES, **WORDS)
    assert "Estates · not in scope" in svg
    assert svg.count("not in scope") == 1


def test_what_belongs_to_a_unit_stands_under_it_one_step_in() -> None:
    assert [(p.node.key, p.depth, p.above) for p in placed(NODES)] == [(1, 0, None), (2, 1, 0), (4, 2, 1), (3, 1, 0)]


def test_a_circle_and_a_missing_parent_lose_nobody() -> None:
    round_about = [Node(1, "A", 2, True), Node(2, "B", 1, True), Node(3, "C", 99, True), Node(4, "D", 4, True)]
    assert sorted(p.node.key for p in placed(round_about)) == [1, 2, 3, 4]


def test_names_are_escaped_and_cut_and_the_picture_is_sound() -> None:
    svg = chart([Node(1, "<script>&" + "x" * 90, None, True)], **WORDS)
    assert "<script>" not in svg
    assert "…" in svg
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "style=" not in svg


def test_without_units_there_is_no_picture() -> None:
    assert chart([], **WORDS) == ""


def test_a_deep_tree_is_drawn_too() -> None:
    assert len(flags(chart([Node(n, f"Unit {n}", n - 1 or None, True) for n in range(1, 1500)], **WORDS))) == 1499
