"""The workflow of an issue of the context (4.1): decisions only; runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    owner: int | None = None
    now: datetime = datetime.min.replace(tzinfo=UTC)
    next_review: date | None = None
    is_climate: bool = False
    decision: str = UNDECIDED
    reason: str = ""
    decided_on: date | None = None
    note: str = ""


def will_be_looked_at_again(facts: Facts) -> str | None:
    """A review ends with the day of the next one, which lies ahead, and somebody who sees to it (4.1-b)."""
    if (
        lacking := missing("A review needs", ("owner", "an owner", facts.owner), ("review_due_date", "the day of the next one", facts.next_review))
    ) is not None:
        return lacking
    if facts.next_review is not None and facts.next_review <= facts.now.date():
        return at_field("review_due_date", "The next review lies ahead. Choose a later day.")
    return None


def climate_is_decided(facts: Facts) -> str | None:
    """An issue about climate change carries the decision, its reason and its day (4.1-c)."""
    if not facts.is_climate:
        return None
    return missing(
        "An issue about climate change needs",
        ("climate_decision", "the decision whether it is relevant", facts.decision != UNDECIDED),
        ("climate_reason", "the reason of the decision", facts.reason.strip()),
        ("climate_decided_on", "the day of the decision", facts.decided_on),
    )


will_be_looked_at_again.reads = ("owner", "review_due_date")  # type: ignore[attr-defined]
climate_is_decided.reads = ("climate_decision", "climate_reason", "climate_decided_on")  # type: ignore[attr-defined]

ISSUE_FLOW = Workflow(
    initial="current",
    states=states(("current", "active", "Current"), ("ended", "closed", "No longer an issue")),
    moves=(
        Move(
            "review",
            ("current",),
            "current",
            "Reviewed",
            guards=(will_be_looked_at_again, climate_is_decided),
            asks=("effect", "owner", "review_due_date"),
            is_primary=True,
        ),
        Move("end", ("current",), "ended", "It is no issue any more", asks_note=True),
        Move("take_up", ("ended",), "current", "Take up again", asks_note=True),
    ),
)
