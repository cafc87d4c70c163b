"""Reads of processes with a name: the register as a whole, what the records show of it, and what is not as it should be (4.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.processes.content import starters
from plimsoll.context.processes.models import Activity, Duty, Factor, Flow, Interface, Process
from plimsoll.context.processes.rules import ACCOUNTABLE, Facts, Step, listed, nobodys, same, serves
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.figures.blanks import Asked
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.sources import Neighbour, day_of, day_words, linked, source_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.fields import holders_of

NO_ROLE = Rule("process_without_role", gettext_lazy("A process has no role that owns or runs it"), ("S-034", "S-052"))
NO_HOLDER = Rule("process_without_holder", gettext_lazy("Nobody holds the role that owns or runs a process"), ("S-034", "S-052"))
NOT_ONE_ACCOUNTABLE = Rule("activity_without_one_accountable", gettext_lazy("An activity has not exactly one role accountable"), ("S-034", "5.3-a"))
NO_RESOURCES = Rule("process_without_resources", gettext_lazy("A process does not say what it needs"), ("S-037", "7.1-a"))
NO_OBJECTIVE = Rule("process_without_objective", gettext_lazy("No objective is linked to a process"), ("S-052",))
NO_INBOUND = Rule("process_without_inbound", gettext_lazy("Nothing passes to a process from another one"), ("S-053", "4.4-a"))
NO_OUTBOUND = Rule("process_without_outbound", gettext_lazy("Nothing passes from a process to another one"), ("S-053", "4.4-a"))
NOBODYS_INPUT = Rule("input_of_nobody", gettext_lazy("An input is nobody's output"), ("S-071",))
NO_FACTOR = Rule("process_without_factor", gettext_lazy("A process has no critical success factor"), ("S-085", "8.1-a"))
NO_INDICATOR = Rule("factor_without_indicator", gettext_lazy("A success factor lacks indicator, target or threshold"), ("S-085", "8.1-a"))
NO_DOCUMENT = Rule("process_without_document", gettext_lazy("A process in force has no document in force"), ("7.5.4-c", "D-16"))
NO_RECORDS = Rule("process_without_records", gettext_lazy("A process left no record in 90 days"), ("4.4-b", "8.1-c"))
PROCESS_REVIEW_PAST = Rule("process_review_past", gettext_lazy("The review of a process is overdue"), ("4.4-b",))
CLAUSE_BARE = Rule("clause_without_process", gettext_lazy("A clause of the standard has no process"), ("4.4-a", "L-01"))

RULES = (
    NO_ROLE,
    NO_HOLDER,
    NOT_ONE_ACCOUNTABLE,
    NO_RESOURCES,
    NO_OBJECTIVE,
    NO_INBOUND,
    NO_OUTBOUND,
    NOBODYS_INPUT,
    NO_FACTOR,
    NO_INDICATOR,
    NO_DOCUMENT,
    NO_RECORDS,
    PROCESS_REVIEW_PAST,
    CLAUSE_BARE,
)
MONTH = timedelta(days=30)
MONTHS = 3  # over which it is measured how often something passes


@dataclass(slots=True)
class Register:
    """All processes that are not retired, with their parts. Parts stand under the process that they are of."""

    processes: list[Process] = field(default_factory=list)
    activities: dict[int, list[Activity]] = field(default_factory=lambda: defaultdict(list))
    duties: dict[int, list[Duty]] = field(default_factory=lambda: defaultdict(list))  # by activity
    flows: dict[int, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    gives: dict[int, list[Interface]] = field(default_factory=lambda: defaultdict(list))
    receives: dict[int, list[Interface]] = field(default_factory=lambda: defaultdict(list))
    factors: dict[int, list[Factor]] = field(default_factory=lambda: defaultdict(list))

    def interfaces(self) -> Iterator[Interface]:
        """Every interface, by who gives, then by who receives."""
        for process in self.processes:
            yield from self.gives.get(process.pk, ())

    def outputs(self) -> Iterator[str]:
        """What some process makes or gives."""
        for process in self.processes:
            yield from (f.name for f in self.flows.get(process.pk, ()) if f.direction == "output")
            yield from (i.information for i in self.gives.get(process.pk, ()))

    def makers_of(self, what: str) -> list[Process]:
        """The processes that make or give something."""
        return [
            process
            for process in self.processes
            if any(f.direction == "output" and same(f.name) == same(what) for f in self.flows.get(process.pk, ()))
            or any(same(i.information) == same(what) for i in self.gives.get(process.pk, ()))
        ]


def register_of(tenant: Tenant, *, in_force: bool = False, only: Sequence[int] | None = None) -> Register:
    """The processes that are not retired (or those in force), in the order of their clauses; six queries, whatever the rows.

    `only` cuts it to some processes; interfaces with others are there all the same.
    """
    rows = Process.objects.filter(tenant=tenant, is_open=True).select_related("owner_role", "manager_role", "approved_by")
    if in_force:
        rows = rows.filter(state="in_force")
    if only is not None:
        rows = rows.filter(pk__in=only)
    found = Register(sorted(rows, key=in_order))
    keys = {p.pk for p in found.processes}
    for activity in Activity.objects.filter(process__in=keys):
        found.activities[activity.process_id].append(activity)
    for duty in Duty.objects.filter(process__in=keys).select_related("role").order_by("pk"):
        found.duties[duty.activity_id].append(duty)
    for flow in Flow.objects.filter(process__in=keys):
        found.flows[flow.process_id].append(flow)
    passing = Interface.objects.filter(Q(process__in=keys) | Q(to__in=keys), process__is_open=True, to__is_open=True)
    if in_force:
        passing = passing.filter(process__state="in_force", to__state="in_force")
    for interface in passing.select_related("process", "to").order_by("to__title", "pk"):
        found.gives[interface.process_id].append(interface)
        found.receives[interface.to_id].append(interface)
    for factor in Factor.objects.filter(process__in=keys):
        found.factors[factor.process_id].append(factor)
    return found


def in_order(process: Process) -> tuple[list[int], str]:
    """Processes stand in the order of the first clause that they serve; those without one at the end."""
    first = next(iter(listed(process.clauses)), "")
    return [int(part) for part in first.split(".") if part.isdecimal()] or [99], process.title.casefold()


def process_facts(processes: Sequence[Process]) -> list[Facts]:
    """The facts of some processes, in one query however many there are."""
    steps: dict[int, list[Step]] = defaultdict(list)
    rows = Activity.objects.filter(process__in=[p.pk for p in processes]).annotate(n=Count("duties", filter=Q(duties__letter=ACCOUNTABLE)))
    for process, name, count in rows.values_list("process_id", "name", "n"):
        steps[process].append(Step(name, count))
    moment = now()
    return [
        Facts(p.purpose, p.covers, p.clauses, p.owner_role_id, p.manager_role_id, tuple(steps[p.pk]), p.review_on, day_of(p.tenant, moment))
        for p in processes
    ]


# What the records show


@dataclass(frozen=True, slots=True)
class Passed:
    """How often links of one meaning were made between records of two kinds."""

    source: str
    meaning: str
    target: str
    count: int


def links_made(tenant: Tenant, processes: Iterable[Process], at: datetime) -> list[Passed]:
    """The links of the last three months between records of the kinds that processes work with; one query."""
    kinds = {kind for process in processes for kind in listed(process.kinds)}
    if not kinds:
        return []
    rows = Link.objects.filter(
        source__tenant=tenant, made_at__gt=at - MONTHS * MONTH, made_at__lte=at, source__kind__in=kinds, target__kind__in=kinds
    )
    counted = rows.order_by().values("source__kind", "meaning", "target__kind").annotate(n=Count("pk"))
    return [Passed(*row) for row in counted.values_list("source__kind", "meaning", "target__kind", "n")]


def a_month(interface: Interface, made: Iterable[Passed]) -> float | None:
    """How often an interface is used a month, by the links between records of both sides; None where no kinds of records tell."""
    here, there = set(listed(interface.process.kinds)), set(listed(interface.to.kinds))
    if not here or not there:
        return None
    count = sum(
        p.count
        for p in made
        if (not interface.link or p.meaning == interface.link)
        and ((p.source in here and p.target in there) or (p.source in there and p.target in here))
    )
    return round(count / MONTHS, 1)


def records_lately(tenant: Tenant, processes: Iterable[Process], at: datetime, days: int = 90) -> dict[str, int]:
    """By kind how many records were opened in the last days; one query."""
    kinds = {kind for process in processes for kind in listed(process.kinds)}
    since = at - timedelta(days=days)
    rows = Card.objects.filter(tenant=tenant, kind__in=kinds, changed_at__gt=since, opened_at__gt=since)  # changed, as that is what the index knows
    return dict(rows.order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n"))


def served_by(tenant: Tenant) -> dict[int, list[Neighbour]]:
    """The objectives and documents that processes are linked to, by process; two queries."""
    return linked(Process.objects.filter(tenant=tenant, is_open=True), "objective", "document")


# What is not as it should be


def faults_of(tenant: Tenant, at: datetime | None = None, *, only: int | None = None) -> list[Finding]:
    """What is wrong with processes that are not retired; a constant number of queries. `only` asks for one process."""
    moment = at or now()
    register = register_of(tenant)
    held = holders_of(Asked(tenant, moment))
    objectives = {pk for pk, cards in served_by(tenant).items() if any(card.kind == "objective" for card in cards)}
    described = set(Document.objects.filter(tenant=tenant).exclude(edition="").exclude(about="").values_list("about", flat=True))
    lately = records_lately(tenant, register.processes, moment)
    given = list(register.outputs())
    today = day_of(tenant, moment)
    found: list[Finding] = []
    for process in register.processes:
        if only is not None and process.pk != only:
            continue
        found += _of_roles(process, held)
        found += _of_activities(process, register)
        found += _of_surroundings(process, register, given, process.pk in objectives)
        found += _of_measures(process, register)
        found += _of_life(process, process.reference in described, lately, today)
    return found if only is not None else found + _of_clauses(register)


def _finding(rule: Rule, process: Process, sentence: str, **said: Any) -> Finding:
    return Finding(rule, sentence % {"title": process.title, **said}, source_of(process))


def _of_roles(process: Process, held: dict[int, list[str]]) -> Iterator[Finding]:
    for role, owns in ((process.owner_role, True), (process.manager_role, False)):
        if role is None:
            yield _finding(NO_ROLE, process, _("%(title)s has no role that owns it.") if owns else _("%(title)s has no role that runs it."))
        elif not held.get(role.pk):
            said = _("Nobody holds the role %(role)s, which owns %(title)s.") if owns else _("Nobody holds the role %(role)s, which runs %(title)s.")
            yield _finding(NO_HOLDER, process, said, role=role.title)


def _of_activities(process: Process, register: Register) -> Iterator[Finding]:
    activities = register.activities.get(process.pk, [])
    if not activities:
        yield _finding(NOT_ONE_ACCOUNTABLE, process, _("%(title)s has no activity. Say what is done in it."))
    for activity in activities:
        count = sum(1 for duty in register.duties.get(activity.pk, ()) if duty.letter == ACCOUNTABLE)
        if count != 1:
            yield _finding(NOT_ONE_ACCOUNTABLE, process, _("In %(title)s nobody is accountable for “%(activity)s”."), activity=activity.name)


def _of_surroundings(process: Process, register: Register, given: Sequence[str], has_objective: bool) -> Iterator[Finding]:
    if not register.receives.get(process.pk):
        yield _finding(NO_INBOUND, process, _("No other process gives anything to %(title)s. Enter the interface on the process that gives."))
    if not register.gives.get(process.pk):
        yield _finding(NO_OUTBOUND, process, _("%(title)s gives nothing to another process. Enter its interfaces."))
    inputs = [(f.name, f.outside) for f in register.flows.get(process.pk, ()) if f.direction == "input"]
    for what in nobodys(inputs, given):
        yield _finding(NOBODYS_INPUT, process, _("%(title)s needs “%(what)s”, which no process makes. Say who does."), what=what)
    if not has_objective:
        yield _finding(NO_OBJECTIVE, process, _("No objective is linked to %(title)s. Link the one that it serves."))


def _of_measures(process: Process, register: Register) -> Iterator[Finding]:
    factors = register.factors.get(process.pk, [])
    if not factors:
        yield _finding(NO_FACTOR, process, _("%(title)s has no critical success factor."))
    for factor in factors:
        lacks = [
            word
            for word, value in ((_("an indicator"), factor.indicator), (_("a target"), factor.target), (_("a threshold"), factor.threshold))
            if not value
        ]
        if lacks:
            said = _("“%(factor)s” of %(title)s lacks %(what)s.")
            yield _finding(NO_INDICATOR, process, said, factor=factor.name, what=", ".join(lacks))
    resources = (
        (_("people"), process.people),
        (_("tools"), process.tools),
        (_("information"), process.information),
        (_("money"), process.money),
    )
    if silent := [word for word, text in resources if not text.strip()]:
        yield _finding(NO_RESOURCES, process, _("%(title)s does not say what it needs: %(what)s."), what=", ".join(silent))


def _of_life(process: Process, is_described: bool, lately: dict[str, int], today: date) -> Iterator[Finding]:
    if process.state != "in_force":
        return
    if not is_described:
        yield _finding(NO_DOCUMENT, process, _("%(title)s is in force and no document in force describes it."))
    kinds = listed(process.kinds)
    if kinds and not any(lately.get(kind) for kind in kinds):
        yield _finding(NO_RECORDS, process, _("%(title)s left no record in the last 90 days."))
    if process.review_on is not None and process.review_on < today:
        yield _finding(PROCESS_REVIEW_PAST, process, _("%(title)s was to be reviewed on %(day)s."), day=day_words(process.review_on))


def _of_clauses(register: Register) -> list[Finding]:
    """L-01: what a service management system usually has a process for, and this one has none."""
    served = {clause for process in register.processes for clause in listed(process.clauses)}
    return [
        Finding(CLAUSE_BARE, _("No process serves clause %(clause)s (%(title)s).") % {"clause": clause, "title": starter.title})
        for starter in starters()
        for clause in listed(starter.clauses)
        if not serves(served, clause)
    ]


def process_about(tenant: Tenant, reference: str) -> Process | None:
    """The process of a number, “PRC-3”: what a document is about."""
    prefix, _sign, number = reference.partition("-")
    if prefix != "PRC" or not number.isdecimal() or len(number) > 9:
        return None
    rows = Process.objects.filter(tenant=tenant, number=int(number)).select_related("owner_role", "manager_role", "tenant")
    found: Process | None = rows.first()
    return found
