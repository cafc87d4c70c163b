"""What goes along with risks beside what every record has: their treatments, and what of them can be redacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words, references
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.redaction import REPLACEMENT
from plimsoll.planning.risks.models import Treatment


class RiskBeside(Beside):
    """The treatments of a risk; a record that carries one out goes by its reference."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
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

    def held(self, record: Record) -> list[Words]:
        rows = Treatment.objects.filter(risk=record.pk).values_list("pk", "text", "evaluation")
        return [
            words
            for pk, text, evaluation in rows
            for words in (
                Words(f"treatment-{pk}", _("Treatment"), text, "treatment", is_one_of_many=True),
                Words(f"judged-{pk}", _("How a treatment was judged"), evaluation, "evaluation", is_one_of_many=True),
            )
        ]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        rows = Treatment.objects.filter(risk=record.pk)
        rows.filter(pk__in=[int(k.removeprefix("treatment-")) for k in keys if k.startswith("treatment-")]).update(text=REPLACEMENT)
        rows.filter(pk__in=[int(k.removeprefix("judged-")) for k in keys if k.startswith("judged-")]).update(evaluation=REPLACEMENT)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
