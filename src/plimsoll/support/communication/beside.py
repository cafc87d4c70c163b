"""What was told goes out and in with its communication, and its words are redacted with those of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.redaction import REPLACEMENT
from plimsoll.support.communication.models import Telling


class ToldBeside(Beside):
    """Tellings in the order in which they were."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        found: dict[int, list[dict[str, Any]]] = {}
        for row in Telling.objects.filter(communication__in=[r.pk for r in records]).order_by("pk"):
            said = {
                "on": row.on,
                "due_on": row.due_on,
                "by": Who(row.by_id),
                "reached": row.reached,
                "reference": row.reference,
                "by_top": row.is_by_top,
            }
            found.setdefault(row.communication_id, []).append(said)
        return {key: {"tellings": rows} for key, rows in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("tellings", ()):
            Telling.objects.create(
                communication_id=record.pk,
                on=date.fromisoformat(row["on"]),
                due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
                by=taking.person(row["by"]),
                reached=row["reached"],
                reference=row["reference"],
                is_by_top=row["by_top"],
            )
        return {}

    def held(self, record: Record) -> list[Words]:
        rows = Telling.objects.filter(communication=record.pk).exclude(reference="").values_list("pk", "reference")
        return [Words(f"told-{pk}", _("Where it can be found"), text, "told_as", is_one_of_many=True) for pk, text in rows]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        chosen = [int(key.removeprefix("told-")) for key in keys if key.startswith("told-")]
        Telling.objects.filter(communication=record.pk, pk__in=chosen).update(reference=REPLACEMENT)
