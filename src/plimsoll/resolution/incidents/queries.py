"""Reads of incidents with a name: the matrix, the routes, the facts that guards judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Comment, Link, Record
from plimsoll.kernel.trail.models import Entry, Span
from plimsoll.resolution.incidents.models import AssignmentRule, Category, Incident, PriorityRule
from plimsoll.resolution.incidents.rules import REOPEN_WITHIN, STARTING_MATRIX, Facts, Other, Route

OPEN_CATEGORIES = ("new", "ready", "active", "waiting", "decide")


@per_settings
def matrix_of(tenant: Tenant, service: int | None = None) -> dict[tuple[int, int], int]:
    """The matrix in force: the tenant's cells, with those of the service on top."""
    cells = dict(STARTING_MATRIX)
    rows = PriorityRule.objects.filter(Q(service=None) | Q(service_id=service), tenant_id=tenant.pk).order_by("service")
    found = list(rows.values_list("service_id", "impact", "urgency", "priority"))
    cells |= {(impact, urgency): priority for owner, impact, urgency, priority in found if owner is None}
    cells |= {(impact, urgency): priority for owner, impact, urgency, priority in found if owner is not None}
    return cells


@per_settings
def routes_of(tenant: Tenant) -> tuple[Route, ...]:
    """The assignment rules in force, in their order; a category's rule holds for its branches too."""
    branches: dict[int, set[int]] = defaultdict(set)
    paths = dict(Category.objects.filter(tenant_id=tenant.pk).values_list("pk", "path"))
    rules = list(AssignmentRule.objects.filter(tenant_id=tenant.pk, is_active=True))
    for rule in rules:
        if rule.category_id:
            root = paths.get(rule.category_id, "")
            branches[rule.category_id] = {pk for pk, path in paths.items() if path == root or path.startswith(f"{root} / ")}
    return tuple(
        Route(r.name, r.team_id, r.service_id, frozenset(branches[r.category_id]) if r.category_id else frozenset(), r.organization_id) for r in rules
    )


def branches_of(tenant: Tenant, category: Category) -> frozenset[int]:
    """A category and all below it."""
    return frozenset(
        Category.objects.filter(Q(pk=category.pk) | Q(path__startswith=f"{category.path} / "), tenant=tenant).values_list("pk", flat=True)
    )


def team_named(tenant: Tenant, pk: int) -> Team | None:
    """The team of a rule, with its organization; None when it is no longer in use."""
    return Team.objects.select_related("organization").filter(pk=pk, tenant_id=tenant.pk, is_active=True).first()


def children_of(incident: Incident) -> list[Incident]:
    """The incidents that this one is the parent of, in the order of their numbers; for the writes, which ask their own permission."""
    found: Any = Incident.objects.select_related("organization").filter(card__links_in__source=incident.pk, card__links_in__meaning="parent of")
    return list(found.order_by("number"))


def ancestors_of(incident: Incident) -> set[int]:
    """The cards above an incident: its parent, that one's parent, and so on."""
    seen: set[int] = set()
    frontier = {incident.pk}
    while frontier:
        frontier = set(Link.objects.filter(target__in=frontier, meaning="parent of").values_list("source_id", flat=True)) - seen
        seen |= frontier
    return seen


def reopen_within(tenant: Tenant) -> timedelta:
    """How long after its end an incident may be taken up again: the setting `incident_reopen_days`."""
    days = (tenant.settings or {}).get("incident_reopen_days")
    return REOPEN_WITHIN if days is None else timedelta(days=days)


@per_settings
def working_hours(tenant: Tenant) -> dict[int | None, ServiceHours]:
    """The service hours that the organization keeps, by their number; None: the usual ones, when there are any."""
    calendars = list(Calendar.objects.filter(tenant_id=tenant.pk))
    known: dict[int | None, ServiceHours] = {calendar.pk: calendar.hours() for calendar in calendars}
    usual = next((calendar.pk for calendar in calendars if calendar.is_default), None)
    return known if usual is None else {**known, None: known[usual]}


def is_too_late_to_reopen(incident: Incident, tenant: Tenant, at: datetime | None = None) -> bool:
    """Did it end so long ago that it is not taken up again, but followed by a new one?"""
    ended = incident.closed_at or incident.resolved_at
    return incident.state in ("resolved", "closed") and ended is not None and (at or now()) - ended > reopen_within(tenant)


MOST_TRIED = 200


def matching(rows: Any, wanted: Route, since: datetime) -> tuple[list[Incident], bool]:
    """Of some incidents those opened since a moment that one rule would match, newest first, and whether there are more than are looked at.

    It is what a rule is tried on before it is kept.
    """
    rows = rows.filter(opened_at__gte=since)
    if wanted.service is not None:
        rows = rows.filter(service_id=wanted.service)
    if wanted.categories:
        rows = rows.filter(classification_id__in=wanted.categories)
    if wanted.organization is not None:
        rows = rows.filter(organization_id=wanted.organization)
    found = list(rows.select_related("team").order_by("-opened_at", "-card")[: MOST_TRIED + 1])
    return found[:MOST_TRIED], len(found) > MOST_TRIED


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with both numbers, so that a share is never shown without what it counts."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None when there is nothing to count."""
        return self.part / self.whole if self.whole else None


