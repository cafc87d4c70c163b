"""Who may decide a step: those asked, as they are at that moment, and as far as the limits of their roles reach."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.approvals.ceilings import Ceiling, ceiling_of, deciding
from plimsoll.kernel.approvals.models import Step
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may


def may_decide(step: Step, record: Record, moment: datetime | None = None) -> frozenset[int]:
    """Who may decide this step at this moment: those asked whose limits reach what it is worth, else whoever's do."""
    return of_those(step, record, asked_now(step, record, moment or now()), ceiling_of(record, step.approval))


def of_those(step: Step, record: Record, asked: frozenset[int], ceiling: Ceiling | None) -> frozenset[int]:
    return deciding(ceiling, asked, step.needed, step.approval.asked_by_id)


def asked_now(step: Step, record: Record, at: datetime) -> frozenset[int]:
    """Those named and still active, the team's members, or all who may say the word here."""
    found = set(step.people.filter(is_active=True).values_list("pk", flat=True))
    if step.team_id is not None:
        found |= set(TeamMembership.objects.filter(in_force(at), team_id=step.team_id, person__is_active=True).values_list("person_id", flat=True))
    if step.word:
        holders = set(
            Person.objects.filter(Q(grants__in=_grants_saying(step.word, record.tenant_id, at)), is_active=True).values_list("pk", flat=True)
        )
        teams = _teams_saying(step.word, record.tenant_id, at)
        holders |= set(TeamMembership.objects.filter(in_force(at), team__in=teams, person__is_active=True).values_list("person_id", flat=True))
        for person in Person.objects.filter(pk__in=holders).select_related("tenant", "organization"):
            if may(person, step.word, record):
                found.add(person.pk)
    return frozenset(found)


def _saying(word: str, tenant_id: int, at: datetime) -> Any:
    kind, _colon, action = word.partition(":")
    wanted = {word, f"{kind}:*", f"*:{action}", "*:*"}
    return [g for g in Grant.objects.filter(in_force(at), tenant_id=tenant_id) if wanted & set(g.words)]


def _grants_saying(word: str, tenant_id: int, at: datetime) -> list[int]:
    return [g.pk for g in _saying(word, tenant_id, at) if g.person_id is not None]


def _teams_saying(word: str, tenant_id: int, at: datetime) -> list[int]:
    return [g.team_id for g in _saying(word, tenant_id, at) if g.team_id is not None]


__all__ = ["asked_now", "may_decide", "of_those"]
