"""What is computed from a record and stored beside it: each with `build` and `compare`, so that it can be made anew and proved.

Card and span are here; the search row and later the clock register themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plimsoll.kernel.records.declaration import RecordType, type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Entry, Span


@dataclass(frozen=True, slots=True)
class Projection:
    """A stored computation: `build` makes it anew for one record, `compare` says what differs from what it should be (sentences)."""

    name: str
    build: Callable[[Record], None]
    compare: Callable[[Record], list[str]]


_projections: dict[str, Projection] = {}


def register_projection(projection: Projection) -> Projection:
    """Enter a projection; `plimsoll rebuild` builds it, `verify` and a daily job compare it."""
    _projections[projection.name] = projection
    return projection


def projections() -> list[Projection]:
    return list(_projections.values())


def card_values(record: Record, record_type: RecordType) -> dict[str, Any]:
    """The card's columns as they follow from the record."""
    has = record_type.has
    return {
        "organization_id": record.organization_id,
        "reference": f"{record_type.prefix}-{record.number}",
        "title": record.title,
        "state": record.state,
        "category": record.category,
        "priority": getattr(record, "priority", None) if has("priority") else None,
        "team_id": getattr(record, "team_id", None),
        "owner_id": getattr(record, "owner_id", None),
        "due_at": getattr(record, "due_at", None) if has("due_at") else None,
        "opened_at": record.opened_at,
        "changed_at": record.changed_at,
        "version": record.version,
        "access_class": record.access_class,
        "origin": record.origin,
        "source": record.source,
        "external_reference": record.external_reference,
    }


def _build_card(record: Record) -> None:
    Card.objects.filter(pk=record.pk).update(**card_values(record, type_of(record)))


def _compare_card(record: Record) -> list[str]:
    wanted = card_values(record, type_of(record))
    return [
        f"{record.reference}: the card says {name} {getattr(record.card, name)!r}, the record {value!r}."
        for name, value in wanted.items()
        if getattr(record.card, name) != value and name != "changed_at"
    ]


def span_values(record: Record) -> dict[str, Any]:
    """What a span of this record holds now."""
    return {
        "state": record.state,
        "category": record.category,
        "team": getattr(record, "team_id", None),
        "owner": getattr(record, "owner_id", None),
        "priority": getattr(record, "priority", None),
    }


def open_span(record: Record, at: datetime) -> None:
    """The first span of a record."""
    Span(tenant_id=record.tenant_id, card_id=record.pk, kind=record.kind, started_at=at, **span_values(record)).save(force_insert=True)


def follow_span(record: Record, at: datetime) -> None:
    """End the running span and start the next."""
    Span.objects.filter(card_id=record.pk, ended_at=None).update(ended_at=at)
    open_span(record, at)


FOLLOWED = ("state", "team", "owner", "priority")


def spans_from_trail(record: Record) -> list[dict[str, Any]]:
    """The spans as the trail tells them: a new one with each entry that changes state, team, owner or priority."""
    flow = workflow_of(record.tenant, record.kind)
    now: dict[str, Any] = dict.fromkeys(FOLLOWED)
    spans: list[dict[str, Any]] = []
    for at, changes in Entry.objects.filter(card_id=record.pk).order_by("position").values_list("at", "changes"):
        told = {name: value[1] for name, value in json.loads(changes).items() if name in FOLLOWED and isinstance(value, list)}
        if told or not spans:
            now |= told
            if spans:
                spans[-1]["ended_at"] = at
            spans.append({**now, "category": flow.state(now["state"] or record.state).category, "started_at": at, "ended_at": None})
    return spans


def _build_span(record: Record) -> None:
    Span.objects.filter(card_id=record.pk).delete()
    Span.objects.bulk_create([Span(tenant_id=record.tenant_id, card_id=record.pk, kind=record.kind, **values) for values in spans_from_trail(record)])


def _compare_span(record: Record) -> list[str]:
    stored = list(Span.objects.filter(card_id=record.pk).order_by("id").values(*FOLLOWED, "category", "started_at", "ended_at"))
    wanted = spans_from_trail(record)
    if stored == wanted:
        return []
    where = next((i for i, (a, b) in enumerate(zip(stored, wanted, strict=False)) if a != b), min(len(stored), len(wanted)))
    return [f"{record.reference}: its spans are not what the trail tells, from the {where + 1}. on ({len(stored)} stored, {len(wanted)} told)."]


register_projection(Projection("card", _build_card, _compare_card))
register_projection(Projection("span", _build_span, _compare_span))
