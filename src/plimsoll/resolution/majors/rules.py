"""Criteria, workflow and clocks of major incidents (W-MI): decisions only; runs without Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

# Measures on which a small number is the grave one; and those on which a large one is.
LEVELS = ("criticality", "impact", "urgency", "priority")
AMOUNTS = ("incidents", "reporters", "minutes")
MEASURES = (*LEVELS, *AMOUNTS)
MOST = {"criticality": 4, "impact": 3, "urgency": 3, "priority": 5, "incidents": 10_000, "reporters": 10_000, "minutes": 100_000}
WORDS: Mapping[str, Mapping[int, str]] = {
    "criticality": {1: "vital", 2: "high", 3: "medium", 4: "low"},
    "impact": {1: "high", 2: "medium", 3: "low"},
    "urgency": {1: "high", 2: "medium", 3: "low"},
    "priority": {1: "Critical", 2: "High", 3: "Medium", 4: "Low", 5: "Planning"},
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold: at most the limit of a level (1 is the gravest), at least the limit of an amount."""

    measure: str
    limit: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """When an incident is a major one: all of its conditions, or any of them. `key` is its number where it is kept."""

    name: str
    conditions: tuple[Condition, ...]
    needs_all: bool = True
    key: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of an incident. None: not known, or not asked for yet."""

    criticality: int | None = None
    impact: int | None = None
    urgency: int | None = None
    priority: int | None = None
    incidents: int | None = None
    reporters: int | None = None
    minutes: int | None = None


# What every organization starts with, until it keeps criteria of its own.
STARTING_CRITERIA = (
    Criterion("Critical incident on a vital service", (Condition("priority", 1), Condition("criticality", 1))),
    Criterion("Many people at once", (Condition("incidents", 5), Condition("reporters", 5)), needs_all=False),
)
STARTING_STEPS = (
    "Name the manager, who does the communications, and the scribe",
    "Open a call or chat that everybody who works on it can join, and write its address here",
    "Tell those who answer for the service",
    "Tell the affected customers what is known, and when they hear more",
    "Find out what changed lately",
    "Decide: repair, work around, or go back to what was before",
    "Confirm with a customer that it works again",
    "Tell everybody that it is over",
)
UPDATE_MINUTES = {1: 30, 2: 60}
OTHER_UPDATE_MINUTES = 120
TOP_MINUTES = 30
MANAGER_MINUTES = 15
REVIEW_DAYS = 5


def holds(condition: Condition, situation: Situation) -> bool | None:
    """Does it? None while what it asks for is not known."""
    value = getattr(situation, condition.measure)
    if value is None:
        return None
    return bool(value <= condition.limit if condition.measure in LEVELS else value >= condition.limit)


def meets(criterion: Criterion, situation: Situation) -> bool:
    """Does the criterion hold? What is not known does not hold; a criterion without conditions never does."""
    found = [holds(c, situation) is True for c in criterion.conditions]
    return bool(found) and (all(found) if criterion.needs_all else any(found))


def could_meet(criterion: Criterion, situation: Situation) -> bool:
    """Could it still hold, whatever the rest turns out to be? Asked first, so that most incidents cost no question."""
    found = [holds(c, situation) for c in criterion.conditions]
    if criterion.needs_all:
        return bool(found) and False not in found
    return any(one is not False for one in found)


def first_met(criteria: Iterable[Criterion], situation: Situation) -> Criterion | None:
    """The first criterion that holds."""
    return next((c for c in criteria if meets(c, situation)), None)


def say(condition: Condition) -> str:
    """A condition in words."""
    word = WORDS.get(condition.measure, {}).get(condition.limit, str(condition.limit))
    n = condition.limit
    exactly = {"criticality": f"the service is {word}"}.get(condition.measure, f"{condition.measure} is {word}")
    match condition.measure:
        case "criticality":
            return exactly if n == 1 else f"the service's criticality is {word} or higher"
        case "impact" | "urgency" | "priority":
            return exactly if n == 1 else f"{condition.measure} is {word} or higher"
        case "incidents":
            return f"{n} or more incidents belong together"
        case "reporters":
            return f"{n} or more people reported it"
        case _:
            return f"open for {minutes_in_words(n)} or longer"


def explain(criterion: Criterion) -> str:
    """A criterion in words: “priority is Critical and the service is vital”."""
    return (" and " if criterion.needs_all else " or ").join(say(c) for c in criterion.conditions)


def minutes_in_words(minutes: int) -> str:
    """“45 min”, “2 h”, “1 h 30 min”."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part)


def faults_of_criterion(name: str, conditions: Iterable[Condition]) -> list[tuple[str, str]]:
    """What is wrong with a criterion: (field, sentence) pairs."""
    found = list(conditions)
    faults = [] if name.strip() else [("name", "Give it a name: it is what people read on the incident.")]
    if not found:
        faults.append(("", "Say at least one condition."))
    for condition in found:
        if condition.measure not in MEASURES:
            faults.append(("", f"“{condition.measure}” is nothing that can be asked for."))
        elif not 1 <= condition.limit <= MOST[condition.measure]:
            faults.append((condition.measure, f"This is between 1 and {MOST[condition.measure]}."))
    return faults


# Clocks


