"""The workflows of SMS changes and of accepted conflicts of duties, and the rules of duties that are kept apart. Runs without Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

CONTENT_OPEN = ("draft",)
ROLE, DOCUMENT = "role", "document"
MOST_NAMED = 5  # sentences of a refusal; the page lists all


# Duties that are kept apart


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One rule of duties that lie in different hands: its items, what it says, and how it is held here."""

    key: str
    ids: tuple[str, ...]
    title: str
    held: str


RULES = (
    DutyRule("set_up", ("W-SOD-9",), "Nobody gives a role to themselves", "A guard; what was done alone during set-up stays listed."),
    DutyRule("administrator", ("W-SOD-9",), "Who administers the system decides nothing in it", "Listed as long as it is so."),
    DutyRule("own_change", ("S-090", "W-SOD-2"), "Who submits an SMS change does not approve it", "A guard; who holds both roles is listed."),
    DutyRule("own_audit", ("W-SOD-4", "S-059"), "Who audits does not work in what they audit", "Who holds both roles is listed."),
    DutyRule("own_text", ("W-SOD-1",), "Nobody approves what they wrote", "A guard of documents, articles, scopes and SMS changes."),
    DutyRule(
        "own_risk", ("W-SOD-6",), "Nobody accepts a risk above the limit of their role", "A guard; owning the risk or administering is no limit."
    ),
    DutyRule("other", ("W-SOD-12",), "Another conflict", "Entered by hand where somebody sees one."),
)


# A change of the management system


@dataclass(frozen=True, slots=True)
class Touch:
    """What the guards know of a document or role that a change touches."""

    reference: str
    title: str
    kind: str
    state: str
    is_changed: bool = True  # a role: its draft says otherwise than what is in force
    is_as_submitted: bool = True
    is_elsewhere: str = ""  # another submitted change that names it

    @property
    def name(self) -> str:
        return f"{self.reference} “{self.title}”"


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What the guards of a change judge. People are numbers; `open_fields` is asked only where it matters."""

    reason: str = ""
    effect: str = ""
    touched: tuple[Touch, ...] = ()
    starters: frozenset[int] = frozenset()
    approvers: frozenset[int] = frozenset()
    starts_as: str = ""
    approves_as: str = ""
    submitted_by: int | None = None
    authors: frozenset[int] = frozenset()  # who wrote in the drafts of touched roles, or in the change
    mover: int | None = None
    open_fields: Callable[[], tuple[str, ...]] = tuple
    note: str = ""


def says_why_and_what(facts: ChangeFacts) -> str | None:
    """A change says why, and what will be different."""
    return missing("It needs", ("reason", "a reason", facts.reason.strip()), ("effect", "what it changes", facts.effect.strip()))


def by_who_starts(facts: ChangeFacts) -> str | None:
    """Only holders of the role that runs the system submit a change of it, administrators included (S-090)."""
    if facts.mover is not None and facts.mover not in facts.starters:
        return f"Only a holder of “{facts.starts_as}” submits an SMS change."
    return None


def touches_something(facts: ChangeFacts) -> str | None:
    """A change names at least one document or role."""
    return None if facts.touched else "It names no document and no role yet. Say what it touches."


def each_is_ready(facts: ChangeFacts) -> str | None:
    """Each document is in review with no open field, each role is a draft that says otherwise than what is in force; one change at a time."""
    found = [sentence for touch in facts.touched if (sentence := _unready(touch))]
    found += facts.open_fields() if not found else ()
    return _told(found)


def each_is_as_submitted(facts: ChangeFacts) -> str | None:
    """What was submitted is what is approved."""
    found = [
        f"{touch.name} was changed after the change was submitted. Take the change back, look at it, and submit it again."
        for touch in facts.touched
        if not touch.is_as_submitted
    ]
    return _told(found)


def by_who_approves(facts: ChangeFacts) -> str | None:
    """Only holders of top management's role approve a change of the system, administrators included (S-090)."""
    if facts.mover is not None and facts.mover not in facts.approvers:
        return f"Only a holder of “{facts.approves_as}” approves an SMS change."
    return None


