"""The decisions of incidents, without a database: every guard, the matrix, the routing, the paths through the workflow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.resolution.incidents import rules
from plimsoll.resolution.incidents.rules import (
    INCIDENT_FLOW,
    STARTING_MATRIX,
    Facts,
    Other,
    Route,
    priority_of,
    route,
    steps_to_resolve,
    working_days_later,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OTHER = Other("INC-7", 7, NOW - timedelta(days=1), 1, "in_progress")
CLASSIFIED: dict[str, Any] = {"service": 1, "classification": 2, "impact": 2, "urgency": 2}
RESOLVED: dict[str, Any] = {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "Changed the cable."}

GUARDS = [  # guard, facts, the reason (a part of it) or None
    (rules.is_classified, CLASSIFIED, None),
    (rules.is_classified, {}, "a service, a category, an impact and an urgency"),
    (rules.is_classified, {**CLASSIFIED, "classification": None}, "needs a category."),
    (rules.is_classified, {**CLASSIFIED, "impact": None, "urgency": None}, "an impact and an urgency"),
    (rules.has_a_taker, {"team": 1}, None),
    (rules.has_a_taker, {"owner": 1}, None),
    (rules.has_a_taker, {}, "which team or person"),
    (rules.has_an_owner, {"owner": 1}, None),
    (rules.has_an_owner, {"team": 1}, "who works on it"),
    (rules.says_how, RESOLVED, None),
    (rules.says_how, {}, "a resolution, a cause and how it was resolved"),
    (rules.says_how, {**RESOLVED, "cause_code": ""}, "Resolving needs a cause."),
    (rules.has_a_work_note, {"work_notes": 1}, None),
    (rules.has_a_work_note, {"note": "Swapped it."}, None),
    (rules.has_a_work_note, {"note": "  "}, "at least one note"),
    (rules.names_an_item_when_urgent, {"priority": 3}, None),
    (rules.names_an_item_when_urgent, {"priority": None}, None),
    (rules.names_an_item_when_urgent, {"priority": 2, "configuration_item": "AP-07"}, None),
    (rules.names_an_item_when_urgent, {"priority": 1, "item_missing_reason": "none failed"}, None),
    (rules.names_an_item_when_urgent, {"priority": 2}, "name the item"),
    (rules.names_an_item_when_urgent, {"priority": 1}, "name the item"),
    (rules.has_no_open_children, {}, None),
    (rules.has_no_open_children, {"open_children": 1}, "1 of its children is still open"),
    (rules.has_no_open_children, {"open_children": 3}, "3 of its children are still open"),
    (rules.is_recent_enough, {"now": NOW, "ended_at": NOW - timedelta(days=14)}, None),
    (rules.is_recent_enough, {"now": NOW, "ended_at": None}, None),
    (rules.is_recent_enough, {"now": NOW, "ended_at": NOW - timedelta(days=14, seconds=1)}, "more than 14 days ago"),
    (rules.is_recent_enough, {"now": NOW, "ended_at": NOW - timedelta(days=3), "reopen_within": timedelta(days=2)}, "more than 2 days ago"),
    (rules.names_the_other, {"duplicate_of": "INC-7"}, None),
    (rules.names_the_other, {}, "duplicate of"),
    (rules.is_the_younger, {}, None),
    (rules.is_the_younger, {"opened_at": NOW, "number": 9, "other": OTHER}, None),
    (rules.is_the_younger, {"opened_at": OTHER.opened_at, "number": 9, "other": OTHER}, None),
    (rules.is_the_younger, {"opened_at": OTHER.opened_at, "number": 6, "other": OTHER}, "older than INC-7"),
    (rules.is_the_younger, {"opened_at": OTHER.opened_at - timedelta(seconds=1), "number": 9, "other": OTHER}, "older than INC-7"),
    (rules.is_for_the_same_customer, {"organization": 1, "other": OTHER}, None),
    (rules.is_for_the_same_customer, {"organization": 2, "other": OTHER}, "another organisation"),
    (rules.joins_what_goes_on, {}, None),
    (rules.joins_what_goes_on, {"other": OTHER}, None),
    (rules.joins_what_goes_on, {"other": replace(OTHER, state="merged")}, "itself merged"),
    (rules.joins_what_goes_on, {"other": replace(OTHER, state="cancelled")}, "itself cancelled"),
    (rules.joins_what_goes_on, {"opened_at": NOW, "other": replace(OTHER, state="resolved", ended_at=NOW + timedelta(hours=1))}, None),
    (rules.joins_what_goes_on, {"opened_at": NOW, "other": replace(OTHER, state="resolved", ended_at=NOW - timedelta(hours=1))}, "had ended before"),
    (rules.asked_the_customer, {"public_messages": 1}, None),
    (rules.asked_the_customer, {"note": "Called her."}, None),
    (rules.asked_the_customer, {"work_notes": 4}, "write to them"),
]


@pytest.mark.parametrize(("guard", "facts", "reason"), GUARDS, ids=lambda v: getattr(v, "__name__", None))
def test_a_guard_lets_pass_or_says_why_not(guard: Any, facts: dict[str, Any], reason: str | None) -> None:
    said = guard(Facts(**facts))
    assert said is None if reason is None else reason in (said or "")


def test_every_guard_of_the_workflow_is_in_the_table_above() -> None:
    used = {g for m in INCIDENT_FLOW.moves for g in m.guards} | {g for _m, g in INCIDENT_FLOW.optional_guards.values()}
    assert used == {guard for guard, _f, _r in GUARDS}


def test_the_matrix_gives_a_priority_or_none_while_something_is_unknown() -> None:
    assert [priority_of(i, u, STARTING_MATRIX) for i in (1, 2, 3) for u in (1, 2, 3)] == [1, 2, 3, 2, 3, 4, 3, 4, 5]
    assert priority_of(None, 1, STARTING_MATRIX) is None
    assert priority_of(1, None, STARTING_MATRIX) is None
    assert priority_of(4, 1, STARTING_MATRIX) is None


def test_the_first_rule_that_holds_gives_the_team() -> None:
    rows = [
        Route("one service", 10, service=1),
        Route("a branch", 20, categories=frozenset({5, 6})),
        Route("a customer", 30, organization=9),
        Route("both", 40, service=2, organization=9),
        Route("the rest", 50),
    ]
    assert route({"service": 1, "classification": 5}, rows).team == 10  # type: ignore[union-attr]
    assert route({"service": 3, "classification": 6}, rows).team == 20  # type: ignore[union-attr]
    assert route({"service": 2, "organization": 9}, rows).team == 30  # type: ignore[union-attr]
    assert route({}, rows).name == "the rest"  # type: ignore[union-attr]
    assert route({"service": 2}, rows[:4]) is None


def test_a_child_is_led_to_resolved_from_wherever_it_stands() -> None:
    for state in ("new", "assigned", "in_progress", "waiting_customer", "waiting_supplier", "waiting_change"):
        here = state
        for step in steps_to_resolve(state):
            assert here in INCIDENT_FLOW.move(step).sources
            here = INCIDENT_FLOW.move(step).target
        assert here == "resolved"


def test_what_a_guard_reads_are_facts() -> None:
    for guard in {g for m in INCIDENT_FLOW.moves for g in m.guards}:
        assert set(getattr(guard, "reads", ())) <= set(Facts.__dataclass_fields__)


def test_closing_by_itself_counts_working_days() -> None:
    office = ServiceHours(timezone="UTC", week={day: [("08:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")})
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert working_days_later(office, friday, 1) == datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # three hours of Friday were left
    assert working_days_later(office, friday, 3) == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert working_days_later(None, friday, 3) == friday + timedelta(days=3)
    never = ServiceHours(timezone="UTC", week={})
    assert working_days_later(never, friday, 3) == friday + timedelta(days=366)
