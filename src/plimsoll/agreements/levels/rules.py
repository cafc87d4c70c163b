"""Agreements (8.3.3, 8.3.4, first depth): their workflow, what the terms of a version must say, and which version covers what. No Django."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.lib.faults import Fault
from plimsoll.kernel.targets.rules import MEASURES, PRIORITY_WORDS
from plimsoll.kernel.workflow import Move, Workflow, at_field, missing, states

SLA, OLA, CONTRACT = "sla", "ola", "contract"
PRIORITIES = tuple(PRIORITY_WORDS)
# Customers' clocks stand still only while they are waited for, from a message on. What we wait for from others is no business of theirs.
USUAL_PAUSES = {"waiting_customer": "message"}
# A supplier's own clock runs while we wait for a supplier.
SUPPLIERS_STATES = ("waiting_supplier",)
LONGEST = timedelta(days=3650)
MOST_ROWS = 60
_SPAN = re.compile(r"(\d+(?:[.,]\d+)?)\s*(s|sec|min|m|h|hours?|minutes?)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """Worked time within which something is to have happened; `priority` None for every priority without a target of its own."""

    measure: str
    priority: int | None
    within: timedelta
    team: int | None = None  # only while this team has the record
    is_second: bool = False  # counted in the second hours

    @property
    def is_special(self) -> bool:
        """Does it hold only for some of the records of its priority, or in other hours?"""
        return self.team is not None or self.is_second


@dataclass(frozen=True, slots=True)
class ShareTarget:
    """That a share of the records of a month meets a time: "90 % resolved within 4 h". Several may hold for the same records.

    In the second hours it is about what is counted in them: with a stand-by, what was opened outside the usual hours.
    """

    measure: str
    priority: int | None
    within: timedelta
    percent: float
    team: int | None = None
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """Up to how many records a month the targets hold."""

    priority: int | None
    most: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of an agreement says. `services` are card ids, empty for every service delivered; `hours` the frozen service hours."""

    has_commitment: bool = True
    services: frozenset[int] = frozenset()
    hours: Mapping[str, Any] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    shares: tuple[ShareTarget, ...] = ()
    workload: tuple[Workload, ...] = ()
    pauses: Mapping[str, str] = field(default_factory=dict)  # state -> "message" or "always"
    teams: frozenset[int] = frozenset()
    exceptions: str = ""
    second_hours: Mapping[str, Any] = field(default_factory=dict)
    is_standby: bool = False  # targets in the second hours hold only for what is opened outside the usual hours

    def service_hours(self) -> ServiceHours:
        """The arithmetic of the hours. Raises ValueError when they are not sound."""
        return self.hours_of()

    def hours_of(self, *, is_second: bool = False) -> ServiceHours:
        """The arithmetic of the hours, or of the second ones. Raises ValueError when they are not sound."""
        kept = self.second_hours if is_second else self.hours
        return ServiceHours.from_dict({name: kept[name] for name in ("timezone", "week", "holidays", "yearly_holidays") if name in kept})

    def promised(self) -> list[Target | ShareTarget]:
        """Targets and shares, for what is asked of both."""
        return [*self.targets, *self.shares]

    def counted(self) -> list[Target]:
        """The targets by which clocks are counted: those named, and for a measure of which only shares are promised, their longest times."""
        named = {t.measure for t in self.targets}
        longest: dict[tuple[str, int | None, int | None, bool], Target] = {}
        for s in sorted(self.shares, key=lambda s: s.within, reverse=True):
            if s.measure not in named:
                longest.setdefault((s.measure, s.priority, s.team, s.is_second), Target(s.measure, s.priority, s.within, s.team, s.is_second))
        return [*self.targets, *longest.values()]


def read_span(text: str) -> timedelta:
    """ "30 min", "4 h", "1 h 30 min" or "153.37 h" as a span of worked time. Raises ValueError with a sentence.

    Days are not taken: a working day has no length of its own.
    """
    rest = text.strip()
    total = timedelta(0)
    while rest:
        found = _SPAN.match(rest)
        if found is None:
            raise ValueError(f"“{text.strip()}” is not a time. Write 30 min, 4 h or 1 h 30 min; days are not taken, as a working day has no length.")
        number = float(found[1].replace(",", "."))
        if number > 100_000:
            raise ValueError(f"“{text.strip()}” is longer than ten years.")
        unit = found[2].lower()
        total += timedelta(hours=number) if unit.startswith("h") else timedelta(seconds=number) if unit.startswith("s") else timedelta(minutes=number)
        rest = rest[found.end() :].lstrip(" ,")
    total = timedelta(seconds=round(total.total_seconds()))
    if not timedelta(0) < total <= LONGEST:
        raise ValueError(f"“{text.strip()}” is not a time between a second and ten years.")
    return total


