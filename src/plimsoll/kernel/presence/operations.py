"""Saying that one is there, and reading who else is. Whether one may see the record is asked by the caller, who has found it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.presence.models import Presence
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside

LASTS = timedelta(seconds=45)  # pages say it every twenty seconds: one that is late is still there, one that crashed is soon gone
REPEATED = timedelta(seconds=15)
MOST = 8


@dataclass(frozen=True, slots=True)
class There:
    """Somebody else at the record."""

    name: str
    is_writing: bool


def be_there(*, person: Person, record: Record, is_writing: bool, at: datetime | None = None) -> None:
    """Say that one looks at a record, or writes on it. Said again too soon it costs a read and no write."""
    moment = at or now()
    there = Presence.objects.filter(card=record.pk, person=person).values_list("is_writing", "seen_at").first()
    if there is not None and there[0] == is_writing and moment - there[1] < REPEATED:
        return
    with writing():
        Presence.objects.update_or_create(card=record.pk, person=person, defaults={"is_writing": is_writing, "seen_at": moment})


def leave(*, person: Person, record: Record) -> None:
    """Say that one is gone."""
    with writing():
        Presence.objects.filter(card=record.pk, person=person).delete()


def others_at(person: Person, record: Record, at: datetime | None = None) -> list[There]:
    """Who else is there, writers first. Only for the provider's people: whom a record keeps busy is no business of those outside."""
    if not is_inside(person, record):
        return []
    rows = Presence.objects.filter(card=record.pk, seen_at__gt=(at or now()) - LASTS, person__is_active=True).exclude(person=person)
    found = rows.order_by("-is_writing", "person__name").values_list("person__name", "is_writing")[:MOST]
    return [There(name, is_writing) for name, is_writing in found]


def clear_presence(before: datetime) -> int:
    """Forget who was there before a moment. Returns how many."""
    with writing():
        return Presence.objects.filter(seen_at__lt=before).delete()[0]