def overridden_share(tenant: Tenant, start: datetime, end: datetime) -> Share:
    """How many incidents opened in [start, end) carry a priority other than the matrix gives, of those that have a priority (8.6.1-b)."""
    found = Incident.objects.filter(tenant=tenant, opened_at__gte=start, opened_at__lt=end, priority__isnull=False).aggregate(
        whole=Count("pk"), part=Count("pk", filter=Q(is_priority_overridden=True))
    )
    return Share(found["part"], found["whole"])


def facts_of(incidents: Sequence[Incident]) -> list[Facts]:
    """The facts of some incidents, in four queries at most, however many there are."""
    notes = {i.pk: i.notes for i in incidents if i.notes is not None} | _notes_of([i.pk for i in incidents if i.notes is None])
    linked = [i.pk for i in incidents if i.may_have_had("link")]
    children = _open_children_of(linked) if linked else {}
    duplicates = _others_of(linked) if linked else {}
    # Only what ended can be reopened, so only then the tenant's days are asked for.
    ended = {i.tenant_id for i in incidents if not i.is_open}
    within = {pk: reopen_within(tenant) for pk, tenant in Tenant.objects.in_bulk(ended).items()} if ended else {}
    moment = now()
    return [
        _facts(i, notes.get(i.pk, (0, 0)), children.get(i.pk, 0), duplicates.get(i.pk), moment, within.get(i.tenant_id, REOPEN_WITHIN))
        for i in incidents
    ]


def _notes_of(keys: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many messages some incidents have, and how many public ones; erased ones do not count. One query, none for nothing."""
    if not keys:
        return {}
    rows: Any = Comment.objects.filter(card__in=keys, redacted_at=None).values("card")
    counted = rows.annotate(every=Count("pk"), public=Count("pk", filter=Q(is_public=True)))
    return {card: (every, public) for card, every, public in counted.values_list("card", "every", "public")}


def _open_children_of(keys: Sequence[int]) -> dict[int, int]:
    """How many open children some incidents have. One query."""
    rows = Link.objects.filter(source__in=keys, meaning="parent of", target__category__in=OPEN_CATEGORIES)
    return dict(rows.values("source").annotate(n=Count("pk")).values_list("source", "n"))


def _others_of(keys: Sequence[int]) -> dict[int, Other]:
    """The incidents that some are linked to as their duplicates; the newest link counts. One query."""
    rows: Any = Link.objects.filter(source__in=keys, meaning="duplicates", target__kind="incident").order_by("id")
    return {
        pk: Other(reference, number, opened_at, organization, state, closed or resolved)
        for pk, reference, number, opened_at, organization, state, closed, resolved in rows.values_list(
            "source",
            "target__reference",
            "target__number",
            "target__opened_at",
            "target__organization_id",
            "target__state",
            "target__incident__closed_at",
            "target__incident__resolved_at",
        )
    }


def span_before_merging(incident: Record) -> Span | None:
    """How an incident stood before it was merged."""
    return Span.objects.filter(card=incident.pk).exclude(state="merged").order_by("-id").first()


def before_merging(incident: Record) -> dict[str, Any]:
    """With whom it lay, and what it waited for, before it was merged; whoever left meanwhile does not get it back."""
    span = span_before_merging(incident)
    if span is None:
        return {}
    merging = Entry.objects.filter(card=incident.pk, action="merge").select_related("detail").order_by("-id").first()
    detail = getattr(merging, "detail", None)
    waited_for = (detail.values or {}).get("waiting_for", [""])[0] if detail is not None else ""
    return {
        "owner": Person.objects.filter(pk=span.owner or 0, is_active=True).first(),
        "team": Team.objects.select_related("organization").filter(pk=span.team or 0).first(),
        "waiting_for": waited_for or "",
    }


def taken_into(incident: Incident) -> Incident | None:
    """The incident that this one was merged into."""
    rows: Any = Incident.objects.select_related("organization", "tenant").filter(
        card__links_in__source=incident.pk, card__links_in__meaning="duplicates"
    )
    found = rows.order_by("-card__links_in__id").first() if incident.state == "merged" else None
    assert found is None or isinstance(found, Incident)
    return found


def _facts(incident: Incident, notes: tuple[int, int], children: int, other: Other | None, moment: Any, within: timedelta) -> Facts:
    return Facts(
        service=incident.service_id,
        classification=incident.classification_id,
        impact=incident.impact,
        urgency=incident.urgency,
        priority=incident.priority,
        team=incident.team_id,
        owner=incident.owner_id,
        resolution_code=incident.resolution_code,
        cause_code=incident.cause_code,
        resolution_note=incident.resolution_note,
        configuration_item=incident.configuration_item,
        item_missing_reason=incident.item_missing_reason,
        work_notes=notes[0],
        public_messages=notes[1],
        resolved_at=incident.resolved_at,
        closed_at=incident.closed_at,
        ended_at=incident.closed_at or incident.resolved_at,
        open_children=children,
        waiting_for=incident.waiting_for,
        number=incident.number,
        opened_at=incident.opened_at,
        organization=incident.organization_id,
        duplicate_of=other.reference if other is not None else "",
        other=other,
        now=moment,
        reopen_within=within,
    )
