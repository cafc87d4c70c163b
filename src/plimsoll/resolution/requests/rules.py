"""The workflows of what can be ordered, requests (W-RQ), their tasks and accesses, and their guards: decisions only; runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

REOPEN_WITHIN = timedelta(days=14)
CLOSE_AFTER_DAYS = 7
REMIND_BEFORE = timedelta(days=7)  # of the end of an access


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the guards of a request model judge."""

    owner: int | None = None
    description: str = ""
    instruction: str = ""
    instruction_review_on: date | None = None
    today: date | None = None
    versions: int = 0
    audience: int = 0
    has_tasks: bool = False


def has_a_version(facts: ModelFacts) -> str | None:
    """8.6.2: what is offered has a form, an approval chain and tasks that are in force."""
    return None if facts.versions else "Nothing of it is in force yet. Draft its form, approvals and tasks, and put them in force first."


def says_what_it_is(facts: ModelFacts) -> str | None:
    """Customers read what they order, and somebody answers for it."""
    return missing("Offering it needs", ("owner", "an owner", facts.owner), ("description", "a description for the customer", facts.description))


def is_for_somebody(facts: ModelFacts) -> str | None:
    """Only those who are named may order it; with nobody named nobody could."""
    return None if facts.audience else at_field("is_for_everybody", "Say who may order it: everybody, or organisations, teams, roles or people.")


def has_a_current_instruction(facts: ModelFacts) -> str | None:
    """8.6.2-e: whoever fulfils it has an instruction whose review is not overdue."""
    if not facts.has_tasks:
        return None
    if sentence := missing(
        "Those who fulfil it need",
        ("instruction", "an instruction", facts.instruction),
        ("instruction_review_on", "the day of its next review", facts.instruction_review_on),
    ):
        return sentence
    if facts.instruction_review_on is not None and facts.today is not None and facts.instruction_review_on < facts.today:
        return at_field("instruction_review_on", f"The instruction was to be reviewed by {facts.instruction_review_on:%-d %B %Y}. Review it first.")
    return None


says_what_it_is.reads = ("owner", "description")  # type: ignore[attr-defined]
has_a_current_instruction.reads = ("instruction", "instruction_review_on")  # type: ignore[attr-defined]
is_for_somebody.reads = ("is_for_everybody",)  # type: ignore[attr-defined]

