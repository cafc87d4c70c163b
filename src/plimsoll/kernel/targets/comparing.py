"""Our verdicts beside those of the tool that records came from: how often they agree, and which records differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.targets.models import Clock

BATCH = 2000


@dataclass(slots=True)
class Row:
    """One priority: how many records both called met or missed, and where they differ, by the records' numbers."""

    priority: int | None
    both_met: int = 0
    both_missed: int = 0
    ours_met: list[str] = field(default_factory=list)  # ours says met, theirs missed
    ours_missed: list[str] = field(default_factory=list)
    without: int = 0  # one of the two has no verdict

    @property
    def differing(self) -> list[str]:
        return [*self.ours_met, *self.ours_missed]


def compare_verdicts(record_type: RecordType, tenant: Tenant, *, key: str, theirs: str) -> list[Row]:
    """A row for each priority that the clocks of that key were judged by. `theirs` names the imported verdict, true for met."""
    rows: dict[int | None, Row] = {}
    for number, imported, state, priority in _verdicts(record_type, tenant, key):
        row = rows.setdefault(priority, Row(priority))
        verdict = imported.get(theirs) if isinstance(imported, dict) else None
        if state not in ("met", "missed") or not isinstance(verdict, bool):
            row.without += 1
        elif verdict == (state == "met"):
            row.both_met += verdict
            row.both_missed += not verdict
        else:
            (row.ours_missed if verdict else row.ours_met).append(f"{record_type.prefix}-{number}")
    return sorted(rows.values(), key=lambda row: row.priority or 9)


def _verdicts(record_type: RecordType, tenant: Tenant, key: str) -> Iterator[tuple[int, Any, str, int | None]]:
    """Number, what was imported, state and priority of every record with such a clock, a batch at a time."""
    last = 0
    while True:
        clocks = Clock.objects.filter(tenant=tenant, kind=record_type.kind, key=key, card__gt=last).order_by("card")
        found = {card: (state, priority) for card, state, priority in clocks.values_list("card_id", "state", "priority")[:BATCH]}
        if not found:
            return
        last = max(found)
        rows = record_type.model._default_manager.filter(pk__in=found).order_by("pk")
        for pk, number, imported in rows.values_list("pk", "number", "imported"):
            yield number, imported, *found[pk]
