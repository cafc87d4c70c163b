"""Who holds a role, or stands in for somebody who does: who may therefore decide what the role decides."""

from __future__ import annotations

from collections.abc import Collection

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.approvals.models import StandIn
from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.lib.time import now


def deciders_of(roles: Collection[int]) -> dict[int, frozenset[int]]:
    """By role the people who hold it now, themselves or in a team, and those who stand in for them. Three queries."""
    held = approvers_of(roles) if roles else {}
    people = {person for some in held.values() for person in some}
    in_place: dict[int, set[int]] = {}
    if people:
        for person, other in StandIn.objects.filter(in_force(now()), person__in=people).values_list("person_id", "stand_in_id"):
            in_place.setdefault(person, set()).add(other)
    return {role: some | {other for person in some for other in in_place.get(person, ())} for role, some in held.items()}
