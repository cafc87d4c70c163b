"""What goes along with objectives beside what every record has: actions and measurements, and what of them can be redacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.redaction import REPLACEMENT
from plimsoll.planning.objectives.models import Measurement, ObjectiveAction


class ObjectiveBeside(Beside):
    """Actions, and measurements in the order in which they were made, each that corrects another with its place."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
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

    def held(self, record: Record) -> list[Words]:
        actions = ObjectiveAction.objects.filter(objective=record.pk).values_list("pk", "text", "resources")
        measured = Measurement.objects.filter(objective=record.pk).values_list("pk", "note", "reason")
        return [
            *(Words(f"action-text-{pk}", _("Action"), text, "action", is_one_of_many=True) for pk, text, _resources in actions),
            *(
                Words(f"action-resources-{pk}", _("Resources of an action"), resources, "action.resources", is_one_of_many=True)
                for pk, _text, resources in actions
            ),
            *(Words(f"measured-note-{pk}", _("Note on a measurement"), note, "note", is_one_of_many=True) for pk, note, _reason in measured),
            *(
                Words(f"measured-reason-{pk}", _("Why a measurement was wrong"), reason, "note", is_one_of_many=True)
                for pk, _note, reason in measured
            ),
        ]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        for model, prefix, name in (
            (ObjectiveAction, "action", "text"),
            (ObjectiveAction, "action", "resources"),
            (Measurement, "measured", "note"),
            (Measurement, "measured", "reason"),
        ):
            start = f"{prefix}-{name}-"
            chosen = [int(key.removeprefix(start)) for key in keys if key.startswith(start)]
            model._default_manager.filter(objective=record.pk, pk__in=chosen).update(**{name: REPLACEMENT})
