"""What exports carry of objectives beside what every record has: their actions and measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from plimsoll.kernel.exchange.carrying import Taking, Who, register_carrier
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.planning.objectives.models import Measurement, ObjectiveAction


class OfObjectives:
    """Actions, and measurements in the order in which they were made, each that corrects another with its place."""

    def told(self, records: Sequence[Any], by: Person) -> dict[int, dict[str, Any]]:
        keys = [r.pk for r in records]
        found: dict[int, dict[str, list[Any]]] = {}
        for a in ObjectiveAction.objects.filter(objective__in=keys).order_by("pk"):
            row = {"text": a.text, "owner": Who(a.owner_id), "due_on": a.due_on, "resources": a.resources, "state": a.state, "done_on": a.done_on}
            found.setdefault(a.objective_id, {}).setdefault("actions", []).append(row)
        places: dict[int, int] = {}
        for m in Measurement.objects.filter(objective__in=keys).order_by("pk"):
            rows = found.setdefault(m.objective_id, {}).setdefault("measurements", [])
            places[m.pk] = len(rows)
            rows.append(
                {
                    "value": f"{m.value:f}",
                    "on": m.measured_on,
                    "by": Who(m.made_by_id),
                    "at": m.made_at,
                    "note": m.note,
                    "corrects": places.get(m.corrects_id or 0),
                    "reason": m.reason,
                }
            )
        return {key: dict(rows) for key, rows in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("actions", ()):
            ObjectiveAction.objects.create(
                objective_id=record.pk,
                text=row["text"],
                owner=taking.person(row["owner"]) or taking.by,
                due_on=date.fromisoformat(row["due_on"]),
                resources=row["resources"],
                state=row["state"],
                done_on=date.fromisoformat(row["done_on"]) if row["done_on"] else None,
            )
        made: list[Measurement] = []
        for row in told.get("measurements", ()):
            made.append(
                Measurement.objects.create(
                    objective_id=record.pk,
                    value=Decimal(row["value"]),
                    measured_on=date.fromisoformat(row["on"]),
                    made_by=taking.person(row["by"]) or taking.by,
                    made_at=datetime.fromisoformat(row["at"]),
                    note=row["note"],
                    corrects=made[row["corrects"]] if row["corrects"] is not None else None,
                    reason=row["reason"],
                )
            )
        return {}


register_carrier("objective", OfObjectives())
