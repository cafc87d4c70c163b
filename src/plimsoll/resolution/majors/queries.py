"""Reads of major incidents with a name: criteria and settings in force, what the guards judge, who is affected, who is told, the clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import in_force, reach
from plimsoll.kernel.identity.models import Membership, Organization, Person, TeamMembership, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.trail.models import Span
from plimsoll.portfolio.services.models import Service, ServiceCustomer
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import working_hours
from plimsoll.resolution.incidents.rules import working_days_later
from plimsoll.resolution.majors.models import AffectedCustomer, KeptCriterion, MajorIncident, MajorProposal, MajorReview, MajorUpdate, ToldTop
from plimsoll.resolution.majors.rules import (
    MANAGER_MINUTES,
    REVIEW_DAYS,
    RUNNING,
    STARTING_CRITERIA,
    STARTING_STEPS,
    TOP_MINUTES,
    Clock,
    Condition,
    Criterion,
    Facts,
    ReviewFacts,
    Situation,
    update_minutes,
)

# Whose roles name this word (a wildcard is an authority and no wish to be told) hear of each major incident.
OVERSEE = "majorincident:oversee"
DECLARE = "majorincident:open"
FOLLOW = "majorincident:follow"
# Of the status page: how long what is over still stands there, how many, and how many texts of each.
LATELY = timedelta(days=7)
MOST = 20
MOST_TEXTS = 5


@per_settings
def criteria_of(tenant: Tenant) -> tuple[Criterion, ...]:
    """The criteria in force, in their order: those that the organization keeps, else those that every one starts with."""
    kept = list(KeptCriterion.objects.filter(tenant_id=tenant.pk))
    if not kept:
        return STARTING_CRITERIA
    return tuple(criterion_of(row) for row in kept if row.is_active)


def criterion_of(row: KeptCriterion) -> Criterion:
    return Criterion(row.name, tuple(Condition(m, int(n)) for m, n in row.conditions.items()), row.needs_all, row.pk)


def steps_of(tenant: Tenant) -> tuple[str, ...]:
    """The steps of the procedure, as the next major incident gets them."""
    kept = (tenant.settings or {}).get("major_steps")
    return tuple(kept) if kept else STARTING_STEPS


def minutes_between_updates(tenant: Tenant, priority: int | None) -> int:
    return update_minutes(priority, (tenant.settings or {}).get("major_update_minutes") or {})


def top_minutes(tenant: Tenant) -> int:
    return int((tenant.settings or {}).get("major_top_minutes") or TOP_MINUTES)


def manager_minutes(tenant: Tenant) -> int:
    return int((tenant.settings or {}).get("major_manager_minutes") or MANAGER_MINUTES)


def review_days(tenant: Tenant) -> int:
    return int((tenant.settings or {}).get("major_review_days") or REVIEW_DAYS)


def next_update(major: MajorIncident, since: datetime) -> datetime:
    """When people hear of it again at the latest."""
    return since + timedelta(minutes=minutes_between_updates(major.tenant, major.priority))


def review_due(major: MajorIncident, since: datetime) -> datetime:
    """Until when it is reviewed: some working days after the service was restored, in the usual hours of the organization."""
    return working_days_later(working_hours(major.tenant).get(None), major.restored_at or since, review_days(major.tenant))


def situation_of(incident: Incident, moment: datetime) -> Situation:
    """What the criteria ask of an incident, in three queries."""
    children = list(Link.objects.filter(source_id=incident.pk, meaning="parent of").values_list("target_id", "target__incident__requester_id"))
    reporters = {incident.requester_id, *(who for _pk, who in children)} - {None}
    return Situation(
        criticality=incident.service.criticality if incident.service is not None else None,
        impact=incident.impact,
        urgency=incident.urgency,
        priority=incident.priority,
        incidents=len(children) + 1,
        reporters=len(reporters),
        minutes=int((moment - incident.opened_at).total_seconds() // 60),
    )


def situations_of(incidents: Sequence[Incident], moment: datetime) -> list[Situation]:
    """The same for many, in one query beside theirs; their service is to be selected with them."""
    keys = [i.pk for i in incidents]
    children: Counter[int] = Counter()
    people: dict[int, set[int | None]] = {}
    rows = Link.objects.filter(source__in=keys, meaning="parent of").values_list("source_id", "target__incident__requester_id")
    for parent, who in rows:
        children[parent] += 1
        people.setdefault(parent, set()).add(who)
    return [
        Situation(
            i.service.criticality if i.service is not None else None,
            i.impact,
            i.urgency,
            i.priority,
            children[i.pk] + 1,
            len({i.requester_id, *people.get(i.pk, ())} - {None}),
            int((moment - i.opened_at).total_seconds() // 60),
        )
        for i in incidents
    ]


def running_major_of(incident_ids: Iterable[int]) -> dict[int, MajorIncident]:
    """The running major incident that each of some incidents is the lead or a child of."""
    keys = set(incident_ids)
    parents: dict[int, int] = dict(Link.objects.filter(target__in=keys, meaning="parent of").values_list("target_id", "source_id"))
    majors = {m.lead_id: m for m in MajorIncident.objects.filter(lead__in=keys | set(parents.values()), state__in=RUNNING)}
    found = {key: majors.get(key) or majors.get(parents.get(key, 0)) for key in keys}
    return {key: major for key, major in found.items() if major is not None}


def facts_of(majors: Sequence[MajorIncident]) -> list[Facts]:
    """The facts of some major incidents, in one query."""
    rows = (
        MajorReview.objects.filter(major__in=[m.pk for m in majors])
        .order_by()
        .values("major", "state")
        .annotate(n=Count("pk", distinct=True), decided=Count("pk", filter=Q(decisions__isnull=False), distinct=True))
    )
    done: Counter[int] = Counter()
    standing: Counter[int] = Counter()
    decided: Counter[int] = Counter()
    for row in rows:
        if row["state"] == "done":
            done[row["major"]] += row["n"]
            decided[row["major"]] += row["decided"]
        elif row["state"] != "dropped":
            standing[row["major"]] += row["n"]
    # One that was taken up again is not done, whatever was done before.
    return [Facts(m.owner_id, m.outcome, 0 if standing[m.pk] else done[m.pk], standing[m.pk], decided[m.pk]) for m in majors]


def review_facts_of(reviews: Sequence[MajorReview]) -> list[ReviewFacts]:
    """The facts of some reviews, in one query."""
    keys = [r.pk for r in reviews]
    rows = MajorReview.objects.filter(pk__in=keys).order_by().annotate(n=Count("decisions")).values_list("pk", "n", "major__state")
    found = {pk: (n, state) for pk, n, state in rows}
    return [
        ReviewFacts(r.owner_id, r.participants, r.happened, r.cause, found.get(r.pk, (0, ""))[0], found.get(r.pk, (0, ""))[1] not in RUNNING)
        for r in reviews
    ]


def children_of_lead(major: MajorIncident) -> Any:
    """The incidents under the lead."""
    return Incident.objects.filter(card__links_in__source=major.lead_id, card__links_in__meaning="parent of")


def affected_organizations(major: MajorIncident, moment: datetime | None = None) -> list[Organization]:
    """Whom it affects: the customers of its service, those whose incidents belong to it, and those who were named."""
    at = moment or now()
    keys = named_as_affected(major)
    if major.service_id:
        keys |= set(ServiceCustomer.objects.filter(in_force(at), service_id=major.service_id).values_list("organization_id", flat=True))
    keys |= {major.lead.organization_id, *children_of_lead(major).values_list("organization_id", flat=True)}
    return list(Organization.objects.filter(pk__in=keys, kind="customer").order_by("name"))


def named_as_affected(major: MajorIncident) -> set[int]:
    """The keys of those who were named, whom nothing else may make affected."""
    return set(AffectedCustomer.objects.filter(major=major).values_list("organization_id", flat=True))


def holders_of(tenant: Tenant, word: str, moment: datetime | None = None) -> list[Person]:
    """The people whose roles name the word itself, on their own or through a team; whoever left is not among them."""
    at = moment or now()
    grants = [g for g in Grant.objects.filter(in_force(at), tenant_id=tenant.pk, organization=None, service=None) if word in g.words]
    return _people_of(grants, at)


def _people_of(grants: Sequence[Grant], at: datetime) -> list[Person]:
    """Who holds some grants at a moment, on their own or through a team."""
    teams = {g.team_id for g in grants if g.team_id}
    keys = {g.person_id for g in grants if g.person_id}
    if teams:
        keys |= set(TeamMembership.objects.filter(in_force(at), team__in=teams).values_list("person_id", flat=True))
    return list(Person.objects.filter(pk__in=keys, is_active=True, kind="human").select_related("tenant", "organization").order_by("pk"))


def overseers_of(tenant: Tenant, moment: datetime | None = None) -> list[Person]:
    """Top management, as far as major incidents go: whoever holds the role that the settings name, else whoever's role names the word."""
    role = (tenant.settings or {}).get("major_told_role")
    if not role:
        return holders_of(tenant, OVERSEE, moment)
    at = moment or now()
    held = Assignment.objects.filter(role=role).values("pk")
    return _people_of(list(Grant.objects.filter(in_force(at), tenant_id=tenant.pk, assignment__in=held)), at)


