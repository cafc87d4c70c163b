"""Competence (7.2): who approves what a role needs, when somebody meets it, and what a training must show (W-CT). Runs without Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

ANY = "any"
SOON = timedelta(days=60)  # a proof that ends within this is expiring
SCALE = (
    "knows the subject and works under guidance",
    "does the usual work alone",
    "handles the unusual, and guides others",
    "shapes the subject for the organisation",
)
Standing = Literal["met", "expiring", "gap"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody can show of a competence."""

    level: int
    proof: str
    expires_on: date | None = None


def standing(level: int, shown_by: str, shown: Iterable[Shown], today: date) -> Standing:
    """Does what somebody shows reach the level, by the proof that is asked for, today and for a while? The best proof counts."""
    best: Standing = "gap"
    for one in shown:
        if one.level < level or (shown_by != ANY and one.proof != shown_by) or (one.expires_on is not None and one.expires_on < today):
            continue
        if one.expires_on is None or one.expires_on > today + SOON:
            return "met"
        best = "expiring"
    return best


def is_to_be_judged(done_on: date | None, after: int, today: date) -> bool:
    """S-061: the days after which a training is judged are over."""
    return done_on is not None and done_on + timedelta(days=after) < today


@dataclass(frozen=True, slots=True)
class CompetenceFacts:
    """What the guards of a competence judge."""

    description: str = ""
    role: int | None = None
    approver_role: int | None = None
    approver_title: str = ""
    approvers: frozenset[int] = frozenset()
    mover: int | None = None


def says_what_is_needed(facts: CompetenceFacts) -> str | None:
    """7.2-a: of which role, what it takes, and which role defines it."""
    return missing(
        "A competence that is approved needs",
        ("role", "the role that needs it", facts.role),
        ("description", "what it takes", facts.description.strip()),
        ("approver_role", "the role that defines it", facts.approver_role),
    )


def only_by_who_defines_it(facts: CompetenceFacts) -> str | None:
    """S-066: a holder of the role named in it approves, or who stands in for one. Administrators too need that role."""
    if facts.mover is None or facts.approver_role is None or facts.mover in facts.approvers:
        return None
    return f"Only a holder of “{facts.approver_title}”, or who stands in for one, approves what this role needs."


@dataclass(frozen=True, slots=True)
class QualificationFacts:
    """What the guards of a qualification judge."""

    person: int | None = None
    competence: int | None = None
    basis: str = ""
    obtained_on: date | None = None
    expires_on: date | None = None
    files: int = 0
    today: date | None = None
    mover: int | None = None


def says_who_and_what(facts: QualificationFacts) -> str | None:
    """7.2-d: whose it is, of which competence, and since when."""
    return missing(
        "A qualification that is checked needs",
        ("person", "the person", facts.person),
        ("competence", "the competence", facts.competence),
        ("obtained_on", "the day since when", facts.obtained_on),
    )


def has_a_proof(facts: QualificationFacts) -> str | None:
    """S-063: something to look at: a file, or what it rests on in words."""
    if facts.basis.strip() or facts.files:
        return None
    return at_field("basis", "Say what it rests on, or attach the proof.")


def by_somebody_else(facts: QualificationFacts) -> str | None:
    """Nobody checks their own qualification."""
    return "Nobody checks their own qualification." if facts.mover is not None and facts.mover == facts.person else None


