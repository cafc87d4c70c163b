"""The workflow of a service requirement (8.2.2, W-SL): captured, analysed, agreed, covered by a target or with a reason. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. `agreements` counts those in force that it is linked to."""

    text: str = ""
    accepted_by: str = ""
    accepted_on: date | None = None
    covering_target: str = ""
    covering_reason: str = ""
    agreements: int = 0


def says_what_is_needed(facts: Facts) -> str | None:
    """8.2.2-a: a requirement is written down before it is judged."""
    return None if facts.text.strip() else at_field("text", "Say what is needed, in the words of whoever needs it.")


def is_accepted(facts: Facts) -> str | None:
    """S-027: agreed means that somebody of the customer said yes, on a day."""
    return missing(
        "Agreeing needs",
        ("accepted_by", "who accepted it", facts.accepted_by.strip()),
        ("accepted_on", "the day", facts.accepted_on),
    )


def is_covered(facts: Facts) -> str | None:
    """W-SL: each requirement is covered by a target of an agreement, or it is said what covers it otherwise and why."""
    if facts.agreements:
        return None
    return missing(
        "No agreement that holds is linked to it. Link the one whose target covers it, or say",
        ("covering_target", "what covers it", facts.covering_target.strip()),
        ("covering_reason", "why no agreement does", facts.covering_reason.strip()),
    )


says_what_is_needed.reads = ("text",)  # type: ignore[attr-defined]
is_accepted.reads = ("accepted_by", "accepted_on")  # type: ignore[attr-defined]
is_covered.reads = ("covering_target", "covering_reason")  # type: ignore[attr-defined]

REQUIREMENT_FLOW = Workflow(
    initial="captured",
    states=states(
        ("captured", "new", "Captured"),
        ("analysed", "decide", "Analysed"),
        ("agreed", "ready", "Agreed"),
        ("covered", "done", "Covered"),
        ("obsolete", "dropped", "Obsolete"),
    ),
    moves=(
        Move("analyse", ("captured",), "analysed", "Analysed", guards=(says_what_is_needed,), asks=("text", "value", "need"), is_primary=True),
        Move(
            "agree", ("analysed",), "agreed", "Agree", guards=(says_what_is_needed, is_accepted), asks=("accepted_by", "accepted_on"), is_primary=True
        ),
        Move("cover", ("agreed",), "covered", "Cover", guards=(is_covered,), asks=("covering_target", "covering_reason"), is_primary=True),
        Move("uncover", ("covered",), "agreed", "Not covered any more", asks_note=True),
        Move("reopen", ("analysed", "agreed", "covered"), "captured", "Capture anew", asks_note=True),
        Move("drop", ("captured", "analysed", "agreed", "covered"), "obsolete", "Obsolete", asks_note=True),
        Move("take_up", ("obsolete",), "captured", "Take up again", asks_note=True),
    ),
)
