"""Decisions that nobody can take any more, as those asked left or lost the authority. Found here; `operations.reroute` asks others."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Count, F, Q

from plimsoll.kernel.approvals.ceilings import limited_kinds
from plimsoll.kernel.approvals.models import Approval, Step
from plimsoll.kernel.approvals.operations import current_step, is_stuck_now
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.queries import record_of, visible_cards
from plimsoll.kernel.register.models import Card

MOST = 50  # open decisions that are looked at in one go: who may decide is asked of each by itself


@dataclass(frozen=True, slots=True)
class Stuck:
    """An open step that can't be passed."""

    approval: Approval
    step: Step


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found stuck, and after which decision there are more to look at (None: that was all)."""

    stuck: list[Stuck]
    next: int | None


def may_ask_others(person: Person, record: Record) -> bool:
    """May this person name others for a step of a decision on this record?"""
    return is_inside(person, record) and may(person, f"{record.kind}:amend", record)


def stuck_step(approval: Approval) -> Step | None:
    """The open step of a decision when nobody can pass it; else None."""
    step = current_step(approval)
    return step if step is not None and is_stuck_now(step, record_of(approval.card)) else None


def stuck_for(person: Person, after: int = 0) -> Looked:
    """The stuck steps of records for which this person may name others, the oldest first."""
    asked = _in_doubt(person.tenant_id or 0).filter(pk__gt=after).order_by("pk").select_related("card", "asked_by")
    rows = list(asked[: MOST + 1])
    looked = rows[:MOST]
    keys = [a.card_id for a in looked]
    kinds = sorted({a.card.kind for a in looked})
    seen = {card.pk for part in visible_cards(person, Card.objects.filter(pk__in=keys), kinds) for card in part} if keys else set()
    found = []
    for approval in looked:
        if approval.card_id not in seen or not may_ask_others(person, record_of(approval.card)):
            continue
        if (step := stuck_step(approval)) is not None:
            found.append(Stuck(approval, step))
    return Looked(found, looked[-1].pk if len(rows) > MOST else None)


def _in_doubt(tenant: int) -> models.QuerySet[Approval]:
    """Open decisions with a step for which too few people are named; of kinds whose decisions are limited by value, all."""
    able = Q(people__is_active=True) & ~Q(people=F("approval__asked_by"))
    short = Step.objects.filter(approval__tenant=tenant, approval__ended_at=None)
    short = short.annotate(able=Count("people", filter=able, distinct=True)).filter(able__lt=F("needed"))
    rows = Approval.objects.filter(tenant_id=tenant, ended_at=None)
    return rows.filter(Q(pk__in=short.values("approval")) | Q(card__kind__in=limited_kinds()))


__all__ = ["MOST", "Looked", "Stuck", "may_ask_others", "stuck_for", "stuck_step"]
