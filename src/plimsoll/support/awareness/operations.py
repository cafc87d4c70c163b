"""Writes of awareness statements beside open, amend and move: one for each holder of a role, the yearly round, reminders."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.events import Erased
from plimsoll.kernel.records.operations import locked, move, open_record
from plimsoll.kernel.records.redaction import redact
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.trail.models import Entry
from plimsoll.support.awareness.models import AwarenessStatement
from plimsoll.support.awareness.record import STATEMENT
from plimsoll.support.awareness.rules import HOLDS, is_reminder_due


def write_for_role(role: Role, *, title: str, by: Person, channel: str, at: datetime | None = None, **said: Any) -> list[AwarenessStatement]:
    """A draft for each holder of a role who has none in that role yet; returns them. Needs `awarenessstatement:open`."""
    with writing():
        there = set(AwarenessStatement.objects.filter(role=role).exclude(state="withdrawn").values_list("person_id", flat=True))
        holders = Person.objects.filter(pk__in=approvers_of([role.pk]).get(role.pk, ()), tenant=by.tenant, is_active=True).order_by("name", "pk")
        return [
            open_record(STATEMENT, by=by, channel=channel, at=at, title=title, person=person, role=role, **said)  # type: ignore[misc]
            for person in holders
            if person.pk not in there
        ]


def ask_anew(tenant: Tenant, at: datetime | None = None) -> int:
    """Put what was confirmed a year ago before its person again, each in its own transaction; returns how many."""
    moment = at or now()
    system = system_person(tenant)
    rows = AwarenessStatement.objects.filter(tenant=tenant, state="acknowledged", acknowledged_at__lte=moment - HOLDS, person__is_active=True)
    due = list(rows.order_by("pk"))
    for statement in due:
        move(statement, "ask_again", by=system, channel="rule", at=at)
    return len(due)


def remind(tenant: Tenant, at: datetime | None = None) -> int:
    """S-058: remind of what waits to be confirmed, once a week, in the trail of the statement, which tells its person; returns how many."""
    today = day_of(tenant, at or now())
    waiting = list(AwarenessStatement.objects.filter(tenant=tenant, state="issued", person__is_active=True).exclude(issued_at=None).order_by("pk"))
    told: dict[tuple[int, str], set[int]] = {}
    for card, text in Entry.objects.filter(card__in=[s.pk for s in waiting], action="remind").values_list("card_id", "changes"):
        changes = json.loads(text)
        told.setdefault((card or 0, changes["since"][1]), set()).add(changes["weeks"][1])
    system, count = system_person(tenant), 0
    for s in waiting:
        assert s.issued_at is not None
        since = day_of(tenant, s.issued_at)
        weeks = is_reminder_due(since, today, frozenset(told.get((s.pk, since.isoformat()), ())))
        if weeks is None:
            continue
        with writing():
            changes = {"since": (None, since.isoformat()), "weeks": (None, weeks)}
            parts.tell(locked(s), "remind", by=system, channel="rule", changes=changes, at=at)
        count += 1
    return count


def erase_with_the_person(event: Erased) -> None:
    """Wired to `Erased`: the words of what was kept of that person alone go too; levels, days and decisions stay, so that figures do."""
    for record in AwarenessStatement.objects.filter(person=event.person_id).select_related("tenant").order_by("pk"):
        redact(
            record,
            by=system_person(record.tenant),
            channel="rule",
            reason=event.reason,
            fields=["contribution", "policy", "services", "deviation", "target"],
        )
