"""Each guard by itself: what it refuses and what it lets through; and which documents are governed. Nothing asks a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plimsoll.kernel.roles.wording import authorities, limits_in_words
from plimsoll.leadership.authorities.governance import governance
from plimsoll.leadership.authorities.rules import (
    CHANGE_FLOW,
    CONFLICT_FLOW,
    RULES,
    ChangeFacts,
    ConflictFacts,
    Touch,
)

pytestmark = pytest.mark.once
ROLE = Touch("ROL-3", "Risk manager", "role", "draft")
PLAN = Touch("DOC-1", "Plan", "document", "in_review")
CHANGE = ChangeFacts(
    reason="Why.", effect="What.", touched=(ROLE, PLAN), starters=frozenset({1}), approvers=frozenset({2}), starts_as="SMS manager",
    approves_as="Top management",
)  # fmt: skip


@pytest.mark.parametrize(
    ("move", "state", "facts", "said"),
    [
        ("submit", "draft", {"mover": 1}, ""),
        ("submit", "draft", {"mover": 2}, "Only a holder of “SMS manager” submits"),
        ("submit", "draft", {"mover": 9}, "Only a holder of “SMS manager” submits"),  # whoever else, administrators included
        ("submit", "draft", {"mover": 1, "reason": " "}, "a reason"),
        ("submit", "draft", {"mover": 1, "effect": ""}, "what it changes"),
        ("submit", "draft", {"mover": 1, "touched": ()}, "names no document and no role"),
        ("submit", "draft", {"mover": 1, "touched": (replace(PLAN, state="draft"),)}, "DOC-1 “Plan” is not in review"),
        ("submit", "draft", {"mover": 1, "touched": (replace(PLAN, state="valid"),)}, "is not in review"),
        ("submit", "draft", {"mover": 1, "touched": (replace(ROLE, state="in_force"),)}, "ROL-3 “Risk manager” is not a draft"),
        ("submit", "draft", {"mover": 1, "touched": (replace(ROLE, is_changed=False),)}, "says what is in force already"),
        ("submit", "draft", {"mover": 1, "touched": (replace(ROLE, is_elsewhere="SMC-7"),)}, "is part of SMC-7 too"),
        ("submit", "draft", {"mover": 1, "open_fields": lambda: ("DOC-1: “Scope” is open.",)}, "“Scope” is open"),
        ("approve", "submitted", {"mover": 2, "submitted_by": 1, "authors": frozenset({1})}, ""),
        ("approve", "submitted", {"mover": 1, "submitted_by": 1}, "Only a holder of “Top management” approves"),
        ("approve", "submitted", {"mover": 2, "submitted_by": 2}, "Nobody approves what they submitted or wrote"),
        ("approve", "submitted", {"mover": 2, "authors": frozenset({2})}, "Nobody approves what they submitted or wrote"),
        ("approve", "submitted", {"mover": 2, "touched": (replace(ROLE, is_as_submitted=False),)}, "was changed after the change was submitted"),
        ("approve", "submitted", {"mover": 2, "touched": (replace(PLAN, state="draft"),)}, "is not in review"),
        ("reject", "submitted", {"mover": 1}, "Only a holder of “Top management” approves"),
    ],
)
def test_s_090_a_change_of_the_system_is_submitted_and_approved_by_the_roles_that_must(move: str, state: str, facts: dict, said: str) -> None:  # type: ignore[type-arg]
    found = " ".join(CHANGE_FLOW.refusals(CHANGE_FLOW.move(move), state, replace(CHANGE, **facts), {}))
    assert said in found if said else not found


CONFLICT = ConflictFacts(person=1, reason="Two people.", control="Looked at.", expires=date(2031, 1, 2), today=date(2031, 1, 1), opener=2, mover=3)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        ({"person": None}, "who it is about"),
        ({"reason": ""}, "why it can't be avoided"),
        ({"control": " "}, "what makes up for it"),
        ({"expires": None}, "the day until which"),
        ({"expires": date(2031, 1, 1)}, "That day has passed"),
        ({"mover": 1}, "Nobody accepts a conflict of their own"),
        ({"mover": 2}, "Nobody accepts a conflict of their own"),
    ],
)
def test_w_sod_12_a_conflict_is_accepted_with_reason_control_and_day_by_somebody_else(facts: dict, said: str) -> None:  # type: ignore[type-arg]
    found = " ".join(CONFLICT_FLOW.refusals(CONFLICT_FLOW.move("accept"), "draft", replace(CONFLICT, **facts), {}))
    assert said in found if said else not found


@pytest.mark.parametrize(
    ("sort", "applies_to", "template", "is_governed"),
    [
        ("policy", "sms", "", True),
        ("plan", "sms", "", True),
        ("plan", "service", "", False),
        ("procedure", "sms", "", False),
        ("register", "sms", "", False),
        ("procedure", "process", "sms-plan", True),  # what it was begun from counts, whatever it is called
        ("report", "sms", "appointment-letter", False),
    ],
)
def test_s_090_policies_and_plans_of_the_whole_system_are_governed(sort: str, applies_to: str, template: str, is_governed: bool) -> None:
    assert governance().is_governed(sort, applies_to, template) is is_governed


def test_the_rules_of_duties_have_items_and_words_of_their_own() -> None:
    assert len({rule.key for rule in RULES}) == len({rule.title for rule in RULES}) == len(RULES)
    assert all(rule.ids and rule.held for rule in RULES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["incident:read", "incident:internal"], ["Reads incidents"]),
        (["incident:*", "service:read"], ["Everything with incidents", "Reads services"]),
        (["risk:accept", "risk:read", "risk:comment"], ["Decides on risks (accept)", "Works on risks (comment)"]),
        (["incident:open@own"], ["Works on incidents (own) (open)"]),
        (["*:read"], ["Reads records of every kind"]),
        (["export:run", "class:strict"], ["Sees what is strict, exports"]),
        ([], []),
    ],
)
def test_s_035_words_are_said_as_people_say_them(words: list[str], said: list[str]) -> None:
    assert authorities(words) == said


def test_s_035_limits_are_said_as_people_say_them() -> None:
    told = limits_in_words({"risk_acceptance_level": 9, "totp_required": True, "request_value": 5000, "shift_hours": 9, "x": False})
    approves = "approves requests up to a value of 5000"
    assert told == ["accepts risks up to level 9", "signs in with a second factor", approves, "shift hours: 9", "x: no"]
    assert limits_in_words({"totp_required": False}) == []
