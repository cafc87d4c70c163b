"""What other parties operate (8.2.3): its workflow, which agreement fits which party, and four proofs that go out of date. No Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.lib.time import months_later
from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

SUPPLIER, INTERNAL, CUSTOMER = "supplier", "internal", "customer"
ORGANIZATIONS = {SUPPLIER: ("supplier",), INTERNAL: ("unit", "provider"), CUSTOMER: ("customer",)}
AGREED_BY = {SUPPLIER: "contract", INTERNAL: "ola", CUSTOMER: "ola"}  # S-073
OPEN = ("proposed", "running")  # states in which its proofs may change

BOXES = ("accountability", "definition", "performance", "improvement")  # S-074 to S-077
FRESH, STALE, MISSING = "fresh", "stale", "missing"
# What shows control, beside the agreement itself (S-078).
EVIDENCE = ("minutes", "report", "procedure")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. `agreed` is the type of its agreement; `is_valid`: that agreement holds today."""

    party_type: str = ""
    party: str = ""
    operates: str = ""
    named: bool = False
    agreed: str = ""
    is_valid: bool = False
    is_theirs: bool = True
    owner: int | None = None
    activities: str = ""
    evaluation: str = ""
    evaluated_on: date | None = None
    starts_on: date | None = None
    note: str = ""


def wrong_agreement(party_type: str, agreed: str) -> str:
    """Why an agreement of a type does not fit a party of a type; empty when it does (S-073)."""
    if not agreed or agreed == AGREED_BY.get(party_type):
        return ""
    if party_type == SUPPLIER:
        return "A supplier works under a contract. Choose a contract, or another type of party."
    return "Internal groups and customers work under an internal agreement. Choose one, or another type of party."


def fits_its_party(facts: Facts) -> str | None:
    """8.2.3: suppliers, internal groups and customers are organisations of their own kinds."""
    if facts.party in ORGANIZATIONS.get(facts.party_type, ()):
        return None
    return at_field("party_type", "The organisation that it is for is of another kind. Choose another type, or another organisation.")


def says_what_they_do(facts: Facts) -> str | None:
    """8.2.3-a, 8.2.3-d: what they operate is named, and one of ours is accountable for it."""
    if not facts.named:
        return at_field(facts.operates or "operates", "Name the process, the service or the component that they operate.")
    return missing(
        "Others operate something only with",
        ("activities", "what they do in words", facts.activities.strip()),
        ("owner", "a person of ours who is accountable", facts.owner),
        ("starts_on", "the day from which they do it", facts.starts_on),
    )


def rests_on_an_agreement(facts: Facts) -> str | None:
    """S-072, S-073: they work under an agreement of the right type that holds, and that is with them."""
    if not facts.agreed:
        return at_field("agreement", "Name the contract or internal agreement under which they work.")
    if wrong := wrong_agreement(facts.party_type, facts.agreed):
        return at_field("agreement", wrong)
    if not facts.is_theirs:
        return at_field("agreement", "That agreement is with somebody else. Choose one with this organisation.")
    return None if facts.is_valid else at_field("agreement", "That agreement does not hold. Put it in force first, or choose another one.")


def was_evaluated_before(facts: Facts) -> str | None:
    """8.2.3-b: a party is evaluated before it starts."""
    lacking = missing(
        "Before they start they need",
        ("evaluated_on", "the day on which they were evaluated", facts.evaluated_on),
        ("evaluation", "the result of that", facts.evaluation.strip()),
    )
    if lacking is not None:
        return lacking
    if facts.starts_on is not None and facts.evaluated_on is not None and facts.evaluated_on > facts.starts_on:
        return at_field("evaluated_on", "They start before they were evaluated. Evaluate them first.")
    return None


says_what_they_do.reads = ("operates", "process", "service", "component", "activities", "owner", "starts_on")  # type: ignore[attr-defined]
rests_on_an_agreement.reads = ("agreement", "party_type")  # type: ignore[attr-defined]
was_evaluated_before.reads = ("evaluated_on", "evaluation", "starts_on")  # type: ignore[attr-defined]
fits_its_party.reads = ("party_type",)  # type: ignore[attr-defined]

OPERATION_FLOW = Workflow(
    initial="proposed",
    states=states(("proposed", "new", "Proposed"), ("running", "active", "Running"), ("ended", "closed", "Ended")),
    moves=(
        Move(
            "start",
            ("proposed",),
            "running",
            "Start",
            guards=(fits_its_party, says_what_they_do, rests_on_an_agreement, was_evaluated_before),
            asks=("agreement", "owner", "starts_on", "evaluated_on", "evaluation"),
            is_primary=True,
        ),
        Move("end", ("proposed", "running"), "ended", "End", asks_note=True),
        Move("take_up", ("ended",), "proposed", "Take up again", asks_note=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence as it is judged: what it proves, of which kind it is, its day, and after how many months it is out of date."""

    box: str
    kind: str
    dated_on: date
    months: int

    @property
    def good_until(self) -> date:
        """The last day on which it counts."""
        return months_later(self.dated_on, self.months)


def scored(proofs: Iterable[Proof], today: date) -> dict[str, str]:
    """Each of the four boxes: fresh with at least one proof that still counts, stale with older ones only, else missing."""
    rows = list(proofs)
    found = {}
    for box in BOXES:
        there = [p for p in rows if p.box == box]
        found[box] = MISSING if not there else FRESH if any(p.good_until >= today for p in there) else STALE
    return found


def missing_kinds(party_type: str, proofs: Iterable[Proof], today: date) -> list[str]:
    """S-078: the kinds of evidence of which there is none that still counts."""
    there = {p.kind for p in proofs if p.good_until >= today}
    return [kind for kind in (AGREED_BY.get(party_type, "contract"), *EVIDENCE) if kind not in there]