MODEL_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("offered", "active", "Can be ordered"),
        ("paused", "waiting", "Not offered for now"),
        ("retired", "closed", "Retired"),
    ),
    moves=(
        Move(
            "offer", ("draft", "paused"), "offered", "Offer it", is_primary=True,
            guards=(has_a_version, says_what_it_is, is_for_somebody, has_a_current_instruction),
            asks=("owner", "is_for_everybody", "instruction", "instruction_review_on"),
        ),
        Move("pause", ("offered",), "paused", "Offer it no more for now", asks_note=True),
        Move("retire", ("draft", "offered", "paused"), "retired", "Retire", asks_note=True),
        Move("take_back", ("retired",), "draft", "Take it up again", asks_note=True),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards of a request judge. `approval` is "", "open", "approved", "refused" or "withdrawn": derived, stored nowhere."""

    is_approval_needed: bool = False
    approval: str = ""
    open_tasks: int = 0
    missing_tasks: int = 0
    waiting_for: str = ""
    instruction_overdue: date | None = None
    ended_at: datetime | None = None
    now: datetime | None = None
    note: str = ""
    reopen_within: timedelta = REOPEN_WITHIN


def needs_no_approval(facts: Facts) -> str | None:
    """Straight on goes only what nobody has to approve."""
    return "It needs an approval first. Ask for it." if facts.is_approval_needed else None


def is_approved(facts: Facts) -> str | None:
    """Approved means that every step said yes; nobody declares it so by hand."""
    if facts.approval == "approved" or (not facts.is_approval_needed and facts.approval in ("", "withdrawn")):
        return None
    if facts.approval == "refused":
        return "A step of its approval said no."
    return "Its approval is not decided: somebody who is asked has not said yes yet."


def is_refused(facts: Facts) -> str | None:
    """Rejected is what somebody who was asked refused."""
    if facts.approval in ("refused", "withdrawn") or (not facts.is_approval_needed and not facts.approval):
        return None
    return "Nobody who was asked has refused it. To stop it before that, cancel it."


def has_no_open_tasks(facts: Facts) -> str | None:
    """8.6.2-c: fulfilled means that every task is done, or skipped with a reason."""
    if facts.open_tasks:
        return f"{facts.open_tasks} of its tasks {'is' if facts.open_tasks == 1 else 'are'} still open."
    if facts.missing_tasks:
        return f"Tasks that have not begun: {facts.missing_tasks}. Each comes by itself when those before it are done."
    return None


def instruction_is_current(facts: Facts) -> str | None:
    """8.6.2-e: what is fulfilled is fulfilled by an instruction whose review is not overdue."""
    if facts.instruction_overdue is None:
        return None
    return f"Its instruction was to be reviewed by {facts.instruction_overdue:%-d %B %Y}. Let the owner of what was ordered review it first."


def is_recent_enough(facts: Facts) -> str | None:
    """Reopened within some days; later a new one is ordered."""
    if facts.ended_at is not None and facts.now is not None and facts.now - facts.ended_at > facts.reopen_within:
        return f"It ended more than {facts.reopen_within.days} days ago. Order it anew."
    return None


REQUEST_FLOW = Workflow(
    initial="submitted",
    states=states(
        ("submitted", "new", "Submitted"),
        ("awaiting_approval", "decide", "Awaiting approval"),
        ("approved", "ready", "Approved"),
        ("in_fulfilment", "active", "In fulfilment"),
        ("waiting_customer", "waiting", "Waiting: customer"),
        ("fulfilled", "done", "Fulfilled"),
        ("closed", "closed", "Closed"),
        ("rejected", "dropped", "Rejected"),
        ("cancelled", "dropped", "Cancelled"),
    ),
    moves=(
        Move("ask", ("submitted",), "awaiting_approval", "Ask for approval"),
        Move("accept", ("submitted",), "approved", "Accept", guards=(needs_no_approval,), is_primary=True),
        Move("approve", ("awaiting_approval",), "approved", "Approve", guards=(is_approved,)),
        Move("reject", ("awaiting_approval",), "rejected", "Reject", guards=(is_refused,), asks_note=True),
        Move("start", ("approved",), "in_fulfilment", "Start fulfilment", asks=("team", "owner"), is_primary=True),
        Move("wait_for_customer", ("approved", "in_fulfilment"), "waiting_customer", "Wait for the customer", asks=("waiting_for",)),
        Move("resume", ("waiting_customer",), "in_fulfilment", "Go on", asks=("owner",), is_primary=True),
        Move(
            "fulfil", ("in_fulfilment", "waiting_customer"), "fulfilled", "Fulfil", guards=(has_no_open_tasks, instruction_is_current),
            asks=("outcome",), is_primary=True,
        ),
        Move("confirm", ("fulfilled",), "closed", "Confirm and close", is_for_requester=True),
        Move("close", ("fulfilled",), "closed", "Close", is_primary=True),
        Move("reopen", ("fulfilled", "closed"), "in_fulfilment", "Reopen", guards=(is_recent_enough,), is_for_requester=True, asks_note=True),
        Move(
            "cancel", ("submitted", "awaiting_approval", "approved", "in_fulfilment", "waiting_customer"), "cancelled", "Cancel",
            is_for_requester=True, asks_note=True,
        ),
    ),
    requesters_turn=("waiting_customer", "fulfilled"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the guards of a task judge."""

    owner: int | None = None
    note: str = ""
    request_ended: bool = False


def has_a_doer(facts: TaskFacts) -> str | None:
    """In progress means that somebody does it."""
    return None if facts.owner else at_field("owner", "Say who does it.")


def request_is_open(facts: TaskFacts) -> str | None:
    """What was fulfilled or cancelled takes no task up again; reopen the request first."""
    return "Its request has ended. Reopen the request first." if facts.request_ended else None


has_a_doer.reads = ("owner",)  # type: ignore[attr-defined]

TASK_FLOW = Workflow(
    initial="open",
    states=states(
        ("open", "ready", "Open"),
        ("in_progress", "active", "In progress"),
        ("blocked", "waiting", "Blocked"),
        ("done", "closed", "Done"),
        ("skipped", "dropped", "Skipped"),
    ),
    moves=(
        Move("start", ("open",), "in_progress", "Start", guards=(has_a_doer,), asks=("owner",), is_primary=True),
        Move("complete", ("open", "in_progress", "blocked"), "done", "Done", asks=("outcome",), primary_in=("in_progress",)),
        Move("block", ("open", "in_progress"), "blocked", "Blocked", asks_note=True),
        Move("unblock", ("blocked",), "in_progress", "Go on", guards=(has_a_doer,), asks=("owner",), is_primary=True),
        Move("skip", ("open", "in_progress", "blocked"), "skipped", "Skip", asks_note=True),
        Move("reopen", ("done", "skipped"), "open", "Take it up again", guards=(request_is_open,), asks_note=True),
    ),
)


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What the guards of an access judge."""

    ends_at: datetime | None = None
    longest: datetime | None = None
    now: datetime | None = None
    open_tasks: int = 0
    note: str = ""


def ends_in_time(facts: AccessFacts) -> str | None:
    """An access ends later than now, and not after the longest time that its model allows."""
    if facts.ends_at is not None and facts.now is not None and facts.ends_at <= facts.now:
        return at_field("ends_at", "It must end after this moment. To take it away now, revoke it.")
    if facts.longest is not None and (facts.ends_at is None or facts.ends_at > facts.longest):
        return at_field("ends_at", f"It may last until {facts.longest:%-d %B %Y} at the longest. Order it anew for longer.")
    return None


def is_over(facts: AccessFacts) -> str | None:
    """An access ends by itself when its time is over, and not before."""
    if facts.ends_at is None or (facts.now is not None and facts.ends_at > facts.now):
        return "Its time is not over. To take it away now, revoke it."
    return None


def is_taken_away(facts: AccessFacts) -> str | None:
    """Ended means that somebody took it away, and not only that its time is over."""
    return "The task to take it away is still open." if facts.open_tasks else None


ends_in_time.reads = ("ends_at",)  # type: ignore[attr-defined]

ACCESS_FLOW = Workflow(
    initial="active",
    states=states(("active", "active", "Active"), ("ending", "ready", "To be taken away"), ("ended", "closed", "Taken away")),
    moves=(
        Move("extend", ("active",), "active", "Extend", guards=(ends_in_time,), asks=("ends_at",), asks_note=True),
        Move("revoke", ("active",), "ending", "Revoke", asks_note=True),
        Move("expire", ("active",), "ending", "Let it end", guards=(is_over,)),
        Move("restore", ("ending",), "active", "Keep it after all", guards=(ends_in_time,), asks=("ends_at",), asks_note=True),
        Move("end", ("ending",), "ended", "It is taken away", guards=(is_taken_away,), is_primary=True),
    ),
)


def next_occurrence(day: date, every: str, start: date) -> date:
    """The occurrence after a day of a series that began at `start`: a week on, or the same day of a later month, its last when it has no such day."""
    if every == "week":
        return day + timedelta(days=7)
    months = day.year * 12 + day.month - 1 + {"month": 1, "quarter": 3, "year": 12}[every]
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))
