"""Obligations, limitations and other management systems: their workflows. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge, of all three kinds."""

    owner: int | None = None
    how_applies: str = ""
    requirements: str = ""
    review_on: date | None = None
    today: date | None = None
    note: str = ""


def says_how_it_applies(facts: Facts) -> str | None:
    """6.3-e: an obligation says what it means here, not only where it is written."""
    return None if facts.how_applies.strip() else at_field("how_applies", "Say how it applies here: what we do, or leave undone, because of it.")


def is_looked_after(facts: Facts) -> str | None:
    """S-030, S-032: somebody keeps it true, until a day on which it is looked at again."""
    return missing("It needs", ("owner", "an owner", facts.owner), ("review_on", "the day of its next review", facts.review_on))


def next_review_lies_ahead(facts: Facts) -> str | None:
    """A review that is done sets the next one, on a day to come."""
    if facts.review_on is not None and facts.today is not None and facts.review_on <= facts.today:
        return at_field("review_on", "The next review must lie ahead.")
    return None


def says_what_must_be_met(facts: Facts) -> str | None:
    """S-028: another management system counts by what of it the services must meet, and somebody answers for it."""
    return missing(
        "A management system in use needs",
        ("requirements", "what of it the services must meet", facts.requirements.strip()),
        ("owner", "an owner", facts.owner),
    )


says_how_it_applies.reads = ("how_applies",)  # type: ignore[attr-defined]
is_looked_after.reads = ("owner", "review_on")  # type: ignore[attr-defined]
next_review_lies_ahead.reads = ("review_on",)  # type: ignore[attr-defined]
says_what_must_be_met.reads = ("requirements", "owner")  # type: ignore[attr-defined]

OBLIGATION_FLOW = Workflow(
    initial="draft",
    states=states(("draft", "new", "Draft"), ("in_force", "active", "In force"), ("lapsed", "closed", "No longer applies")),
    moves=(
        Move(
            "put_in_force",
            ("draft",),
            "in_force",
            "Put in force",
            guards=(says_how_it_applies, is_looked_after, next_review_lies_ahead),
            asks=("how_applies", "owner", "review_on"),
            is_primary=True,
        ),
        Move(
            "review",
            ("in_force",),
            "in_force",
            "Reviewed",
            guards=(says_how_it_applies, next_review_lies_ahead),
            asks=("review_on", "edition", "how_applies"),
            needs=("review_on",),
            asks_note=True,
        ),
        Move("lapse", ("draft", "in_force"), "lapsed", "No longer applies", asks_note=True),
        Move("take_up", ("lapsed",), "draft", "Applies again", asks_note=True),
    ),
)

LIMITATION_FLOW = Workflow(
    initial="open",
    states=states(("open", "active", "Open"), ("lifted", "closed", "Lifted")),
    moves=(
        Move(
            "review",
            ("open",),
            "open",
            "Reviewed",
            guards=(is_looked_after, next_review_lies_ahead),
            asks=("review_on", "owner", "workaround"),
            needs=("review_on",),
            asks_note=True,
        ),
        Move("lift", ("open",), "lifted", "Lift", asks_note=True, is_primary=True),
        Move("reopen", ("lifted",), "open", "Still there", asks_note=True),
    ),
)

SYSTEM_FLOW = Workflow(
    initial="proposed",
    states=states(("proposed", "new", "Proposed"), ("in_use", "active", "In use"), ("ended", "closed", "Ended")),
    moves=(
        Move("take_into_use", ("proposed",), "in_use", "In use", guards=(says_what_must_be_met,), asks=("requirements", "owner"), is_primary=True),
        Move("end", ("proposed", "in_use"), "ended", "End", asks_note=True),
        Move("take_up", ("ended",), "proposed", "Take up again", asks_note=True),
    ),
)
