"""The decisions of services, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.portfolio.services import rules
from plimsoll.portfolio.services.rules import SERVICE_FLOW, Facts

WHOLE: dict[str, Any] = {"owner": 1, "hours": 2, "description": "What it does."}
GUARDS = [
    (rules.can_be_answered_for, WHOLE, None),
    (rules.can_be_answered_for, {}, "an owner, service hours and a description"),
    (rules.can_be_answered_for, {**WHOLE, "hours": None}, "needs service hours."),
    (rules.nothing_stands_on_it, {}, None),
    (rules.nothing_stands_on_it, {"open_dependants": 1}, "1 live service stands on it"),
    (rules.nothing_stands_on_it, {"open_dependants": 2}, "2 live services stand on it"),
]


@pytest.mark.parametrize(("guard", "facts", "reason"), GUARDS)
def test_a_guard_lets_pass_or_says_why_not(guard: Any, facts: dict[str, Any], reason: str | None) -> None:
    said = guard(Facts(**facts))
    assert said is None if reason is None else reason in (said or "")


def test_every_guard_is_in_the_table() -> None:
    assert {g for m in SERVICE_FLOW.moves for g in m.guards} == {guard for guard, _f, _r in GUARDS}
