"""What a version says and what it makes of answers, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from plimsoll.resolution.requests.answering import answered, counts, due_tasks, steps_for, tasks_for
from plimsoll.resolution.requests.plan import (
    Comparison,
    Condition,
    Field,
    Plan,
    Step,
    TaskPlan,
    faults_of_plan,
    free_key,
    read_plan,
    write_plan,
)
from plimsoll.resolution.requests.rules import next_occurrence


def when(field: str, value: str, how: str = "is") -> Condition:
    return Condition((Comparison(field, how, value),))


LAPTOP = Plan(
    fields=(
        Field("kind", "Which one", "choice", is_required=True, choices=("Light", "Strong", "Other")),
        Field("which", "Which other", is_required=True, shown=when("kind", "Other")),
        Field("why", "Why that", "long text", is_required=True, shown=when("which", "mac", "contains")),
        Field("extras", "With it", "several choices", choices=("Dock", "Bag", "Screen")),
        Field("price", "Price", "number"),
        Field("from", "Needed from", "date"),
        Field("remote", "Works from home", "yes/no"),
        Field("who", "For", "person"),
    ),
    steps=(
        Step("Line", people=(1,)),
        Step("Purchase", people=(2, 3, 4), needed=2, at_least=Decimal(1000), amount="price"),
        Step("Director", people=(5,), at_least=Decimal(5000), amount="price"),
    ),
    tasks=(
        TaskPlan("buy", "Buy it", 1, 1, timedelta(hours=8)),
        TaskPlan("set_up", "Set it up", 2, 2),
        TaskPlan("vpn", "Give VPN", 3, 2, needed=when("remote", "yes")),
        TaskPlan("hand_over", "Hand it over", 1, 3),
    ),
    within=timedelta(hours=40),
    hours={"timezone": "Europe/London", "week": {"mon": [["08:00", "18:00"]]}},
    cost=Decimal("1200.50"),
    team=1,
)


def test_a_plan_is_read_back_as_it_was_written() -> None:
    assert read_plan(write_plan(LAPTOP)) == LAPTOP
    assert read_plan({}) == Plan()
    assert faults_of_plan(LAPTOP) == []


CONDITIONS = [  # how, value, answer, does it hold?
    ("is", "Yes", True, True),
    ("is", "no", False, True),
    ("is", "no", None, False),
    ("is", "Light", "light", True),
    ("is", "Light", "Strong", False),
    ("is", "12", 12, True),
    ("is", "Dock", ["Dock"], True),
    ("is", "Dock", ["Dock", "Bag"], False),
    ("is not", "Light", "Strong", True),
    ("is not", "Light", None, False),
    ("is not", "Light", "Light", False),
    ("contains", "Dock", ["Bag", "Dock"], True),
    ("contains", "oc", "Dock", True),
    ("contains", "x", None, False),
]


@pytest.mark.parametrize(("how", "value", "answer", "holds"), CONDITIONS)
def test_a_condition_holds_or_not(how: str, value: str, answer: Any, holds: bool) -> None:
    assert counts(when("a", value, how), {"a": answer} if answer is not None else {}) is holds


def test_conditions_are_joined_by_and_or_or() -> None:
    tests = (Comparison("a", "is", "1"), Comparison("b", "is", "2"))
    assert counts(Condition(), {})
    assert not counts(Condition(tests), {"a": 1})
    assert counts(Condition(tests, is_any=True), {"a": 1})
    assert counts(Condition(tests), {"a": 1, "b": 2})


def test_a_hidden_field_never_blocks_and_its_value_is_not_kept() -> None:
    found = answered(LAPTOP, {"kind": "Light", "which": "A Mac", "why": "Because"})
    assert not found.faults
    assert found.answers == {"kind": "Light"}
    assert "which" not in found.shown


def test_a_field_hidden_with_the_field_that_it_depends_on_is_hidden_too() -> None:
    found = answered(LAPTOP, {"kind": "Other", "which": "An old Mac"})
    assert [f.field for f in found.faults] == ["answers.why"]
    assert [f.field for f in answered(LAPTOP, {"kind": "Other"}).faults] == ["answers.which"]


ANSWERS = [  # field, given, kept (or a part of the sentence that refuses)
    ("price", "1200,50", 1200.5),
    ("price", 12, 12),
    ("price", "12.0", 12),
    ("price", "much", "A number"),
    ("price", True, "A number"),
    ("price", "NaN", "A number"),
    ("from", "2026-11-30", "2026-11-30"),
    ("from", date(2026, 11, 30), "2026-11-30"),
    ("from", "tomorrow", "A day"),
    ("remote", "yes", True),
    ("remote", False, False),
    ("remote", "perhaps", "Yes or no"),
    ("kind", "Heavy", "not among the choices"),
    ("kind", ["Light", "Strong"], "Choose one"),
    ("extras", ["Bag", "Dock"], ["Dock", "Bag"]),
    ("extras", "Bag", ["Bag"]),
    ("extras", ["Bag", "Hat"], "“Hat” is not among"),
    ("who", "7", 7),
    ("who", "Anna", "Choose a person"),
    ("why", "x" * 6000, None),
]


@pytest.mark.parametrize(("field", "given", "kept"), ANSWERS)
def test_an_answer_is_kept_as_its_field_takes_it_or_refused_with_a_sentence(field: str, given: Any, kept: Any) -> None:
    found = answered(LAPTOP, {"kind": "Light", field: given})
    faults = [f.sentence for f in found.faults if f.field == f"answers.{field}"]
    if isinstance(kept, str) and faults:
        assert kept in faults[0]
    else:
        assert not faults
        assert found.answers.get(field) == kept


def test_an_unknown_field_is_refused_and_missing_ones_are_named() -> None:
    assert [f.field for f in answered(LAPTOP, {"colour": "red"}).faults] == ["answers.colour", "answers.kind"]


@pytest.mark.parametrize(
    ("price", "names"), [(None, ["Line"]), (999.99, ["Line"]), (1000, ["Line", "Purchase"]), (5000, ["Line", "Purchase", "Director"])]
)
def test_the_amount_says_which_steps_are_asked(price: float | None, names: list[str]) -> None:
    answers = {"price": price} if price is not None else {}
    assert [s.name for s in steps_for(LAPTOP, answers)] == names


def test_a_threshold_may_be_held_against_the_cost() -> None:
    plan = Plan(steps=(Step("Boss", people=(1,), at_least=Decimal(1000)),), cost=Decimal(999))
    assert steps_for(plan, {}) == ()
    assert len(steps_for(Plan(steps=plan.steps, cost=Decimal(1000)), {})) == 1
    assert steps_for(Plan(steps=plan.steps), {}) == (), "no cost is below every threshold"


def test_tasks_come_stage_by_stage_and_by_what_was_answered() -> None:
    tasks = tasks_for(LAPTOP, {"remote": True})

    def turn(ended: dict[str, bool]) -> list[str]:
        return [t.key for t in due_tasks(tasks, ended)]

    assert turn({}) == ["buy"]
    assert turn({"buy": False}) == []
    assert turn({"buy": True}) == ["set_up", "vpn"]
    assert turn({"buy": True, "set_up": True}) == ["vpn"]
    assert turn({"buy": True, "set_up": True, "vpn": False}) == []
    assert turn({"buy": True, "set_up": True, "vpn": True}) == ["hand_over"]
    assert turn(dict.fromkeys(("buy", "set_up", "vpn", "hand_over"), True)) == []
    assert [t.key for t in tasks_for(LAPTOP, {"remote": False})] == ["buy", "set_up", "hand_over"]


FAULTY = [
    (Plan(fields=(Field("a", "A"), Field("a", "B"))), "Two fields"),
    (Plan(fields=(Field("Ä", "A"),)), "short name"),
    (Plan(fields=(Field("cost", "A"),)), "short name"),
    (Plan(fields=(Field("a", "A", "choice", choices=("one", "one")),)), "two choices"),
    (Plan(fields=(Field("a", "A", shown=when("b", "x")), Field("b", "B"))), "does not stand before it"),
    (Plan(steps=(Step("Nobody"),)), "Nobody is named"),
    (Plan(steps=(Step("Two", people=(1, 1), needed=2),)), "names fewer"),
    (Plan(steps=(Step("Amount", people=(1,), at_least=Decimal(1), amount="a"),), fields=(Field("a", "A"),)), "not a number field"),
    (Plan(tasks=(TaskPlan("t", "T", 1, needed=when("x", "y")),)), "not in the form"),
    (Plan(tasks=(TaskPlan("t", "T", 1), TaskPlan("t", "U", 1))), "Two tasks"),
    (Plan(within=timedelta(hours=1)), "service hours"),
    (Plan(cost=Decimal(-1)), "below nothing"),
    (Plan(access_days=90, access_longest=30), "longer than the longest"),
]


@pytest.mark.parametrize(("plan", "part"), FAULTY)
def test_what_contradicts_itself_is_not_put_in_force(plan: Plan, part: str) -> None:
    assert any(part in fault.sentence for fault in faults_of_plan(plan))


def test_short_names_are_made_from_labels() -> None:
    assert free_key("Shoe size", []) == "shoe_size"
    assert free_key("Shoe size", ["shoe_size"]) == "shoe_size_2"
    assert free_key("Cost", []) == "field_cost"
    assert free_key("2nd choice", []) == "field_2nd_choice"
    assert free_key("日本", []) == "field"


@pytest.mark.parametrize(
    ("every", "start", "days"),
    [
        ("week", date(2026, 11, 23), [date(2026, 11, 30), date(2026, 12, 7)]),
        ("month", date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]),
        ("quarter", date(2026, 11, 30), [date(2027, 2, 28), date(2027, 5, 30)]),
        ("year", date(2024, 2, 29), [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]),
        ("month", date(2026, 11, 15), [date(2026, 12, 15), date(2027, 1, 15)]),
    ],
)
def test_a_rhythm_keeps_its_day(every: str, start: date, days: list[date]) -> None:
    found, day = [], start
    for _wanted in days:
        day = next_occurrence(day, every, start)
        found.append(day)
    assert found == days


@pytest.mark.parametrize(
    ("field", "value", "how", "is_possible"),
    [
        ("kind", "Other", "is", True),
        ("kind", "other ", "is", True),
        ("kind", "Othr", "is", False),
        ("kind", "Othr", "is not", False),
        ("extras", "do", "contains", True),
        ("extras", "mouse", "contains", False),
        ("remote", "yes", "is", True),
        ("remote", "true", "is", False),
        ("which", "anything at all", "is", True),
    ],
)
def test_a_condition_that_no_answer_can_meet_is_told(field: str, value: str, how: str, is_possible: bool) -> None:
    asked = (*LAPTOP.fields, Field("more", "More", shown=when(field, value, how)))
    tasks = (*LAPTOP.tasks, TaskPlan("more", "Do more", 1, 4, needed=when(field, value, how)))
    said = [f.sentence for f in faults_of_plan(replace(LAPTOP, fields=asked, tasks=tasks))]
    assert len(said) == (0 if is_possible else 2)
    assert all("which is not among its answers" in sentence for sentence in said)