def not_by_who_submitted(facts: ChangeFacts) -> str | None:
    """Never by who submitted it, nor by who wrote in it or in a role that it touches (W-SOD-1, W-SOD-2)."""
    if facts.mover is not None and (facts.mover == facts.submitted_by or facts.mover in facts.authors):
        return "Nobody approves what they submitted or wrote. Another holder of the role can."
    return None


def _unready(touch: Touch) -> str:
    if touch.is_elsewhere:
        return f"{touch.name} is part of {touch.is_elsewhere} too, which is submitted."
    if touch.kind == DOCUMENT and touch.state != "in_review":
        return f"{touch.name} is not in review. Ask for its review first."
    if touch.kind == ROLE and touch.state != "draft":
        return f"{touch.name} is not a draft. Revise it, and change what is to change."
    if touch.kind == ROLE and not touch.is_changed:
        return f"{touch.name} says what is in force already. Change it, or take it out."
    return ""


def _told(found: list[str]) -> str | None:
    more = f" And {len(found) - MOST_NAMED} more." if len(found) > MOST_NAMED else ""
    return " ".join(found[:MOST_NAMED]) + more if found else None


says_why_and_what.reads = ("reason", "effect")  # type: ignore[attr-defined]

CHANGE_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("submitted", "decide", "Submitted"),
        ("carried_out", "done", "Approved and carried out"),
        ("rejected", "dropped", "Rejected"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move(
            "submit",
            ("draft",),
            "submitted",
            "Submit",
            guards=(by_who_starts, says_why_and_what, touches_something, each_is_ready),
            is_primary=True,
        ),
        Move("take_back", ("submitted",), "draft", "Take back"),
        Move(
            "approve",
            ("submitted",),
            "carried_out",
            "Approve and carry out",
            guards=(by_who_approves, not_by_who_submitted, touches_something, each_is_as_submitted, each_is_ready),
            is_primary=True,
        ),
        Move("reject", ("submitted",), "rejected", "Reject", guards=(by_who_approves,), asks_note=True),
        Move("withdraw", ("draft", "submitted"), "withdrawn", "Withdraw", asks_note=True),
    ),
)


# A conflict of duties that is accepted


@dataclass(frozen=True, slots=True)
class ConflictFacts:
    """What the guards of an accepted conflict judge. People are numbers."""

    person: int | None = None
    reason: str = ""
    control: str = ""
    expires: date | None = None
    today: date | None = None
    opener: int | None = None
    mover: int | None = None
    note: str = ""


def says_all_of_it(facts: ConflictFacts) -> str | None:
    """Who, why it can't be avoided, what makes up for it, and until when (W-SOD-12)."""
    return missing(
        "It needs",
        ("person", "who it is about", facts.person),
        ("reason", "why it can't be avoided", facts.reason.strip()),
        ("control", "what makes up for it", facts.control.strip()),
        ("expires_date", "the day until which it is accepted", facts.expires),
    )


def lies_ahead(facts: ConflictFacts) -> str | None:
    """It is accepted for a time to come."""
    if facts.expires is not None and facts.today is not None and facts.expires <= facts.today:
        return at_field("expires_date", "That day has passed; accept it until a day to come.")
    return None


def by_somebody_else(facts: ConflictFacts) -> str | None:
    """Neither the person whom it is about nor who entered it accepts it."""
    if facts.mover is not None and facts.mover in (facts.person, facts.opener):
        return "Nobody accepts a conflict of their own, or one that they entered. Somebody else with that authority can."
    return None


says_all_of_it.reads = ("person", "reason", "control", "expires_date")  # type: ignore[attr-defined]
lies_ahead.reads = ("expires_date",)  # type: ignore[attr-defined]

CONFLICT_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "decide", "Proposed"),
        ("accepted", "active", "Accepted"),
        ("expired", "waiting", "Expired"),
        ("ended", "closed", "Ended"),
    ),
    moves=(
        Move(
            "accept", ("draft",), "accepted", "Accept", guards=(says_all_of_it, lies_ahead, by_somebody_else), asks=("expires_date",), is_primary=True
        ),
        Move("expire", ("accepted",), "expired", "Mark as expired"),
        Move("propose_again", ("expired", "accepted"), "draft", "Propose again"),
        Move("end", ("draft", "accepted", "expired"), "ended", "End", asks_note=True),
    ),
)
