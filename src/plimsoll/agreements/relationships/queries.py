"""Reads of satisfaction with a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.rules import why_not
from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.register.models import Card


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as the person who asked for the thing sees it: what they said, and whether they may still say something else."""

    score: int | None
    comment: str
    answered_at: datetime | None
    can_answer: bool


def asked_of_person(record: Record | Card, person: Person) -> Asked | None:
    """The question on one record when it is put to this person; None when it is not."""
    found = Satisfaction.objects.filter(card_id=record.pk, person=person).first()
    if found is None:
        return None
    reason = why_not(is_asker=True, category=record.category, answered_at=found.answered_at, moment=now())
    return Asked(found.score, found.comment, found.answered_at, not reason)


def rated_kinds() -> list[str]:
    """The kinds of which somebody is asked how it went: those that somebody asks for."""
    return [t.kind for t in declared() if t.requester]


def seen_satisfaction(person: Person, kind: str) -> Any:
    """What was asked and said of things of one kind that this person may see: all of it where they read as our own people do, else their own."""
    visible: Any = type_named(kind).model.objects.visible_to(person)
    rows = Satisfaction.objects.filter(card__in=visible.values("pk"))
    inside = reach(person, f"{kind}:internal")
    return rows if inside.everything else rows.filter(Q(person=person) | Q(card__organization__in=inside.organizations))


def open_questions(person: Person, most: int = 5) -> list[int]:
    """The cards whose question waits for this person, the newest first."""
    rows = Satisfaction.objects.filter(person=person, answered_at=None).exclude(card__category="dropped").order_by("-asked_at")
    return list(rows.values_list("card_id", flat=True)[:most])
