"""Up to what somebody's roles let them decide: the numbers that stand in the role table, read where they are enforced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from plimsoll.kernel.identity.models import TeamMembership, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import Assignment, RoleVersion


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to how much somebody may decide, by which role."""

    most: int
    role: str
    assignment: int
    version: int = 0  # of the role


def roles_with(tenant: Tenant, name: str) -> list[tuple[RoleVersion, int]]:
    """The versions of roles in force that state a limit of this name, with what they state; the smallest first. What is no whole number is no
    limit. What the draft of the next version says counts for nothing."""
    rows = RoleVersion.objects.filter(role__tenant=tenant, ended_at=None).order_by("role__number")
    found = [(version, most) for version in rows if (most := stated(version.limits, name)) is not None]
    return sorted(found, key=lambda pair: pair[1])


def stated(limits: Mapping[str, Any], name: str) -> int | None:
    """The limit of a name that a role states."""
    value = limits.get(name) if isinstance(limits, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def limits_of(tenant: Tenant, name: str, at: datetime | None = None) -> dict[int, Limit]:
    """For each person who holds such a limit now the greatest of theirs, by role and not by word: an administrator who holds none decides nothing.

    A role counts while a version of it is in force and it is held for the whole house, by the person or by a team of theirs. At most three
    queries.
    """
    moment = at or now()
    roles = {version.role_id: (version, most) for version, most in roles_with(tenant, name)}
    if not roles:
        return {}
    held = Assignment.objects.filter(
        Q(starts_at=None) | Q(starts_at__lte=moment),
        Q(ends_at=None) | Q(ends_at__gt=moment),
        tenant=tenant,
        state="in_force",
        role__in=roles,
        in_organization=None,
        for_service=None,
    ).order_by("pk")
    found: dict[int, Limit] = {}
    teams: dict[int, list[Limit]] = {}
    for assignment in held:
        version, most = roles[assignment.role_id]
        limit = Limit(most, version.title, assignment.pk, version.number)
        if assignment.person_id is not None:
            _keep(found, assignment.person_id, limit)
        elif assignment.team_id is not None:
            teams.setdefault(assignment.team_id, []).append(limit)
    if teams:
        members = TeamMembership.objects.filter(Q(ended_at=None) | Q(ended_at__gt=moment), team__in=teams, started_at__lte=moment)
        for person, team in members.values_list("person_id", "team_id"):
            for limit in teams[team]:
                _keep(found, person, limit)
    return found


def _keep(found: dict[int, Limit], person: int, limit: Limit) -> None:
    if person not in found or found[person].most < limit.most:
        found[person] = limit
