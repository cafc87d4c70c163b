"""Processes: their workflow, who does what with exactly one who is accountable, clauses, and inputs that nobody gives. No Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

OPEN = ("draft", "in_force")  # states in which what it consists of may change
RESPONSIBLE, ACCOUNTABLE, CONSULTED, INFORMED = "R", "A", "C", "I"
LETTERS = (RESPONSIBLE, ACCOUNTABLE, CONSULTED, INFORMED)
# How often something is to pass, as times a month; 0: whenever it happens, however often that is.
TIMES_A_MONTH = {"event": 0.0, "daily": 21.0, "weekly": 4.3, "monthly": 1.0, "quarterly": 1 / 3, "yearly": 1 / 12}

_CLAUSE = re.compile(r"\A(?:[4-9]|10)(?:\.[0-9]{1,2}){0,3}\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """An activity as guards judge it: its name, and how many are accountable for it."""

    name: str
    accountable: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. `steps` are the activities."""

    purpose: str = ""
    covers: str = ""
    clauses: str = ""
    owner_role: int | None = None
    manager_role: int | None = None
    steps: tuple[Step, ...] = ()
    review_on: date | None = None
    today: date | None = None
    note: str = ""


def listed(text: str) -> list[str]:
    """What a text lists, set apart by commas, semicolons or lines; each once."""
    return list(dict.fromkeys(part for raw in re.split(r"[,;\n]", text) if (part := raw.strip())))


def wrong_clauses(text: str) -> list[str]:
    """What of a list of clauses is no clause of 4 to 10."""
    return [clause for clause in listed(text) if not _CLAUSE.match(clause)]


def serves(clauses: Iterable[str], clause: str) -> bool:
    """Is a clause, one under it or one above it among some clauses?"""
    return any(c == clause or clause.startswith(f"{c}.") or c.startswith(f"{clause}.") for c in clauses)


def same(text: str) -> str:
    """By what two names of one thing are the same."""
    return " ".join(text.split()).casefold()


def nobodys(inputs: Sequence[tuple[str, str]], given: Iterable[str]) -> list[str]:
    """S-071: of inputs (what, from whom outside) those that no process gives and nobody outside either."""
    known = {same(what) for what in given}
    return [what for what, outside in inputs if not outside.strip() and same(what) not in known]


def says_what_it_is(facts: Facts) -> str | None:
    """4.4-a: a process in force says what it is for, what it covers, which clauses it serves, and who answers for it and runs it."""
    return missing(
        "A process in force needs",
        ("purpose", "a purpose", facts.purpose.strip()),
        ("covers", "what it covers", facts.covers.strip()),
        ("clauses", "the clauses that it serves", facts.clauses.strip()),
        ("owner_role", "a role that owns it", facts.owner_role),
        ("manager_role", "a role that runs it", facts.manager_role),
        ("review_on", "the day of its next review", facts.review_on),
    )


def one_is_accountable(facts: Facts) -> str | None:
    """S-034: it has activities, and for each exactly one role is accountable."""
    if not facts.steps:
        return "Say what is done: enter its activities, and who does what in each."
    for step in facts.steps:
        if step.accountable != 1:
            return f"{'Nobody is' if not step.accountable else 'More than one is'} accountable for “{step.name}”. Name exactly one role (A)."
    return None


def next_review_lies_ahead(facts: Facts) -> str | None:
    """A review that is done sets the next one, on a day to come."""
    if facts.review_on is not None and facts.today is not None and facts.review_on <= facts.today:
        return at_field("review_on", "The next review must lie ahead.")
    return None


says_what_it_is.reads = ("purpose", "covers", "clauses", "owner_role", "manager_role", "review_on")  # type: ignore[attr-defined]
next_review_lies_ahead.reads = ("review_on",)  # type: ignore[attr-defined]

PROCESS_FLOW = Workflow(
    initial="draft",
    states=states(("draft", "new", "Draft"), ("in_force", "active", "In force"), ("retired", "closed", "Retired")),
    moves=(
        Move(
            "put_in_force",
            ("draft",),
            "in_force",
            "Put in force",
            guards=(says_what_it_is, one_is_accountable, next_review_lies_ahead),
            asks=("review_on",),
            is_primary=True,
        ),
        Move(
            "review",
            ("in_force",),
            "in_force",
            "Reviewed",
            guards=(says_what_it_is, one_is_accountable, next_review_lies_ahead),
            asks=("review_on", "covers", "stage"),
            needs=("review_on",),
            asks_note=True,
        ),
        Move("retire", ("draft", "in_force"), "retired", "Retire", asks_note=True),
        Move("take_up", ("retired",), "draft", "Take up again", asks_note=True),
    ),
)
