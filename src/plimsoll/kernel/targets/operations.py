"""Keeping the clocks of records as they follow from what happened: with each write, for whole imports, and anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.events import Replayed, Written
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import keep_due
from plimsoll.kernel.records.projections import Projection, register_projection
from plimsoll.kernel.targets.models import Clock, Escalation
from plimsoll.kernel.targets.queries import first_life, lives_of, readings_of, source_of, thresholds
from plimsoll.kernel.targets.rules import GOING, Reading, reckon

FOLLOWED = frozenset({"state", "team", "priority"})
COMPARED = (
    "measure",
    "terms",
    "is_internal",
    "state",
    "priority",
    "within",
    "started_at",
    "due_at",
    "stopped_at",
    "elapsed",
    "as_of",
    "was_retargeted_late",
)


def first_due(record: Record) -> datetime | None:
    """When a record that is about to be opened will first be due, so that its row need not be written twice."""
    source = source_of(record.kind)
    if source is None:
        return None
    life = first_life(record, record.opened_at)
    return _due(reckon(promise, life) for promise in source.promises(record))


def follow(event: Written) -> None:
    """Wired to `Written`: compute the clocks of the record anew when something happened that they depend on."""
    record = event.record
    source = source_of(record.kind)
    if source is None:
        return
    is_new = event.entry.action == "open"
    is_said = event.entry.action == "excerpt" or (event.comment is not None and event.comment.is_public)
    if not is_new and not is_said and (FOLLOWED | source.watched).isdisjoint(event.changes):
        return
    promises = source.promises(record)
    if is_new:
        life = first_life(record, event.entry.at)
        Clock.objects.bulk_create([_row(record, reckon(promise, life), frozenset()) for promise in promises])
        keep_due(record, _due(reckon(promise, life) for promise in promises))
        return
    stored = {row.key: row for row in Clock.objects.filter(card_id=record.pk)}
    if promises or stored:
        life = lives_of([record])[record.pk]
        _keep(record, [reckon(promise, life) for promise in promises], stored, now())


def follow_many(event: Replayed) -> None:
    """Wired to `Replayed`: the clocks of whole imported lives. What was used up before today is not escalated now: nobody was there."""
    source = source_of(event.kind)
    if source is None:
        return
    rows: Any = type_named(event.kind).model.objects
    records = list(rows.filter(pk__in=event.card_ids).select_related("tenant"))
    promised = {record.pk: promises for record in records if (promises := source.promises(record))}
    Clock.objects.filter(card_id__in=[r.pk for r in records]).delete()
    if not promised:
        return
    lives = lives_of([r for r in records if r.pk in promised])
    made: list[Clock] = []
    moment = now()
    for record in records:
        readings = [reckon(promise, lives[record.pk]) for promise in promised.get(record.pk, ())]
        made += [_row(record, reading, frozenset(), since=moment) for reading in readings]
        keep_due(record, _due(readings))
    Clock.objects.bulk_create(made)


def rebuild(record: Record) -> None:
    """Compute the clocks of one record anew; what was escalated stays escalated. Kinds without promises are due by a rule of their own."""
    if source_of(record.kind) is None:
        return
    stored = {row.key: row for row in Clock.objects.filter(card_id=record.pk)}
    _keep(record, readings_of(record), stored, now())


def compare(record: Record) -> list[str]:
    """What differs between the stored clocks and those that follow from the trail, as sentences."""
    stored = {row.key: row for row in Clock.objects.filter(card_id=record.pk)}
    faults = []
    readings = readings_of(record)
    for reading in readings:
        key = reading.promise.key
        if (row := stored.pop(key, None)) is None:
            faults.append(f"{record.reference}: the clock “{key}” is missing.")
            continue
        wanted = _values(reading)
        faults += [
            f"{record.reference}: the clock “{key}” says {name} {getattr(row, name)!s}, the trail {wanted[name]!s}."
            for name in COMPARED
            if getattr(row, name) != wanted[name]
        ]
    faults += [f"{record.reference}: there is a clock “{key}” that nothing promises." for key in stored]
    due = _due(readings)
    if source_of(record.kind) is not None and hasattr(record, "due_at") and record.due_at != due:  # others are due by a rule of their own
        faults.append(f"{record.reference}: it says due {record.due_at!s}, its clocks {due!s}.")
    return faults


def _keep(record: Record, readings: Sequence[Reading], stored: dict[str, Clock], moment: datetime) -> None:
    done: dict[str, set[int]] = {}
    for key, percent in Escalation.objects.filter(card_id=record.pk).values_list("key", "percent"):
        done.setdefault(key, set()).add(percent)
    made = []
    for reading in readings:
        key = reading.promise.key
        row = _row(record, reading, frozenset(done.get(key, ())))
        if (old := stored.pop(key, None)) is None:
            made.append(row)
        else:
            row.pk = old.pk
            row.save(force_update=True)
    if stored:
        Clock.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    Clock.objects.bulk_create(made)
    keep_due(record, _due(readings))


def _row(record: Record, reading: Reading, done: frozenset[int], since: datetime | None = None) -> Clock:
    """The stored form of a clock. `since` leaves out what was used up before that moment."""
    return Clock(
        tenant_id=record.tenant_id,
        card_id=record.pk,
        kind=record.kind,
        key=reading.promise.key,
        warn_at=next_warning(record, reading, done, since),
        **_values(reading),
    )


def next_warning(record: Record, reading: Reading, done: Iterable[int], since: datetime | None = None) -> datetime | None:
    """When the next share is used up at which a rule escalates and did not yet; a moment gone by when one is overdue."""
    if reading.state not in GOING:
        return None
    marks = reading.marks(thresholds(record.tenant, reading))
    return next((at for percent, at in marks if percent not in done and (since is None or at > since)), None)


def _values(reading: Reading) -> dict[str, Any]:
    promise = reading.promise
    return {
        "measure": promise.measure,
        "terms": promise.terms,
        "is_internal": promise.is_internal,
        "state": reading.state,
        "priority": reading.priority,
        "within": reading.within,
        "in_other_hours": reading.other_hours is not None,
        "started_at": reading.started_at,
        "due_at": reading.due_at,
        "stopped_at": reading.stopped_at,
        "elapsed": reading.elapsed,
        "as_of": reading.as_of,
        "was_retargeted_late": any(r.was_passed for r in reading.retargets),
    }


def _due(readings: Iterable[Reading]) -> datetime | None:
    """When the record is next due to those it was promised to: the earliest of what runs, or was used up before it stood still."""
    return min((r.due_at for r in readings if r.state in GOING and r.due_at is not None and not r.promise.is_internal), default=None)


register_projection(Projection("clock", rebuild, compare))