def waiting_proposals(person: Person) -> list[MajorProposal]:
    """The open incidents that meet a criterion and on which nobody decided, of those that this person may see, the oldest first."""
    rows = MajorProposal.objects.filter(decided_at=None, incident__in=Incident.objects.visible_to(person).filter(is_open=True).values("pk"))
    return list(rows.select_related("incident").order_by("at", "pk")[:MOST])


def manager_since(majors: Sequence[MajorIncident]) -> dict[int, datetime]:
    """When each first had a manager, as its trail tells."""
    rows = Span.objects.filter(card__in=[m.pk for m in majors], owner__isnull=False).order_by().values("card").annotate(at=Min("started_at"))
    return dict(rows.values_list("card", "at"))


def informed_since(majors: Sequence[MajorIncident]) -> dict[int, datetime]:
    """When top management was first told of each."""
    return dict(ToldTop.objects.filter(major__in=[m.pk for m in majors]).order_by().values("major").annotate(at=Min("at")).values_list("major", "at"))


def clocks_of(major: MajorIncident, *, manager_at: datetime | None, informed_at: datetime | None) -> dict[str, Clock]:
    """The clocks of a major incident: a manager, top management told, the next update. The last one only while it runs."""
    start, tenant = major.opened_at, major.tenant
    clocks = {
        "manager": Clock("manager", start, start + timedelta(minutes=manager_minutes(tenant)), manager_at),
        "top": Clock("top", start, start + timedelta(minutes=top_minutes(tenant)), informed_at),
    }
    if major.due_at is not None and major.state in RUNNING:
        clocks["update"] = Clock("update", start, major.due_at)
    return clocks


