"""Communication (7.4): the five things that a plan says, when the next is due, and what telling needs. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

EVENT, ONCE = "event", "once"
MONTHS = {"monthly": 1, "quarterly": 3, "halfyearly": 6, "yearly": 12}
OPEN = ("in_plan",)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    what: str = ""
    frequency: str = "monthly"
    occasion: str = ""
    next_on: date | None = None
    audience: str = ""
    means: str = ""
    role: int | None = None
    told_on: date | None = None
    told_by: int | None = None
    told_as: str = ""
    today: date | None = None


def next_after(day: date, frequency: str) -> date | None:
    """When it is due again; nothing for what is told once or on an event. The end of a month stays within the month."""
    if frequency == "weekly":
        return day + timedelta(days=7)
    if (months := MONTHS.get(frequency)) is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    return None


def says_the_five(facts: Facts) -> str | None:
    """7.4-a: what, when, with whom, how and who."""
    when = ("occasion", "the event on which it is told", facts.occasion.strip())
    if facts.frequency != EVENT:
        when = ("next_on", "the day on which it is due next", facts.next_on)  # type: ignore[assignment]
    return missing(
        "A communication in the plan needs",
        ("description", "what is said, and why", facts.what.strip()),
        when,
        ("audience", "with whom", facts.audience.strip()),
        ("means", "by which means", facts.means.strip()),
        ("role", "which role does it", facts.role),
    )


def was_told(facts: Facts) -> str | None:
    """7.4-b: who told it, on which day, and where that can be found."""
    if facts.told_on is not None and facts.today is not None and facts.told_on > facts.today:
        return at_field("told_on", "That day is still to come.")
    return missing(
        "A record of it needs",
        ("told_on", "the day", facts.told_on),
        ("told_by", "who told it", facts.told_by),
        ("told_as", "where it can be found", facts.told_as.strip()),
    )


says_the_five.reads = ("description", "frequency", "occasion", "next_on", "audience", "means", "role")  # type: ignore[attr-defined]
was_told.reads = ("told_on", "told_by", "told_as")  # type: ignore[attr-defined]

COMMUNICATION_FLOW = Workflow(
    initial="draft",
    states=states(("draft", "new", "Draft"), ("in_plan", "active", "In the plan"), ("ended", "closed", "Ended")),
    moves=(
        Move("plan", ("draft",), "in_plan", "Take into the plan", guards=(says_the_five,), is_primary=True),
        Move("tell", ("in_plan",), "in_plan", "It was told", guards=(was_told,), asks=("told_on", "told_by", "reached", "told_as"),
             needs=("told_on", "told_by"), is_primary=True),
        Move("revise", ("in_plan",), "draft", "Revise", asks_note=True),
        Move("end", ("draft", "in_plan"), "ended", "End", asks_note=True),
        Move("take_up", ("ended",), "draft", "Take up again", asks_note=True),
    ),
)  # fmt: skip
