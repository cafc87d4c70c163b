"""The workflow of a supplier (8.3.4), first depth: candidate, active, ended. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

EXTERNAL, INTERNAL, CUSTOMER = "external", "internal", "customer"
PARTIES = {EXTERNAL: ("supplier",), INTERNAL: ("unit", "provider"), CUSTOMER: ("customer",)}
MISFITS = {
    EXTERNAL: "A supplier is an organisation of kind supplier; choose another type, or another organisation.",
    INTERNAL: "An internal supplier is one of our own units; choose another type, or another organisation.",
    CUSTOMER: "A customer acting as supplier is an organisation of kind customer; choose another type, or another organisation.",
}
# With whom one has a contract, and with whom an internal agreement.
AGREED_BY = {EXTERNAL: "contract", INTERNAL: "ola", CUSTOMER: "ola"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    type: str = ""
    party: str = ""
    owner: int | None = None
    category: str = ""
    criticality: int | None = None
    review_on: date | None = None
    today: date | None = None


def fits_its_party(facts: Facts) -> str | None:
    """8.3.4: external suppliers, internal suppliers and customers who supply are organisations of their own kinds."""
    return None if facts.party in PARTIES.get(facts.type, ()) else at_field("type", MISFITS.get(facts.type, "Say of which type it is."))


def is_managed(facts: Facts) -> str | None:
    """8.3.4.1-a: somebody answers for the relationship, and it is known how much hangs on it."""
    return missing(
        "An active supplier needs",
        ("owner", "a manager", facts.owner),
        ("supplier_category", "a category", facts.category),
        ("criticality", "a criticality", facts.criticality),
        ("review_on", "the day of its next review", facts.review_on),
    )


def next_review_lies_ahead(facts: Facts) -> str | None:
    """A review that is done sets the next one, on a day to come."""
    if facts.review_on is not None and facts.today is not None and facts.review_on <= facts.today:
        return at_field("review_on", "The next review must lie ahead.")
    return None


fits_its_party.reads = ("type",)  # type: ignore[attr-defined]
is_managed.reads = ("owner", "supplier_category", "criticality", "review_on")  # type: ignore[attr-defined]
next_review_lies_ahead.reads = ("review_on",)  # type: ignore[attr-defined]

SUPPLIER_FLOW = Workflow(
    initial="candidate",
    states=states(("candidate", "new", "Candidate"), ("active", "active", "Active"), ("ended", "closed", "Ended")),
    moves=(
        Move(
            "activate",
            ("candidate",),
            "active",
            "Make active",
            guards=(fits_its_party, is_managed),
            asks=("owner", "supplier_category", "criticality", "review_on"),
            is_primary=True,
        ),
        Move(
            "review",
            ("active",),
            "active",
            "Reviewed",
            guards=(next_review_lies_ahead,),
            asks=("review_on", "supplier_category", "criticality"),
            needs=("review_on",),
            asks_note=True,
        ),
        Move("end", ("candidate", "active"), "ended", "End", asks_note=True),
        Move("take_up", ("ended",), "candidate", "Candidate again", asks_note=True),
    ),
)
