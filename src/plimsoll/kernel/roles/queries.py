"""Reading roles: who holds them now, by role or by code, and the people of teams that hold one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from plimsoll.kernel.access.queries import in_force, teams_of
from plimsoll.kernel.identity.models import Person, TeamMembership, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import Assignment

MOST = 20


def members_of(teams: Collection[int], at: datetime | None = None) -> dict[int, frozenset[int]]:
    """By team its people at a moment; no query without a team."""
    found: dict[int, set[int]] = {}
    if teams:
        for team, person in TeamMembership.objects.filter(in_force(at or now()), team__in=teams).values_list("team_id", "person_id"):
            found.setdefault(team, set()).add(person)
    return {team: frozenset(people) for team, people in found.items()}


def held_at(tenant: Tenant, at: datetime | None = None) -> Q:
    """Assignments that hold at a moment, for a filter."""
    moment = at or now()
    begun, not_over = Q(starts_at=None) | Q(starts_at__lte=moment), Q(ends_at=None) | Q(ends_at__gt=moment)
    return Q(tenant=tenant, state="in_force") & begun & not_over


def people_holding(tenant: Tenant, code: str, at: datetime | None = None) -> frozenset[int]:
    """Who holds the role of a code for the whole house, themselves or in a team: what is held for one organisation or service does not count."""
    rows = list(
        Assignment.objects.filter(held_at(tenant, at), role__code=code, role__edition__gt=0, in_organization=None, for_service=None).values_list(
            "person_id", "team_id"
        )
    )
    members = members_of({team for _person, team in rows if team is not None}, at)
    return frozenset({person for person, _team in rows if person is not None}.union(*members.values()))


def roles_to_accept(person: Person, at: datetime | None = None) -> list[Assignment]:
    """What was given to a person, or to a team of theirs, and nobody accepted yet; the oldest first. One query."""
    if person.tenant is None:
        return []
    mine = Q(person=person) | Q(team__in=teams_of(person))
    rows = Assignment.objects.filter(held_at(person.tenant, at), mine, accepted_at=None).select_related("role").order_by("pk")
    return list(rows[:MOST])


__all__ = ["held_at", "members_of", "people_holding", "roles_to_accept"]
