"""Guards of processes and what is decided without a database."""

from datetime import date

import pytest

from plimsoll.context.processes.drawing import Box, process_map
from plimsoll.context.processes.rules import (
    Facts,
    Step,
    listed,
    next_review_lies_ahead,
    nobodys,
    one_is_accountable,
    says_what_it_is,
    serves,
    wrong_clauses,
)

pytestmark = pytest.mark.once
WHOLE = Facts("To help.", "All of it.", "8.6.1", 1, 2, (Step("Record", 1),), date(2031, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((Step("Record", 1), Step("Close", 1)), None),
        ((), "Say what is done"),
        ((Step("Record", 0),), "Nobody is accountable for “Record”"),
        ((Step("Record", 1), Step("Close", 2)), "More than one is accountable for “Close”"),
    ],
)
def test_s_034_every_activity_has_exactly_one_who_is_accountable(steps: tuple[Step, ...], said: str | None) -> None:
    found = one_is_accountable(Facts(steps=steps))
    assert found is None if said is None else said in str(found)


def test_a_process_in_force_says_what_it_is_and_who_answers() -> None:
    assert says_what_it_is(WHOLE) is None
    found = str(says_what_it_is(Facts()))
    assert all(
        words in found for words in ("a purpose", "what it covers", "the clauses", "a role that owns it", "a role that runs it", "next review")
    )


def test_the_next_review_lies_ahead() -> None:
    assert next_review_lies_ahead(WHOLE) is None
    assert "ahead" in str(next_review_lies_ahead(Facts(review_on=date(2030, 1, 1), today=date(2030, 1, 1))))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("8.6.1, 10.2; 4\n9.3", []), ("", []), ("3.1", ["3.1"]), ("11", ["11"]), ("8.6.1.2.3", ["8.6.1.2.3"]), ("8.6.1, chapter 8", ["chapter 8"])],
)
def test_clauses_are_those_from_4_to_10(text: str, wrong: list[str]) -> None:
    assert wrong_clauses(text) == wrong


@pytest.mark.parametrize(
    ("clauses", "clause", "expected"),
    [("8.6.1", "8.6.1", True), ("8.6", "8.6.1", True), ("8.6.1", "8.6", True), ("8.6", "8.5", False), ("10", "1", False), ("8.6.1", "8.6.12", False)],
)
def test_l_01_a_clause_is_served_by_itself_what_is_under_it_and_what_is_above(clauses: str, clause: str, expected: bool) -> None:
    assert serves(listed(clauses), clause) is expected


def test_s_071_an_input_that_nobody_makes_is_named() -> None:
    assert nobodys([("Reports  of faults", ""), ("Orders", "users"), ("Gossip", "")], ["reports of Faults"]) == ["Gossip"]


def test_the_map_draws_every_process_once_and_what_passes_both_ways_as_one_line() -> None:
    boxes = [Box(1, "Incidents & more", "operation"), Box(2, "Changes", "transition", False), Box(3, "Elsewhere", "nowhere")]
    svg = process_map(boxes, [(1, 2), (2, 1), (1, 9)], [("transition", "Transition"), ("operation", "Operation")], title="Map")
    assert (svg.count("data-process"), svg.count('class="head"'), svg.count('stroke-dasharray="4 3"')) == (2, 1, 1)
    assert "Incidents &amp; more" in svg
    assert process_map([], [], [], title="Map") == ""