# What people are told of it, and nothing else: the status page, and what a portal shows first.


@dataclass(frozen=True, slots=True)
class SaidText:
    """One text that customers were told, and when."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class PublicMajor:
    """A major incident as the people whom it affects may know it. `href` leads to the room, for those who may enter it."""

    key: int
    headline: str
    service: str
    began_at: datetime
    restored_at: datetime | None
    next_update_at: datetime | None
    texts: tuple[SaidText, ...] = field(default=())
    href: str = ""
    reference: str = ""

    @property
    def is_open(self) -> bool:
        return self.restored_at is None

    def is_late(self, moment: datetime) -> bool:
        """Was the next update due before this moment?"""
        return self.next_update_at is not None and self.next_update_at < moment


def may_follow(person: Person) -> bool:
    """May this person read the status page at all?"""
    return not reach(person, FOLLOW).is_empty or not reach(person, "majorincident:read").is_empty


def open_majors_for(person: Person) -> list[PublicMajor]:
    """The running major incidents that affect this person's organization, or, for the provider's people, all that they may see. Three queries.

    Outsiders read of one from the first update to customers on, and only what was told to them.
    """
    return _shown(person, Q(state__in=RUNNING))


def recent_majors_for(person: Person, moment: datetime | None = None) -> list[PublicMajor]:
    """Those that were restored within the last days."""
    at = moment or now()
    return _shown(person, Q(restored_at__gte=at - LATELY) & ~Q(state__in=RUNNING) & ~Q(state="withdrawn"))


def _shown(person: Person, wanted: Q) -> list[PublicMajor]:
    is_reader = not reach(person, "majorincident:read").is_empty
    rows: Any = (MajorIncident.objects.visible_to(person) if is_reader else _told_to(person)).filter(wanted)
    majors = list(rows.select_related("service").order_by("-opened_at", "-card")[:MOST])
    said: dict[int, list[SaidText]] = {m.pk: [] for m in majors}
    texts = MajorUpdate.objects.filter(major__in=said, audience="customers", comment__redacted_at=None)
    place = Window(RowNumber(), partition_by="major_id", order_by=[F("at").desc(), F("id").desc()])
    newest = texts.annotate(place=place).filter(place__lte=MOST_TEXTS).order_by("-at", "-id")
    for major, at, text in newest.values_list("major_id", "at", "comment__text"):
        said[major].append(SaidText(at, text))
    return [
        PublicMajor(
            m.pk,
            m.headline or (m.service.title if m.service else ""),
            m.service.title if m.service else "",
            m.began_at or m.opened_at,
            m.restored_at,
            m.due_at if m.state in RUNNING else None,
            tuple(said[m.pk]),
            f"/majors/{m.number}/" if is_reader else "",
            m.reference if is_reader else "",
        )
        for m in majors
    ]


def _told_to(person: Person) -> Any:
    """Those of which the customers were told and that affect an organization of this person's, whatever else they may see."""
    organization = person.organization
    if reach(person, FOLLOW).is_empty or organization is None or organization.kind == "supplier":
        return MajorIncident.objects.none()
    theirs = {organization.pk, *Membership.objects.filter(in_force(now()), person_id=person.pk).values_list("organization_id", flat=True)}
    under = Link.objects.filter(source=OuterRef("lead"), meaning="parent of", target__organization__in=theirs)
    return MajorIncident.objects.filter(
        Q(service__in=Service.opened_to(person))
        | Q(Exists(AffectedCustomer.objects.filter(major=OuterRef("pk"), organization__in=theirs)))
        | Q(Exists(Incident.objects.filter(pk=OuterRef("lead"), organization__in=theirs)))
        | Q(Exists(under)),
        Exists(MajorUpdate.objects.filter(major=OuterRef("pk"), audience="customers")),
        tenant_id=person.tenant_id or 0,
        access_class="",
    )
