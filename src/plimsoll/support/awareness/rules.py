"""Awareness (7.3): the four things that a statement says, who confirms it, and for how long that holds. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from plimsoll.kernel.workflow import Move, Workflow, missing, states

HOLDS = timedelta(days=365)  # after that a statement is put before its person anew
REMIND_AFTER = timedelta(days=7)  # each so many days until it is confirmed
LATE_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    person: int | None = None
    contribution: str = ""
    policy: str = ""
    services: str = ""
    deviation: str = ""
    mover: int | None = None


def says_the_four(facts: Facts) -> str | None:
    """7.3-a to d: policy and objectives, services, the own contribution, and what follows when requirements are not met."""
    return missing(
        "A statement that is put before somebody needs",
        ("person", "the person", facts.person),
        ("contribution", "how they contribute", facts.contribution.strip()),
        ("policy", "what policy and objectives ask of them", facts.policy.strip()),
        ("services", "the services that their work is part of", facts.services.strip()),
        ("deviation", "what happens when requirements are not met", facts.deviation.strip()),
    )


def only_by_its_person(facts: Facts) -> str | None:
    """S-058: nobody confirms for somebody else."""
    return None if facts.mover is None or facts.mover == facts.person else "Only the person whose statement it is confirms it."


def is_reminder_due(issued: date, today: date, told: frozenset[int]) -> int | None:
    """How many weeks the statement has been waiting, when that was not told yet; else nothing."""
    weeks = (today - issued) // REMIND_AFTER
    return weeks if weeks > 0 and weeks not in told else None


says_the_four.reads = ("person", "contribution", "policy", "services", "deviation")  # type: ignore[attr-defined]

STATEMENT_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("issued", "ready", "To be confirmed"),
        ("acknowledged", "done", "Confirmed"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move("issue", ("draft",), "issued", "Put it before the person", guards=(says_the_four,),
             asks=("contribution", "policy", "services", "deviation"), is_primary=True),
        Move("acknowledge", ("issued",), "acknowledged", "I know this", guards=(only_by_its_person,), is_for_requester=True, is_primary=True),
        Move("ask_again", ("acknowledged",), "issued", "Put it before them again"),
        Move("revise", ("issued", "acknowledged"), "draft", "Revise", asks_note=True),
        Move("withdraw", ("draft", "issued", "acknowledged"), "withdrawn", "Withdraw", asks_note=True),
        Move("take_up", ("withdrawn",), "draft", "Take up again"),
    ),
    requesters_turn=("issued",),
)  # fmt: skip
