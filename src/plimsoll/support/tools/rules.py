"""Tools that support service management (6.3-i): their workflow and its guards. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

VALID_FOR_DAYS = 365  # after that it is to be shown anew that a tool does what it is for


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    owner: int | None = None
    data_held: str = ""
    backup: str = ""
    validated_on: date | None = None
    today: date | None = None


def is_answered_for(facts: Facts) -> str | None:
    """S-083: a tool in use has an owner, and it is known what it holds and how that is kept safe."""
    return missing(
        "A tool in use needs",
        ("owner", "an owner", facts.owner),
        ("data_held", "what it holds", facts.data_held.strip()),
        ("backup", "how that is backed up", facts.backup.strip()),
    )


def validation_lies_behind(facts: Facts) -> str | None:
    """A tool was validated today or before."""
    if facts.validated_on is not None and facts.today is not None and facts.validated_on > facts.today:
        return at_field("validated_on", "The day on which it was validated can't lie ahead.")
    return None


is_answered_for.reads = ("owner", "data_held", "backup")  # type: ignore[attr-defined]
validation_lies_behind.reads = ("validated_on",)  # type: ignore[attr-defined]

TOOL_FLOW = Workflow(
    initial="planned",
    states=states(("planned", "new", "Planned"), ("in_use", "active", "In use"), ("retired", "closed", "Retired")),
    moves=(
        Move(
            "take_into_use",
            ("planned",),
            "in_use",
            "Take into use",
            guards=(is_answered_for,),
            asks=("owner", "data_held", "backup"),
            is_primary=True,
        ),
        Move(
            "validate",
            ("planned", "in_use"),
            "in_use",
            "Validated",
            guards=(is_answered_for, validation_lies_behind),
            asks=("validated_on",),
            needs=("validated_on",),
            asks_note=True,
        ),
        Move("retire", ("planned", "in_use"), "retired", "Retire", asks_note=True),
        Move("restore", ("retired",), "planned", "Take up again", asks_note=True),
    ),
)
