"""The workflow of a service in the portfolio (8.2.2): decisions only; runs without Django."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow, missing, states


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    owner: int | None = None
    hours: int | None = None
    description: str = ""
    open_dependants: int = 0
    agreed_requirements: int = 0
    note: str = ""


def can_be_answered_for(facts: Facts) -> str | None:
    """Live means that somebody answers for it and people know when it runs."""
    return missing(
        "A live service needs",
        ("owner", "an owner", facts.owner),
        ("hours", "service hours", facts.hours),
        ("description", "a description", facts.description),
    )


def is_required(facts: Facts) -> str | None:
    """8.2.2-a: live only once somebody agreed what is needed of it."""
    return None if facts.agreed_requirements else "No requirement of it is agreed. Capture what is needed of it, and agree it with the customer."


def nothing_stands_on_it(facts: Facts) -> str | None:
    """A service is not retired while live services are supported by it."""
    if facts.open_dependants:
        return f"{facts.open_dependants} live {'service stands' if facts.open_dependants == 1 else 'services stand'} on it."
    return None


can_be_answered_for.reads = ("owner", "hours", "description")  # type: ignore[attr-defined]

SERVICE_FLOW = Workflow(
    initial="proposed",
    states=states(
        ("proposed", "new", "Proposed"),
        ("designed", "ready", "In design"),
        ("live", "active", "Live"),
        ("retiring", "waiting", "Being retired"),
        ("retired", "closed", "Retired"),
        ("rejected", "dropped", "Rejected"),
    ),
    moves=(
        Move("design", ("proposed",), "designed", "Take into design", is_primary=True),
        Move("go_live", ("proposed", "designed"), "live", "Make live", guards=(can_be_answered_for,), asks=("owner", "hours", "description")),
        Move("start_retiring", ("live",), "retiring", "Start retiring", asks_note=True),
        Move("keep", ("retiring",), "live", "Keep after all", asks_note=True),
        Move("retire", ("retiring",), "retired", "Retire", guards=(nothing_stands_on_it,), is_primary=True),
        Move("reject", ("proposed", "designed"), "rejected", "Reject", asks_note=True),
        Move("propose_again", ("rejected", "retired"), "proposed", "Propose again", asks_note=True),
    ),
    optional_guards={"agreed_requirements": ("go_live", is_required)},
)
