"""The rules of major incidents, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plimsoll.resolution.majors.rules import (
    STARTING_CRITERIA,
    Clock,
    Condition,
    Criterion,
    Facts,
    ReviewFacts,
    Situation,
    could_meet,
    decided_something,
    explain,
    faults_of_criterion,
    first_met,
    has_a_chair,
    has_a_manager,
    holds,
    is_over,
    is_reviewed_with_a_decision,
    meets,
    says_the_outcome,
    says_what_was_found,
    update_minutes,
)

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("measure", "limit", "value", "wanted"),
    [
        ("criticality", 1, 1, True),
        ("criticality", 1, 2, False),
        ("criticality", 2, 1, True),
        ("impact", 2, 3, False),
        ("urgency", 2, 2, True),
        ("priority", 1, 1, True),
        ("priority", 2, 3, False),
        ("priority", 1, None, None),
        ("incidents", 5, 4, False),
        ("incidents", 5, 5, True),
        ("reporters", 3, 9, True),
        ("minutes", 240, 239, False),
        ("minutes", 240, 240, True),
        ("minutes", 240, None, None),
    ],
)
def test_a_level_holds_when_it_is_as_grave_and_an_amount_when_it_is_as_much(measure: str, limit: int, value: int | None, wanted: bool | None) -> None:
    assert holds(Condition(measure, limit), Situation(**{measure: value})) is wanted


BOTH = Criterion("Both", (Condition("priority", 1), Condition("criticality", 1)))
EITHER = Criterion("Either", (Condition("priority", 1), Condition("incidents", 5)), needs_all=False)


@pytest.mark.parametrize(
    ("criterion", "situation", "does", "could"),
    [
        (BOTH, Situation(priority=1, criticality=1), True, True),
        (BOTH, Situation(priority=1, criticality=2), False, False),
        (BOTH, Situation(priority=1), False, True),
        (BOTH, Situation(priority=2), False, False),
        (BOTH, Situation(), False, True),
        (EITHER, Situation(priority=1, incidents=1), True, True),
        (EITHER, Situation(priority=3, incidents=5), True, True),
        (EITHER, Situation(priority=3), False, True),
        (EITHER, Situation(priority=3, incidents=4), False, False),
        (Criterion("Empty", ()), Situation(priority=1), False, False),
        (Criterion("Empty", (), needs_all=False), Situation(priority=1), False, False),
    ],
)
def test_a_criterion_holds_by_all_or_by_one_and_the_unknown_holds_nothing(
    criterion: Criterion, situation: Situation, does: bool, could: bool
) -> None:
    assert meets(criterion, situation) is does
    assert could_meet(criterion, situation) is could


def test_the_first_criterion_that_holds_is_named() -> None:
    assert first_met(STARTING_CRITERIA, Situation(criticality=1, priority=1, incidents=9, reporters=9)) is STARTING_CRITERIA[0]
    assert first_met(STARTING_CRITERIA, Situation(criticality=3, priority=1, incidents=2, reporters=5)) is STARTING_CRITERIA[1]
    assert first_met(STARTING_CRITERIA, Situation(criticality=3, priority=1, incidents=2, reporters=2)) is None


@pytest.mark.parametrize(
    ("conditions", "needs_all", "words"),
    [
        ({"priority": 1, "criticality": 1}, True, "priority is Critical and the service is vital"),
        ({"priority": 2, "criticality": 2}, True, "priority is High or higher and the service's criticality is high or higher"),
        ({"impact": 1, "urgency": 2}, False, "impact is high or urgency is medium or higher"),
        ({"incidents": 5, "reporters": 3}, False, "5 or more incidents belong together or 3 or more people reported it"),
        ({"minutes": 45}, True, "open for 45 min or longer"),
        ({"minutes": 120}, True, "open for 2 h or longer"),
        ({"minutes": 150}, True, "open for 2 h 30 min or longer"),
    ],
)
def test_a_criterion_says_itself_in_words(conditions: dict[str, int], needs_all: bool, words: str) -> None:
    assert explain(Criterion("x", tuple(Condition(m, n) for m, n in conditions.items()), needs_all)) == words


def test_a_criterion_needs_a_name_and_conditions_that_can_be_asked() -> None:
    assert faults_of_criterion("Grave", [Condition("priority", 1)]) == []
    assert [field for field, _s in faults_of_criterion(" ", [])] == ["name", ""]
    assert [field for field, _s in faults_of_criterion("x", [Condition("priority", 6), Condition("mood", 1)])] == ["priority", ""]


@pytest.mark.parametrize(
    ("priority", "kept", "minutes"),
    [
        (1, {}, 30),
        (2, {}, 60),
        (3, {}, 120),
        (None, {}, 120),
        (1, {"1": 15}, 15),
        (3, {"other": 90}, 90),
        (None, {"other": 90}, 90),
        (2, {"1": 15, "other": 90}, 60),
    ],
)
def test_updates_are_due_by_priority(priority: int | None, kept: dict[str, int], minutes: int) -> None:
    assert update_minutes(priority, kept) == minutes


def test_a_clock_is_late_when_it_was_done_late_or_not_done_in_time() -> None:
    due = NOON + timedelta(minutes=30)
    assert not Clock("top", NOON, due).is_late(due)
    assert Clock("top", NOON, due).is_late(due + timedelta(seconds=1))
    assert not Clock("top", NOON, due, NOON + timedelta(minutes=5)).is_late(due + timedelta(days=1))
    assert Clock("top", NOON, due, due + timedelta(minutes=1)).is_late(due)
    assert Clock("top", NOON, due, NOON + timedelta(minutes=5)).took == timedelta(minutes=5)


def test_it_is_handled_with_a_manager_and_resolved_with_an_outcome() -> None:
    assert has_a_manager(Facts()) == "Say who manages it."
    assert has_a_manager(Facts(owner=1)) is None
    assert says_the_outcome(Facts(outcome=" ")) == "Say what restored the service."
    assert says_the_outcome(Facts(outcome="Went back.")) is None


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(), "It was not reviewed yet"),
        (Facts(reviews_open=1), "Its review is not done yet"),
        (Facts(reviews_done=1), "Its review decided nothing"),
        (Facts(reviews_done=1, reviews_decided=1), None),
    ],
)
def test_it_is_closed_only_after_a_review_with_a_decision(facts: Facts, said: str | None) -> None:
    refused = is_reviewed_with_a_decision(facts)
    assert refused is None if said is None else refused is not None and refused.startswith(said)


def test_a_review_begins_when_it_is_over_and_ends_with_findings_and_a_decision() -> None:
    assert is_over(ReviewFacts()) is not None
    assert is_over(ReviewFacts(is_over=True)) is None
    assert has_a_chair(ReviewFacts()) == "Say who leads the review."
    assert says_what_was_found(ReviewFacts(participants="All", happened="It broke.")) == "A review needs the cause, or that it is not known."
    assert decided_something(ReviewFacts()) is not None
    assert decided_something(ReviewFacts(decisions=1)) is None