def update_minutes(priority: int | None, kept: Mapping[Any, Any]) -> int:
    """How many minutes may pass between two updates, by priority; what is kept comes with its keys as text."""
    own = kept.get(str(priority), kept.get("other") if priority not in UPDATE_MINUTES else None)
    return int(own) if own else UPDATE_MINUTES.get(priority or 0, OTHER_UPDATE_MINUTES)


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the clocks of a major incident: until when, and when it was done."""

    name: str
    started_at: datetime
    due_at: datetime
    done_at: datetime | None = None

    def is_late(self, moment: datetime) -> bool:
        """Done after it was due, or not done and due before this moment."""
        return (self.done_at or moment) > self.due_at

    @property
    def took(self) -> timedelta | None:
        return None if self.done_at is None else self.done_at - self.started_at


# The workflow


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge of a major incident."""

    owner: int | None = None
    outcome: str = ""
    reviews_done: int = 0
    reviews_open: int = 0
    reviews_decided: int = 0
    note: str = ""


def has_a_manager(facts: Facts) -> str | None:
    """8.6.1-i: each major incident has a person who answers for it."""
    return None if facts.owner else at_field("owner", "Say who manages it.")


def says_the_outcome(facts: Facts) -> str | None:
    """Resolved means that somebody says what restored the service."""
    return None if facts.outcome.strip() else at_field("outcome", "Say what restored the service.")


def is_reviewed_with_a_decision(facts: Facts) -> str | None:
    """8.6.1-j: not closed before a review is done and has decided something."""
    if facts.reviews_open or not facts.reviews_done:
        return "Its review is not done yet. Finish the review first." if facts.reviews_open else "It was not reviewed yet. Open a review first."
    return None if facts.reviews_decided else "Its review decided nothing. Enter at least one decision, also when it is to change nothing."


has_a_manager.reads = ("owner",)  # type: ignore[attr-defined]
says_the_outcome.reads = ("outcome",)  # type: ignore[attr-defined]

RUNNING = ("declared", "being_handled")

MAJOR_FLOW = Workflow(
    initial="declared",
    states=states(
        ("declared", "new", "Declared"),
        ("being_handled", "active", "Being handled"),
        ("resolved", "done", "Resolved"),
        ("in_review", "decide", "In review"),
        ("closed", "closed", "Closed"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move("handle", ("declared",), "being_handled", "Begin handling", guards=(has_a_manager,), asks=("owner",), is_primary=True),
        Move(
            "resolve",
            RUNNING,
            "resolved",
            "Service restored",
            guards=(has_a_manager, says_the_outcome),
            asks=("owner", "outcome"),
            primary_in=("being_handled",),
        ),
        Move("reopen", ("resolved", "in_review"), "being_handled", "It is back", asks_note=True),
        Move("review", ("resolved",), "in_review", "Begin the review", is_primary=True),
        Move("close", ("in_review",), "closed", "Close", guards=(is_reviewed_with_a_decision,), is_primary=True),
        Move("withdraw", RUNNING, "withdrawn", "It was none", asks_note=True),
    ),
)


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the guards judge of a review."""

    owner: int | None = None
    participants: str = ""
    happened: str = ""
    cause: str = ""
    decisions: int = 0
    is_over: bool = False
    note: str = ""


def is_over(facts: ReviewFacts) -> str | None:
    """Nothing is reviewed while it still runs."""
    return None if facts.is_over else "The major incident still runs. It is reviewed when the service is restored."


def has_a_chair(facts: ReviewFacts) -> str | None:
    """Somebody leads the review."""
    return None if facts.owner else at_field("owner", "Say who leads the review.")


def says_what_was_found(facts: ReviewFacts) -> str | None:
    """A review says who took part, what happened, and why."""
    return missing(
        "A review needs",
        ("participants", "who took part", facts.participants.strip()),
        ("happened", "what happened", facts.happened.strip()),
        ("cause", "the cause, or that it is not known", facts.cause.strip()),
    )


def decided_something(facts: ReviewFacts) -> str | None:
    """8.6.1-j: a review ends with at least one decision; that nothing changes is one, with its reason."""
    return None if facts.decisions else "Enter at least one decision: an improvement, a problem to be opened, or none, with the reason."


has_a_chair.reads = ("owner",)  # type: ignore[attr-defined]
says_what_was_found.reads = ("participants", "happened", "cause")  # type: ignore[attr-defined]

STANDING = ("due", "under_way")  # states of a review that is not over
REVIEW_FLOW = Workflow(
    initial="due",
    states=states(("due", "ready", "Due"), ("under_way", "decide", "Under way"), ("done", "closed", "Done"), ("dropped", "dropped", "Not needed")),
    moves=(
        Move("begin", ("due",), "under_way", "Begin", guards=(is_over, has_a_chair), asks=("owner", "participants"), is_primary=True),
        Move(
            "finish",
            ("under_way",),
            "done",
            "Finish",
            guards=(says_what_was_found, decided_something),
            asks=("participants", "happened", "cause", "went_well", "went_badly"),
            is_primary=True,
        ),
        Move("take_up", ("done",), "under_way", "Take up again", asks_note=True),
        Move("drop", STANDING, "dropped", "Drop", asks_note=True),
    ),
)
