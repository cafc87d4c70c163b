"""What exports carry of risks beside what every record has: their treatments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from plimsoll.kernel.exchange.carrying import Taking, Who, references, register_carrier
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.planning.risks.models import Treatment


class OfRisks:
    """The treatments of a risk; a record that carries one out goes by its reference."""

    def told(self, records: Sequence[Any], by: Person) -> dict[int, dict[str, Any]]:
        rows = list(Treatment.objects.filter(risk__in=[r.pk for r in records]).order_by("pk"))
        names = references([t.linked_id for t in rows], by)
        found: dict[int, dict[str, Any]] = {}
        for t in rows:
            found.setdefault(t.risk_id, {"treatments": []})["treatments"].append(
                {
                    "text": t.text,
                    "owner": Who(t.owner_id),
                    "due_on": t.due_on,
                    "priority": t.priority,
                    "state": t.state,
                    "linked": names.get(t.linked_id or 0),
                    "done_on": t.done_on,
                    "verdict": t.verdict,
                    "evaluation": t.evaluation,
                    "residual_level": t.residual_level,
                    "evaluated_on": t.evaluated_on,
                    "evaluated_by": Who(t.evaluated_by_id),
                }
            )
        return found

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("treatments", ()):
            Treatment.objects.create(
                risk_id=record.pk,
                text=row["text"],
                owner=taking.person(row["owner"]) or taking.by,
                due_on=date.fromisoformat(row["due_on"]),
                priority=row["priority"],
                state=row["state"],
                linked_id=taking.card(row["linked"]),
                done_on=_day(row["done_on"]),
                verdict=row["verdict"],
                evaluation=row["evaluation"],
                residual_level=row["residual_level"],
                evaluated_on=_day(row["evaluated_on"]),
                evaluated_by=taking.person(row["evaluated_by"]),
            )
        return {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


register_carrier("risk", OfRisks())