def write_span(value: timedelta) -> str:
    """The text that `read_span` reads back to the same span."""
    seconds = int(value.total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if n]
    return " ".join(parts)


def read_terms(stored: Mapping[str, Any]) -> Terms:
    """Terms from their stored form. Raises KeyError or ValueError for what no version of ours wrote."""
    return Terms(
        has_commitment=bool(stored.get("has_commitment", True)),
        services=frozenset(stored.get("services", ())),
        hours=dict(stored.get("hours", {})),
        targets=tuple(
            Target(t["measure"], t["priority"], timedelta(seconds=t["seconds"]), t.get("team"), bool(t.get("second")))
            for t in stored.get("targets", ())
        ),
        shares=tuple(
            ShareTarget(t["measure"], t["priority"], timedelta(seconds=t["seconds"]), float(t["percent"]), t.get("team"), bool(t.get("second")))
            for t in stored.get("shares", ())
        ),
        second_hours=dict(stored.get("second_hours", {})),
        is_standby=bool(stored.get("is_standby")),
        workload=tuple(Workload(w["priority"], int(w["most"])) for w in stored.get("workload", ())),
        pauses=dict(stored.get("pauses", {})),
        teams=frozenset(stored.get("teams", ())),
        exceptions=str(stored.get("exceptions", "")),
    )


def write_terms(terms: Terms) -> dict[str, Any]:
    """The stored form of terms; equal terms give equal forms."""

    def order(row: Any) -> tuple[Any, ...]:
        return (MEASURES.index(row.measure), row.priority or 9, row.is_second, row.team or 0, row.within, getattr(row, "percent", 0))

    def whose(row: Target | ShareTarget) -> dict[str, Any]:
        return ({"team": row.team} if row.team else {}) | ({"second": True} if row.is_second else {})

    second = {"second_hours": dict(terms.second_hours), "is_standby": terms.is_standby} if terms.second_hours else {}
    return {
        "has_commitment": terms.has_commitment,
        "services": sorted(terms.services),
        "hours": dict(terms.hours),
        "targets": [
            {"measure": t.measure, "priority": t.priority, "seconds": int(t.within.total_seconds()), **whose(t)}
            for t in sorted(terms.targets, key=order)
        ],
        "shares": [
            {"measure": t.measure, "priority": t.priority, "seconds": int(t.within.total_seconds()), "percent": t.percent, **whose(t)}
            for t in sorted(terms.shares, key=order)
        ],
        "workload": [{"priority": w.priority, "most": w.most} for w in sorted(terms.workload, key=lambda w: w.priority or 9)],
        "pauses": dict(sorted(terms.pauses.items())),
        "teams": sorted(terms.teams),
        "exceptions": terms.exceptions,
        **second,
    }


def faults_of_terms(terms: Terms, kind: str, waiting: Sequence[str]) -> list[Fault]:
    """What keeps terms from being put in force. `waiting` are the names of the states that may pause."""
    faults = []
    if not terms.has_commitment:
        if terms.targets or terms.shares:
            faults.append(Fault("has_commitment", "It says that nothing is promised, and names targets. Take the targets out, or promise them."))
        return faults
    if not terms.targets and not terms.shares:
        faults.append(Fault("targets", "Name at least one target, or say that nothing is promised."))
    if not terms.hours:
        faults.append(Fault("hours", "Choose the service hours in which the clocks run."))
    elif not any(terms.service_hours().week.values()):
        faults.append(Fault("hours", "These service hours are never open: no target would ever be due."))
    seen = set()
    for target in terms.targets:
        key = (target.measure, target.priority, target.team, target.is_second and terms.is_standby)
        if key in seen:
            faults.append(Fault("targets", f"There are two targets to {target.measure} at priority {_named(target.priority)} for the same records."))
        seen.add(key)
    faults += _faults_of_second(terms)
    by_priority: dict[tuple[int | None, int | None, bool], dict[str, timedelta]] = {}
    for target in terms.targets:
        by_priority.setdefault((target.priority, target.team, target.is_second), {})[target.measure] = target.within
    for (priority, _team, _second), spans in by_priority.items():
        ordered = [spans[m] for m in MEASURES if m in spans]
        if ordered != sorted(ordered):
            faults.append(Fault("targets", f"At priority {_named(priority)} a later step has less time than an earlier one."))
    faults += [Fault("pauses", f"There is no state “{state}” in which it could stand still.") for state in terms.pauses if state not in waiting]
    if kind == SLA and "waiting_supplier" in terms.pauses:
        faults.append(Fault("pauses", "Waiting for a supplier never pauses what a customer was promised; it starts the supplier's own clock."))
    if len(terms.targets) + len(terms.shares) > MOST_ROWS:
        faults.append(Fault("targets", f"These are more than {MOST_ROWS} targets."))
    return faults


