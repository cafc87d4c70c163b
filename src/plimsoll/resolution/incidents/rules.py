"""The workflow of incidents (W-IN), its guards, the priority matrix and the routing: decisions only; runs without Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

REOPEN_WITHIN = timedelta(days=14)
CLOSE_AFTER = timedelta(days=7)
# Impact x urgency, both 1 high to 3 low; the matrix that a new organization starts with and changes as data.
STARTING_MATRIX = {(1, 1): 1, (1, 2): 2, (1, 3): 3, (2, 1): 2, (2, 2): 3, (2, 3): 4, (3, 1): 3, (3, 2): 4, (3, 3): 5}


@dataclass(frozen=True, slots=True)
class Other:
    """The incident that one is to be merged into, as far as that is judged."""

    reference: str
    number: int
    opened_at: datetime
    organization: int
    state: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge: the record's values, and what hangs on it."""

    service: int | None = None
    classification: int | None = None
    impact: int | None = None
    urgency: int | None = None
    priority: int | None = None
    team: int | None = None
    owner: int | None = None
    resolution_code: str = ""
    cause_code: str = ""
    resolution_note: str = ""
    configuration_item: str = ""
    item_missing_reason: str = ""
    work_notes: int = 0
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    open_children: int = 0
    waiting_for: str = ""
    public_messages: int = 0
    number: int = 0
    opened_at: datetime | None = None
    organization: int | None = None
    duplicate_of: str = ""
    other: Other | None = None
    now: datetime | None = None
    note: str = ""
    reopen_within: timedelta = REOPEN_WITHIN


def is_classified(facts: Facts) -> str | None:
    """8.6.1-a: recorded and classified before anybody is asked to work on it."""
    return missing(
        "Before it is assigned it needs",
        ("service", "a service", facts.service),
        ("classification", "a category", facts.classification),
        ("impact", "an impact", facts.impact),
        ("urgency", "an urgency", facts.urgency),
    )


def has_a_taker(facts: Facts) -> str | None:
    """Assigned means assigned to somebody."""
    return None if facts.team or facts.owner else at_field("team", "Say which team or person it is assigned to.")


def has_an_owner(facts: Facts) -> str | None:
    """In progress means that somebody works on it."""
    return None if facts.owner else at_field("owner", "Say who works on it.")


def says_how(facts: Facts) -> str | None:
    """8.6.1-d: resolved with code, cause and the way it was done."""
    return missing(
        "Resolving needs",
        ("resolution_code", "a resolution", facts.resolution_code),
        ("cause_code", "a cause", facts.cause_code),
        ("resolution_note", "how it was resolved", facts.resolution_note),
    )


def has_a_work_note(facts: Facts) -> str | None:
    """8.6.1-e: records are updated with actions; at least one before it is resolved."""
    return None if facts.work_notes or facts.note.strip() else at_field("note", "Resolving needs at least one note of the work done.")


def names_an_item_when_urgent(facts: Facts) -> str | None:
    """W-IN: at priority 1 and 2 the item that failed is named, or why there is none."""
    if (facts.priority or 9) <= 2 and not facts.configuration_item and not facts.item_missing_reason:
        return at_field("configuration_item", "When the priority is Critical or High, name the item that failed, or say why there is none.")
    return None


def has_no_open_children(facts: Facts) -> str | None:
    """A parent closes after its children (it may resolve them with itself)."""
    if facts.open_children:
        return f"{facts.open_children} of its children {'is' if facts.open_children == 1 else 'are'} still open."
    return None


def is_recent_enough(facts: Facts) -> str | None:
    """W-IN: reopened within some days; later a new one is opened and linked."""
    if facts.ended_at is not None and facts.now is not None and facts.now - facts.ended_at > facts.reopen_within:
        return f"It ended more than {facts.reopen_within.days} days ago. Report a new incident and link it to this one."
    return None


def names_the_other(facts: Facts) -> str | None:
    """Merging needs the incident that it is the same as."""
    return None if facts.duplicate_of else "Link the incident that this one duplicates first (“duplicate of”), or use “Merge with another”."


def is_the_younger(facts: Facts) -> str | None:
    """Clocks follow the elder: whoever waits longest is not made to wait anew by a merging."""
    if facts.other is not None and facts.opened_at is not None and is_elder((facts.opened_at, facts.number), facts.other):
        return f"It is older than {facts.other.reference}: merge that one into this one, so that the clocks go on from the first report."
    return None


def is_for_the_same_customer(facts: Facts) -> str | None:
    """The wall between customers: nobody learns of another's incident by a merging."""
    if facts.other is not None and facts.organization is not None and facts.organization != facts.other.organization:
        return f"{facts.other.reference} is for another organisation. Put both under one parent instead: each keeps its own record."
    return None


def joins_what_goes_on(facts: Facts) -> str | None:
    """What is merged goes on with the other: so the other goes on, or ended only after this one was reported."""
    other = facts.other
    if other is None:
        return None
    if other.state in ("merged", "cancelled"):
        return f"{other.reference} is itself {other.state}; take the one that is worked on."
    if other.ended_at is not None and facts.opened_at is not None and other.ended_at < facts.opened_at:
        return f"{other.reference} had ended before this one was reported. Reopen it first, or link the two."
    return None


def is_elder(opened: tuple[datetime, int], other: Other) -> bool:
    """Was it opened before the other? The number decides between two of one moment."""
    return opened < (other.opened_at, other.number)


def asked_the_customer(facts: Facts) -> str | None:
    """Optional: waiting for the customer only after a message to them."""
    return None if facts.public_messages or facts.note.strip() else at_field("note", "Before waiting for the customer, write to them.")


