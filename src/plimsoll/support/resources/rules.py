"""Resources (7.1): who decides, and what a decision says. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

LIMIT = "resource_cost"  # up to which cost a role may decide
UNDECIDED = ("asked", "deferred")
WANTING = ("asked", "deferred", "granted")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge. `limits` are the greatest costs up to which people decide by a role of theirs."""

    purpose: str = ""
    needed: int | None = None
    unit: str = ""
    cost: int | None = None
    owner: int | None = None
    alternative: str = ""
    deferred_until: date | None = None
    top: frozenset[int] = frozenset()
    limits: tuple[tuple[int, int], ...] = ()
    today: date | None = None
    mover: int | None = None


def says_what_is_asked(facts: Facts) -> str | None:
    """7.1-a: for what, how much, and who asks."""
    return missing(
        "A need that is decided on says",
        ("purpose", "for what it is", facts.purpose.strip()),
        ("needed", "how much is needed", facts.needed is not None),
        ("unit", "in what that is counted", facts.unit.strip()),
        ("owner", "who asks", facts.owner),
    )


def may_decide(facts: Facts) -> str | None:
    """S-041: top management decides, or a role whose limit covers the cost; who asks decides nothing."""
    if facts.mover is None:
        return None
    if facts.mover == facts.owner:
        return "Nobody decides on what they ask for themselves."
    if facts.mover in facts.top:
        return None
    most = dict(facts.limits).get(facts.mover)
    if most is None:
        return "Top management decides on resources, or a role with a limit for their cost."
    if facts.cost is None:
        return at_field("cost", f"Say what it costs: your role decides up to {most}.")
    return None if facts.cost <= most else f"It costs {facts.cost}; your role decides up to {most}. Top management decides."


def names_an_alternative(facts: Facts) -> str | None:
    """5.1-g: who refuses says what is done instead."""
    return None if facts.alternative.strip() else at_field("alternative", "Say what is done instead.")


def comes_again(facts: Facts) -> str | None:
    """What is put off is decided on a day that lies ahead."""
    if facts.deferred_until is None:
        return at_field("deferred_until", "Say by when it is decided again.")
    if facts.today is not None and facts.deferred_until <= facts.today:
        return at_field("deferred_until", "That day has passed. Choose one that lies ahead.")
    return None


says_what_is_asked.reads = ("purpose", "needed", "unit", "owner")  # type: ignore[attr-defined]
may_decide.reads = ("cost",)  # type: ignore[attr-defined]
names_an_alternative.reads = ("alternative",)  # type: ignore[attr-defined]
comes_again.reads = ("deferred_until",)  # type: ignore[attr-defined]

RESOURCE_FLOW = Workflow(
    initial="noted",
    states=states(
        ("noted", "new", "Noted"),
        ("asked", "decide", "Asked for"),
        ("deferred", "waiting", "Deferred"),
        ("granted", "active", "Granted"),
        ("provided", "done", "Provided"),
        ("refused", "dropped", "Refused"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move("ask", ("noted",), "asked", "Ask for it", guards=(says_what_is_asked,), is_primary=True),
        Move("grant", UNDECIDED, "granted", "Grant", guards=(may_decide,), asks_note=True, is_primary=True),
        Move("refuse", UNDECIDED, "refused", "Refuse", guards=(may_decide, names_an_alternative), asks=("alternative",), asks_note=True),
        Move("defer", ("asked",), "deferred", "Defer", guards=(may_decide, comes_again), asks=("deferred_until",), asks_note=True),
        Move("provide", ("granted",), "provided", "It is provided", needs=("available",), is_primary=True),
        Move("withdraw", ("noted", *UNDECIDED, "granted"), "withdrawn", "Withdraw", asks_note=True),
        Move("ask_again", ("deferred", "refused", "withdrawn", "provided"), "noted", "Ask again", asks_note=True),
    ),
)  # fmt: skip