def _named(priority: int | None) -> str:
    return PRIORITY_WORDS[priority] if priority else "any"


def _lies_within(inner: ServiceHours, outer: ServiceHours) -> bool:
    """Is the inner week open only while the outer one is? Different zones are not compared; a holiday of the outer one alone leaves a gap."""
    if inner.timezone != outer.timezone or not (outer.holidays <= inner.holidays and outer.yearly_holidays <= inner.yearly_holidays):
        return False
    return all(any(a <= start and end <= b for a, b in outer.week[day]) for day, spans in inner.week.items() for start, end in spans)


def _faults_of_second(terms: Terms) -> list[Fault]:
    """What is wrong with the second hours."""
    used = [row for row in terms.promised() if row.is_second]
    if used and not terms.second_hours:
        return [Fault("second_hours", "Targets are counted in second hours. Choose which those are.")]
    if terms.second_hours and not any(terms.hours_of(is_second=True).week.values()):
        return [Fault("second_hours", "These second hours are never open: no target in them would ever be due.")]
    if terms.second_hours and terms.hours and terms.hours_of(is_second=True) == terms.service_hours():
        return [Fault("second_hours", "The second hours are the same as the service hours. Choose others, or none.")]
    if terms.is_standby and terms.hours and _lies_within(terms.hours_of(is_second=True), terms.service_hours()):
        return [Fault("second_hours", "A stand-by is for what comes outside the service hours, and these second hours lie wholly inside them.")]
    if terms.is_standby and not used:
        return [Fault("is_standby", "A stand-by needs targets in the second hours.")]
    return []


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    kind: str = ""
    party: str = ""  # the kind of organization on the other side
    owner: int | None = None
    review_on: Any = None
    signed_by_us: int | None = None
    signed_by_them: str = ""
    signed_on: Any = None
    versions: int = 0
    drafts: int = 0
    in_force: int = 0
    note: str = ""
    today: date | None = None  # wherever on earth it is latest


REMIND_BEFORE = (30, 7, 0)  # days


def reminder_due(day: date, today: date, told: Collection[int]) -> int | None:
    """At which distance from a day its owner is to be reminded now, or None. After a standstill only the nearest one is told, once."""
    reached = [days for days in REMIND_BEFORE if (day - today).days <= days]
    nearest = min(reached, default=None)
    return None if nearest in told else nearest


def has_terms(facts: Facts) -> str | None:
    """8.3.3: what is agreed stands in it, or that nothing is promised."""
    return None if facts.versions or facts.drafts else "Write down its terms first: the services, hours and targets of its first version."


@dataclass(frozen=True, slots=True)
class RecalculationFacts:
    """What the guards of a recalculation judge."""

    reason: str = ""
    differing: int = 0
    opened_from: Any = None
    opened_before: Any = None


def says_why(facts: RecalculationFacts) -> str | None:
    """A recalculation changes what was counted: it has its reason, which stands in the trail of each record."""
    return (
        None
        if facts.reason.strip()
        else at_field("reason", "Say why: the reason stands in the trail of every record that is put under another version.")
    )


def finds_something(facts: RecalculationFacts) -> str | None:
    """There is nothing to apply when nothing differs."""
    return None if facts.differing else "Nothing would be different, so there is nothing to apply."


def has_a_period(facts: RecalculationFacts) -> str | None:
    """From before until."""
    if facts.opened_from and facts.opened_before and facts.opened_from >= facts.opened_before:
        return at_field("opened_before", "The period must end after it begins.")
    return None


says_why.reads = ("reason",)  # type: ignore[attr-defined]
has_a_period.reads = ("opened_from", "opened_before")  # type: ignore[attr-defined]