# Which fields a guard reads: a button stays pressable when its form asks for just these.
is_classified.reads = ("service", "classification", "impact", "urgency")  # type: ignore[attr-defined]
has_a_taker.reads = ("team", "owner")  # type: ignore[attr-defined]
has_an_owner.reads = ("owner",)  # type: ignore[attr-defined]
says_how.reads = ("resolution_code", "cause_code", "resolution_note")  # type: ignore[attr-defined]
has_a_work_note.reads = ("resolution_note",)  # type: ignore[attr-defined]
names_an_item_when_urgent.reads = ("configuration_item", "item_missing_reason")  # type: ignore[attr-defined]


def working_days_later(hours: ServiceHours | None, start: datetime, days: int) -> datetime:
    """The moment some working days after another: a day counts when anything of it is open; without hours every day counts.

    Never more than a year of days is looked through: hours that are never open would have no working day at all.
    """
    if hours is None:
        return start + timedelta(days=days)
    at, left = start, days
    for _day in range(366):
        if left <= 0:
            break
        at, before = at + timedelta(days=1), at
        left -= bool(hours.elapsed(before, at))
    return at


WAITING = ("waiting_customer", "waiting_supplier", "waiting_change")
WORKED_ON = ("assigned", "in_progress", *WAITING)

INCIDENT_FLOW = Workflow(
    initial="new",
    states=states(
        ("new", "new", "New"),
        ("assigned", "ready", "Assigned"),
        ("in_progress", "active", "In progress"),
        ("waiting_customer", "waiting", "Waiting: customer"),
        ("waiting_supplier", "waiting", "Waiting: supplier"),
        ("waiting_change", "waiting", "Waiting: change"),
        ("resolved", "done", "Resolved"),
        ("closed", "closed", "Closed"),
        ("cancelled", "dropped", "Cancelled"),
        ("merged", "dropped", "Merged"),
    ),
    moves=(
        Move(
            "assign",
            ("new", *WORKED_ON),
            "assigned",
            "Assign",
            guards=(is_classified, has_a_taker),
            asks=("service", "classification", "impact", "urgency", "team", "owner"),
            primary_in=("new",),
        ),
        Move("start", ("assigned",), "in_progress", "Start work", guards=(is_classified, has_an_owner), asks=("owner",), is_primary=True),
        Move(
            "wait_for_customer",
            ("assigned", "in_progress", "waiting_supplier", "waiting_change"),
            "waiting_customer",
            "Wait for the customer",
            asks=("waiting_for",),
        ),
        Move(
            "wait_for_supplier",
            ("assigned", "in_progress", "waiting_customer", "waiting_change"),
            "waiting_supplier",
            "Wait for a supplier",
            asks=("waiting_for",),
        ),
        Move(
            "wait_for_change",
            ("assigned", "in_progress", "waiting_customer", "waiting_supplier"),
            "waiting_change",
            "Wait for a change",
            asks=("waiting_for",),
        ),
        Move("resume", WAITING, "in_progress", "Go on", guards=(has_an_owner,), asks=("owner",), is_primary=True),
        Move(
            "resolve",
            ("in_progress", *WAITING),
            "resolved",
            "Resolve",
            is_primary=True,
            guards=(says_how, has_a_work_note, names_an_item_when_urgent),
            asks=("resolution_code", "cause_code", "resolution_note", "classification", "configuration_item", "item_missing_reason"),
        ),
        Move("confirm", ("resolved",), "closed", "Confirm and close", guards=(has_no_open_children,), is_for_requester=True),
        Move("close", ("resolved",), "closed", "Close", guards=(has_no_open_children,), is_primary=True),
        Move("reopen", ("resolved", "closed"), "in_progress", "Reopen", guards=(is_recent_enough,), is_for_requester=True, asks_note=True),
        Move("cancel", ("new", "assigned"), "cancelled", "Cancel", asks_note=True),
        Move("close_as_request", ("new", *WORKED_ON), "cancelled", "It is a request", asks_note=True),
        Move(
            "merge",
            ("new", *WORKED_ON),
            "merged",
            "Merge into the other",
            guards=(names_the_other, is_the_younger, is_for_the_same_customer, joins_what_goes_on, has_no_open_children),
        ),
        Move("unmerge", ("merged",), "new", "Take the merging apart", guards=(is_recent_enough,), asks_note=True),
    ),
    optional_guards={"write_before_waiting": ("wait_for_customer", asked_the_customer)},
    requesters_turn=("waiting_customer", "resolved"),
)


def priority_of(impact: int | None, urgency: int | None, matrix: Mapping[tuple[int, int], int]) -> int | None:
    """The priority that the matrix gives; None while impact or urgency is unknown or the matrix has no such cell."""
    if impact is None or urgency is None:
        return None
    return matrix.get((impact, urgency))


def steps_to_resolve(state: str) -> tuple[str, ...]:
    """The moves that lead from a state to resolved, for a child that goes along with its parent."""
    return {"new": ("assign", "start", "resolve"), "assigned": ("start", "resolve")}.get(state, ("resolve",))


@dataclass(frozen=True, slots=True)
class Route:
    """An assignment rule, detached from the database; empty conditions match all."""

    name: str
    team: int
    service: int | None = None
    categories: frozenset[int] = frozenset()
    organization: int | None = None


def route(values: Mapping[str, Any], rules: Iterable[Route]) -> Route | None:
    """The first rule whose conditions all hold for these ids of service, category and organization."""
    for rule in rules:
        if (
            (rule.service is None or rule.service == values.get("service"))
            and (not rule.categories or values.get("classification") in rule.categories)
            and (rule.organization is None or rule.organization == values.get("organization"))
        ):
            return rule
    return None
