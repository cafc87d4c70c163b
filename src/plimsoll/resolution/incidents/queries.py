"""Reads of incidents with a name: the matrix, the routes, the facts that guards judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Comment, Link
from plimsoll.resolution.incidents.models import AssignmentRule, Category, Incident, PriorityRule
from plimsoll.resolution.incidents.rules import REOPEN_WITHIN, STARTING_MATRIX, Facts, Route


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
    return tuple(Route(r.name, r.team_id, r.service_id, frozenset(branches[r.category_id]) if r.category_id else frozenset(), r.organization_id)
                 for r in rules)


def facts_of(incidents: Sequence[Incident]) -> list[Facts]:
    """The facts of some incidents, in three queries however many there are."""
    keys = [i.pk for i in incidents]
    notes: dict[int, tuple[int, int]] = {
        card: (internal, public) for card, internal, public in Comment.objects.filter(card__in=keys, redacted_at=None).values("card")
        .annotate(internal=Count("pk"), public=Count("pk", filter=Q(is_public=True))).values_list("card", "internal", "public")}
    children: dict[int, int] = dict(
        Link.objects.filter(source__in=keys, meaning="parent of", target__category__in=["new", "ready", "active", "waiting", "decide"])
        .values("source").annotate(n=Count("pk")).values_list("source", "n"))
    duplicates: dict[int, str] = dict(Link.objects.filter(source__in=keys, meaning="duplicates").values_list("source", "target__reference"))
    moment = now()
    return [_facts(i, notes.get(i.pk, (0, 0)), children.get(i.pk, 0), duplicates.get(i.pk, ""), moment) for i in incidents]


def _facts(incident: Incident, notes: tuple[int, int], children: int, duplicate: str, moment: Any) -> Facts:
    days = (incident.tenant.settings or {}).get("incident_reopen_days") if "tenant" in incident._state.fields_cache else None
    within = REOPEN_WITHIN if days is None else type(REOPEN_WITHIN)(days=days)
    return Facts(
        service=incident.service_id, classification=incident.classification_id, impact=incident.impact, urgency=incident.urgency,
        priority=incident.priority, team=incident.team_id, owner=incident.owner_id, resolution_code=incident.resolution_code,
        cause_code=incident.cause_code, resolution_note=incident.resolution_note, configuration_item=incident.configuration_item,
        item_missing_reason=incident.item_missing_reason, work_notes=notes[0], public_messages=notes[1], resolved_at=incident.resolved_at,
        closed_at=incident.closed_at, ended_at=incident.closed_at or incident.resolved_at, open_children=children,
        waiting_for=incident.waiting_for, duplicate_of=duplicate, now=moment, reopen_within=within)
