"""The workflows of units, locations and the scope (4.3): decisions only; runs without Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plimsoll.kernel.workflow import Move, Refusal, Workflow, at_field, states
from plimsoll.kernel.workflow.refusing import in_words

DIMENSIONS = {"location": "location", "customers": "customers", "customer_location": "location of customers", "technology": "technology"}
OPEN = "open"
CONSIDERED = "considered"
CONTENT_OPEN = ("draft",)  # states in which what the scope says may change


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What the guards of units and locations judge."""

    open_children: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What the guards of a scope judge. People are numbers; `is_text_changing`: the move itself would change what is approved."""

    service_kind: str = ""
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    exclusions: int = 0
    exclusions_without_reason: int = 0
    excludes_nothing: bool = False
    milestones: int = 0
    resources: int = 0
    last_author: int | None = None
    mover: int | None = None
    is_text_changing: bool = False
    note: str = ""


def nothing_belongs_to_it(facts: PlaceFacts) -> str | None:
    """A unit is dissolved when nothing belongs to it any more."""
    if facts.open_children:
        return f"{facts.open_children} {'unit belongs' if facts.open_children == 1 else 'units belong'} to it. Give them another one first."
    return None


def says_what_kind(facts: ScopeFacts) -> str | None:
    """The kind of services is said (F-08)."""
    return None if facts.service_kind.strip() else at_field("service_kind", "Say what kind of services it is about, such as IT.")


def answers_every_dimension(facts: ScopeFacts) -> str | None:
    """Location, customers, their location and technology are each answered, with words (S-019)."""
    for name, words in DIMENSIONS.items():
        answer, text = facts.answers.get(name, (OPEN, ""))
        if answer == OPEN:
            return at_field(f"{name}_answer", f"Say whether {words} {'bound' if name == 'customers' else 'bounds'} the scope.")
        if not text.strip():
            return at_field(f"{name}_text", f"Say in words what {words} {'mean' if name == 'customers' else 'means'} for the scope.")
    return None


def every_exclusion_has_a_reason(facts: ScopeFacts) -> str | None:
    """Nothing is left out without a reason (S-021)."""
    if facts.exclusions_without_reason:
        one = facts.exclusions_without_reason == 1
        return f"{facts.exclusions_without_reason} {'exclusion has' if one else 'exclusions have'} no reason. Say why, on the page of exclusions."
    return None


def has_all_four_blocks(facts: ScopeFacts) -> str | None:
    """Boundaries, what is not included, the timeline and the resources are all there (S-120)."""
    if facts.exclusions and facts.excludes_nothing:
        return at_field("excludes_nothing", "It says that nothing is excluded, and names exclusions. Only one can be true.")
    lacking = [
        words
        for words, is_there in (
            ("what is excluded, or that nothing is", facts.exclusions or facts.excludes_nothing),
            ("the timeline: at least one milestone", facts.milestones),
            ("the resources: at least one", facts.resources),
        )
        if not is_there
    ]
    if not lacking:
        return None
    sentence = f"A scope says {in_words(lacking)}."
    return Refusal(sentence) if facts.exclusions or facts.excludes_nothing else at_field("excludes_nothing", sentence)


def not_by_its_author(facts: ScopeFacts) -> str | None:
    """Whoever wrote it last does not approve it alone (W-SOD-1)."""
    if facts.mover is not None and facts.mover == facts.last_author:
        return "Nobody approves what they wrote last. Somebody else with that authority can."
    return None


def as_it_was_reviewed(facts: ScopeFacts) -> str | None:
    """What was read is what is approved: no move changes it on the way."""
    return "The scope changes before the review, not with this step. Send it back first." if facts.is_text_changing else None


_WHOLE = (says_what_kind, answers_every_dimension, every_exclusion_has_a_reason, has_all_four_blocks)

UNIT_FLOW = Workflow(
    initial="in_place",
    states=states(("in_place", "active", "In place"), ("dissolved", "closed", "Dissolved")),
    moves=(
        Move("dissolve", ("in_place",), "dissolved", "Dissolve", guards=(nothing_belongs_to_it,), asks_note=True),
        Move("restore", ("dissolved",), "in_place", "Take up again", asks_note=True),
    ),
)
LOCATION_FLOW = Workflow(
    initial="in_use",
    states=states(("in_use", "active", "In use"), ("given_up", "closed", "Given up")),
    moves=(
        Move("give_up", ("in_use",), "given_up", "Give up", asks_note=True),
        Move("restore", ("given_up",), "in_use", "Use again", asks_note=True),
    ),
)
SCOPE_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("in_review", "decide", "In review"),
        ("approved", "active", "Approved"),
        ("superseded", "closed", "Superseded"),
        ("dropped", "dropped", "Dropped"),
    ),
    moves=(
        Move("submit", ("draft",), "in_review", "Ask for approval", guards=_WHOLE, is_primary=True),
        Move("send_back", ("in_review",), "draft", "Send back", asks_note=True),
        Move("approve", ("in_review",), "approved", "Approve", guards=(*_WHOLE, not_by_its_author, as_it_was_reviewed), is_primary=True),
        Move("supersede", ("approved",), "superseded", "Supersede", asks_note=True),
        Move("drop", ("draft", "in_review"), "dropped", "Drop", asks_note=True),
        Move("take_up", ("dropped",), "draft", "Take up again"),
    ),
)
