"""What tests of document fields share: resolving one, and many records of a kind at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record, gate_open
from plimsoll.kernel.register.models import Card
from tests.cast import House


def value_of(name: str, tenant: Tenant, at: datetime | None = None, about: str = "") -> Value:
    """What a field of documents resolves to now."""
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(tenant, at or now(), about))


def cells(value: Value) -> list[tuple[str, ...]]:
    return [row.cells for row in value.rows]


def many(house: House, rt: RecordType, n: int, state: str, values: Callable[[int], dict[str, Any]], *, start: int = 10_000) -> list[Record]:
    """Many records of a kind in one state, written past the writes: only to see what reading them costs."""
    found = rt.workflow.state(state)
    moment = now()
    common = {"tenant": house.tenant, "organization": house.provider, "state": state, "category": found.category}
    given = [{"title": f"Number {start + i}", **values(i)} for i in range(n)]
    cards = Card.objects.bulk_create(
        [
            Card(**common, kind=rt.kind, number=i, reference=f"{rt.prefix}-{i}", title=told["title"], opened_at=moment, changed_at=moment)
            for i, told in enumerate(given, start)
        ]
    )
    rows = [
        rt.model(
            card=card,
            number=card.number,
            is_open=found.is_open,
            opened_at=moment,
            opened_by=house.ruth,
            changed_at=moment,
            **{**common, **told},
        )
        for card, told in zip(cards, given, strict=True)
    ]
    with gate_open():
        return list(rt.model.objects.bulk_create(rows))


def queries_and_seconds(name: str, tenant: Tenant) -> tuple[int, float]:
    """How many statements a field takes, and how much of the processor's time at its best of three."""
    value_of(name, tenant)
    with CaptureQueriesContext(connection) as seen:
        value_of(name, tenant)
    best = 9.0
    for _try in range(3):
        started = time.process_time()
        value_of(name, tenant)
        best = min(best, time.process_time() - started)
    return len(seen), best