RECALCULATION_FLOW = Workflow(
    initial="requested",
    states=states(
        ("requested", "new", "Requested"),
        ("computing", "active", "Being computed"),
        ("computed", "decide", "Computed"),
        ("applying", "active", "Being applied"),
        ("applied", "closed", "Applied"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move("compute", ("requested", "computed"), "computing", "Compute the list", guards=(has_a_period,), primary_in=("requested",)),
        Move("finish", ("computing",), "computed", "List is made"),
        Move("apply", ("computed",), "applying", "Apply it", guards=(says_why, finds_something), asks=("reason",), is_primary=True),
        Move("end", ("applying",), "applied", "All is applied"),
        Move("withdraw", ("requested", "computed"), "withdrawn", "Withdraw", asks_note=True),
    ),
)


# Who may be on the other side of what.
PARTIES = {SLA: ("customer", "unit"), OLA: ("unit", "provider", "customer"), CONTRACT: ("supplier",)}
MISFITS = {
    SLA: "A service level agreement is with a customer or a unit; choose another type, or another organisation.",
    OLA: "An internal agreement is with a unit of the provider, or with a customer who supplies us; choose another type, or another organisation.",
    CONTRACT: "A contract is with a supplier; choose another type, or another organisation.",
}


def misfit(kind: str, party: str) -> str:
    """Why such an organization can't be the other party of such an agreement; empty when it can."""
    return "" if party in PARTIES.get(kind, ()) else MISFITS.get(kind, "Say of which type it is.")


def fits_its_party(facts: Facts) -> str | None:
    """8.3.3, 8.3.4: customers, internal suppliers and external suppliers have agreements of their own kinds."""
    return at_field("type", sentence) if (sentence := misfit(facts.kind, facts.party)) else None


def is_signed(facts: Facts) -> str | None:
    """W-SL: both sides signed, and not on a day that is still to come."""
    lacking = missing(
        "Signing needs",
        ("signed_by_us", "who signed for us", facts.signed_by_us),
        ("signed_by_them", "who signed for them", facts.signed_by_them),
        ("signed_on", "the day", facts.signed_on),
    )
    if lacking is None and facts.today is not None and facts.signed_on > facts.today:
        return at_field("signed_on", "That day is still to come. Say on which day both had signed.")
    return lacking


def is_in_force(facts: Facts) -> str | None:
    """Active means that a version of its terms is in force."""
    return None if facts.in_force else "No version of its terms is in force. Put one in force first."


def is_looked_after(facts: Facts) -> str | None:
    """8.3.3: reviewed at planned intervals, by somebody."""
    return missing("An active agreement needs", ("owner", "an owner", facts.owner), ("review_on", "the day of its next review", facts.review_on))


is_signed.reads = ("signed_by_us", "signed_by_them", "signed_on")  # type: ignore[attr-defined]
is_looked_after.reads = ("owner", "review_on")  # type: ignore[attr-defined]

SIGNATURES = ("signed_by_us", "signed_by_them", "signed_on")

AGREEMENT_FLOW = Workflow(
    initial="draft",
    states=states(
        ("draft", "new", "Draft"),
        ("negotiating", "active", "Being negotiated"),
        ("signed", "ready", "Signed"),
        ("active", "active", "Active"),
        ("under_review", "decide", "Under review"),
        ("expired", "closed", "Expired"),
        ("terminated", "closed", "Terminated"),
        ("withdrawn", "dropped", "Withdrawn"),
    ),
    moves=(
        Move("negotiate", ("draft",), "negotiating", "Negotiate", is_primary=True),
        Move(
            "sign", ("draft", "negotiating"), "signed", "Sign", guards=(has_terms, fits_its_party, is_signed), asks=SIGNATURES,
            primary_in=("negotiating",),
        ),
        Move("activate", ("signed",), "active", "Activate", guards=(is_in_force, is_looked_after), asks=("owner", "review_on"), is_primary=True),
        Move("review", ("active",), "under_review", "Review"),
        Move(
            "keep", ("under_review",), "active", "Keep as it is", guards=(is_in_force, is_looked_after), asks=("owner", "review_on"), asks_note=True,
            is_primary=True,
        ),
        Move("expire", ("active", "under_review"), "expired", "Let it expire", asks_note=True),
        Move("terminate", ("active", "under_review", "signed"), "terminated", "Terminate", asks_note=True),
        Move("withdraw", ("draft", "negotiating", "signed"), "withdrawn", "Withdraw", asks_note=True),
        Move("draft_again", ("withdrawn",), "draft", "Draft again", asks_note=True),
    ),
)  # fmt: skip
