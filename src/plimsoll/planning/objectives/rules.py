"""The workflow of objectives (6.2), when one is measurable, and whether its target is met: decisions only; runs without Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

UP, DOWN = "up", "down"
DAYS = {"weekly": 7, "monthly": 31, "quarterly": 92, "halfyearly": 184, "yearly": 366}
GRACE = timedelta(days=7)  # after a measurement was due
NUMBER = re.compile(r"^[+-]?\d{1,12}([.,]\d{1,4})?$", re.ASCII)
RUNNING = ("running",)
ENDED = ("achieved", "missed", "abandoned")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    metric: str = ""
    unit: str = ""
    baseline: str = ""
    target: str = ""
    direction: str = UP
    due_on: date | None = None
    owner: int | None = None
    resources: str = ""
    judged: str = ""
    actions: int = 0
    latest: Decimal | None = None
    latest_on: date | None = None
    today: date | None = None
    note: str = ""


def number(text: str | None) -> Decimal | None:
    """A number as people write it, or None; a comma is a decimal point too."""
    given = (text or "").strip()
    return Decimal(given.replace(",", ".")) if NUMBER.match(given) else None


def plain(value: Decimal) -> str:
    """A number as people read it: no zeros behind, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_met(value: Decimal, target: Decimal, direction: str) -> bool:
    """At least the target, or at most."""
    return value >= target if direction == UP else value <= target


def share_of_way(value: Decimal, baseline: Decimal, target: Decimal) -> float | None:
    """How much of the way from baseline to target is done, between 0 and 1; None where there is no way to go."""
    if baseline == target:
        return None
    return max(0.0, min(1.0, float((value - baseline) / (target - baseline))))


def next_measurement(frequency: str, since: date) -> date:
    """The day by which something is to be measured again that was measured last on a day."""
    return since + timedelta(days=DAYS.get(frequency, 31))


def is_measured_in_time(frequency: str, since: date, today: date) -> bool:
    """6.2.1-d: was it measured within its interval, with some days of grace?"""
    return next_measurement(frequency, since) + GRACE >= today


def is_measurable(facts: Facts) -> str | None:
    """6.2.1-b, S-026: what is measured, in which unit, from where, to where, until when, by whom."""
    return missing(
        "An objective that can be measured needs",
        ("metric", "what is measured", facts.metric.strip()),
        ("unit", "a unit", facts.unit.strip()),
        ("baseline", "a number from which it starts", number(facts.baseline) is not None),
        ("target", "a target in numbers", number(facts.target) is not None),
        ("due_on", "a day until when", facts.due_on),
        ("owner", "an owner", facts.owner),
    )


def goes_somewhere(facts: Facts) -> str | None:
    """The target lies on that side of the baseline to which the objective wants."""
    start, end = number(facts.baseline), number(facts.target)
    if start is None or end is None:
        return None
    if (facts.direction == UP and end < start) or (facts.direction == DOWN and end > start):
        way = "at least" if facts.direction == UP else "at most"
        return at_field("target", f"“{way} {plain(end)}” is worse than where it starts ({plain(start)}). Turn the direction, or change the numbers.")
    return None


def is_planned(facts: Facts) -> str | None:
    """6.2.2-a: what is done, with which resources, and how it is judged."""
    if gap := missing(
        "A running objective needs",
        ("resources", "its resources", facts.resources.strip()),
        ("judged", "how it is judged", facts.judged.strip()),
    ):
        return gap
    return None if facts.actions else "Nothing is planned yet by which it would be reached. Enter an action with its owner and its day first."


def ends_ahead(facts: Facts) -> str | None:
    """What is begun now ends later."""
    if facts.due_on is not None and facts.today is not None and facts.due_on < facts.today:
        return at_field("due_on", "That day has passed. Choose one that lies ahead.")
    return None


def meets_its_target(facts: Facts) -> str | None:
    """Achieved is what the newest measurement says, not what somebody feels."""
    target = number(facts.target)
    if target is None:
        return at_field("target", "It has no target in numbers.")
    if facts.latest is None:
        return "Nothing was measured yet. Enter a measurement first."
    if not is_met(facts.latest, target, facts.direction):
        way = "at least" if facts.direction == UP else "at most"
        return f"The newest measurement is {plain(facts.latest)}; the target is {way} {plain(target)}."
    return None


MEASURABLE = ("metric", "unit", "baseline", "target", "due_on", "owner")
is_measurable.reads = MEASURABLE  # type: ignore[attr-defined]
goes_somewhere.reads = ("baseline", "target")  # type: ignore[attr-defined]
ends_ahead.reads = ("due_on",)  # type: ignore[attr-defined]
is_planned.reads = ("resources", "judged")  # type: ignore[attr-defined]

OBJECTIVE_FLOW = Workflow(
    initial="proposed",
    states=states(
        ("proposed", "new", "Proposed"),
        ("agreed", "ready", "Agreed"),
        ("running", "active", "Running"),
        ("achieved", "done", "Achieved"),
        ("missed", "closed", "Missed"),
        ("abandoned", "dropped", "Abandoned"),
    ),
    moves=(
        Move("agree", ("proposed",), "agreed", "Agree", guards=(is_measurable, goes_somewhere), asks=MEASURABLE, is_primary=True),
        Move("start", ("agreed",), "running", "Start", guards=(is_measurable, goes_somewhere, is_planned, ends_ahead),
             asks=("resources", "judged"), is_primary=True),
        Move("achieve", ("running",), "achieved", "Achieved", guards=(meets_its_target,), asks_note=True, is_primary=True),
        Move("miss", ("running",), "missed", "Missed", asks_note=True),
        Move("abandon", ("proposed", "agreed", "running"), "abandoned", "Abandon", asks_note=True),
        Move("revise", ("agreed", "running"), "proposed", "Revise", asks_note=True),
        Move("take_up", ("achieved", "missed", "abandoned"), "proposed", "Take up again", asks_note=True),
    ),
)  # fmt: skip