def began_already(facts: QualificationFacts) -> str | None:
    """What somebody can show lies behind, and still holds."""
    if facts.obtained_on is not None and facts.today is not None and facts.obtained_on > facts.today:
        return at_field("obtained_on", "That day is still to come.")
    if facts.expires_on is not None and facts.today is not None and facts.expires_on < facts.today:
        return at_field("expires_on", "It is no longer valid.")
    return None


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What the guards of a training judge."""

    description: str = ""
    aim: str = "competence"
    competence: int | None = None
    audience: str = ""
    people: int = 0
    took_part: int = 0
    planned_on: date | None = None
    done_on: date | None = None
    method: str = ""
    evaluation: str = ""
    today: date | None = None


def is_planned(facts: TrainingFacts) -> str | None:
    """S-060: the need, for whom, and when; what is for competence names it."""
    return missing(
        "A training in the plan needs",
        ("description", "the need", facts.description.strip()),
        ("competence", "the competence that it is for", facts.competence if facts.aim == "competence" else True),
        ("audience", "for whom it is, in words or by name", facts.audience.strip() or facts.people),
        ("planned_on", "the day", facts.planned_on),
    )


def was_held(facts: TrainingFacts) -> str | None:
    """It is done on a day that lies behind, and somebody took part."""
    if facts.done_on is None:
        return at_field("done_on", "Say on which day it was done.")
    if facts.today is not None and facts.done_on > facts.today:
        return at_field("done_on", "That day is still to come.")
    if facts.people and not facts.took_part:
        return "Say who took part first."
    return None


def is_judged(facts: TrainingFacts) -> str | None:
    """S-061: by which method its effect was judged, and what was found."""
    return missing(
        "Judging a training needs",
        ("method", "the method", facts.method),
        ("evaluation", "what was found", facts.evaluation.strip()),
    )


says_what_is_needed.reads = ("role", "description", "approver_role")  # type: ignore[attr-defined]
says_who_and_what.reads = ("person", "competence", "obtained_on")  # type: ignore[attr-defined]
has_a_proof.reads = ("basis",)  # type: ignore[attr-defined]
began_already.reads = ("obtained_on", "expires_on")  # type: ignore[attr-defined]
is_planned.reads = ("description", "aim", "competence", "audience", "planned_on")  # type: ignore[attr-defined]
was_held.reads = ("done_on",)  # type: ignore[attr-defined]
is_judged.reads = ("method", "evaluation")  # type: ignore[attr-defined]

COMPETENCE_FLOW = Workflow(
    initial="draft",
    states=states(("draft", "new", "Draft"), ("approved", "active", "Approved"), ("retired", "closed", "Retired")),
    moves=(
        Move("approve", ("draft",), "approved", "Approve", guards=(says_what_is_needed, only_by_who_defines_it),
             is_primary=True),
        Move("revise", ("approved",), "draft", "Revise", asks_note=True),
        Move("retire", ("draft", "approved"), "retired", "Retire", asks_note=True),
        Move("take_up", ("retired",), "draft", "Take up again", asks_note=True),
    ),
)  # fmt: skip

QUALIFICATION_FLOW = Workflow(
    initial="entered",
    states=states(("entered", "new", "Entered"), ("verified", "done", "Checked"), ("withdrawn", "dropped", "Withdrawn")),
    moves=(
        Move("verify", ("entered",), "verified", "Checked", guards=(says_who_and_what, has_a_proof, began_already, by_somebody_else),
             is_primary=True),
        Move("reopen", ("verified", "withdrawn"), "entered", "Look at it again", asks_note=True),
        Move("withdraw", ("entered", "verified"), "withdrawn", "Withdraw", asks_note=True),
    ),
)  # fmt: skip

TRAINING_FLOW = Workflow(
    initial="proposed",
    states=states(
        ("proposed", "new", "Proposed"),
        ("planned", "ready", "Planned"),
        ("done", "waiting", "Done, to be judged"),
        ("effective", "done", "It worked"),
        ("not_effective", "active", "It did not work"),
        ("followed_up", "closed", "Followed up"),
        ("dropped", "dropped", "Dropped"),
    ),
    moves=(
        Move("plan", ("proposed",), "planned", "Plan", guards=(is_planned,),
             asks=("description", "competence", "audience", "planned_on"), is_primary=True),
        Move("finish", ("planned",), "done", "It is done", guards=(is_planned, was_held), asks=("done_on",), needs=("done_on",), is_primary=True),
        Move("worked", ("done",), "effective", "It worked", guards=(is_judged,), asks=("method", "evaluation"), is_primary=True),
        Move("failed", ("done",), "not_effective", "It did not work", guards=(is_judged,), asks=("method", "evaluation")),
        Move("follow_up", ("not_effective",), "followed_up", "Followed up", asks_note=True, is_primary=True),
        Move("drop", ("proposed", "planned"), "dropped", "Drop", asks_note=True),
        Move("take_up", ("dropped",), "proposed", "Take up again", asks_note=True),
    ),
)  # fmt: skip
