"""The workflows of roles and assignments: decisions only; runs without Django."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow, at_field, states

WORD = re.compile(r"^(\*|[a-z_]+):(\*|[a-z_ ]+)(@own)?$|^class:[a-z_]+$")


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What the guards of a role judge."""

    words: tuple[str, ...] = ()
    purpose: str = ""
    holders: int = 0
    edition: int = 0
    condition: Callable[[], str] = str  # what a room above asks before a version comes into force; asked only where it matters
    note: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What the guards of an assignment judge. People are numbers."""

    holder: int | None = None
    mover: int | None = None
    opener: int | None = None
    is_role_in_force: bool = False
    is_set_up_open: bool = False
    is_mover_administrator: bool = False
    note: str = ""


def says_what_it_may(facts: RoleFacts) -> str | None:
    """A role in force has at least one authority, each written as a word."""
    if not facts.words:
        return at_field("words", "A role needs at least one authority, such as incident:read.")
    wrong = [w for w in facts.words if not WORD.match(w)]
    return at_field("words", f"“{wrong[0]}” is not an authority; write kind:action, such as incident:resolve.") if wrong else None


def nobody_holds_it(facts: RoleFacts) -> str | None:
    """A role is retired when its holders have ended."""
    return f"{facts.holders} still hold it; end their assignments first." if facts.holders else None


def may_come_into_force(facts: RoleFacts) -> str | None:
    """Where a room above asks for more, such as a change of the management system that names it, that is there (S-090)."""
    return facts.condition() or None


def has_a_version_in_force(facts: RoleFacts) -> str | None:
    """A draft is thrown away only where a version is in force to go back to."""
    return None if facts.edition else "No version of it is in force; retire it instead."


def role_is_in_force(facts: AssignmentFacts) -> str | None:
    """A role is given by its version in force, also while the next one is drafted."""
    return None if facts.is_role_in_force else "The role is not in force."


def not_to_oneself(facts: AssignmentFacts) -> str | None:
    """Nobody gives a role to themselves, administrators included; until set-up is closed the administrator may, and it is listed."""
    if facts.holder is not None and facts.holder == facts.mover and not facts.is_set_up_open:
        return "Nobody gives a role to themselves. Somebody else who gives out roles can."
    return None


says_what_it_may.reads = ("words",)  # type: ignore[attr-defined]

ROLE_FLOW = Workflow(
    initial="draft",
    states=states(("draft", "new", "Draft"), ("in_force", "done", "In force"), ("retired", "closed", "Retired")),
    moves=(
        Move("put_in_force", ("draft",), "in_force", "Put in force", guards=(says_what_it_may, may_come_into_force), is_primary=True),
        Move("revise", ("in_force",), "draft", "Revise"),
        Move("discard", ("draft",), "in_force", "Throw the draft away", guards=(has_a_version_in_force,), asks_note=True),
        Move("retire", ("draft", "in_force"), "retired", "Retire", guards=(nobody_holds_it,), asks_note=True),
        Move("restore", ("retired",), "draft", "Take up again"),
    ),
)
ASSIGNMENT_FLOW = Workflow(
    initial="proposed",
    states=states(
        ("proposed", "decide", "Proposed"), ("in_force", "active", "In force"), ("ended", "closed", "Ended"), ("refused", "dropped", "Refused")
    ),
    moves=(
        Move("approve", ("proposed",), "in_force", "Approve", guards=(role_is_in_force, not_to_oneself), is_primary=True),
        Move("refuse", ("proposed",), "refused", "Refuse", asks_note=True),
        Move("end", ("in_force",), "ended", "End", asks_note=True),
    ),
)
