"""Who takes part goes out and in with a training. A person is told by their key, and named beside the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who
from plimsoll.kernel.records.models import Record
from plimsoll.support.competence.models import Participant


class ParticipantsBeside(Beside):
    """Participants, in the order in which they were named."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        found: dict[int, list[dict[str, Any]]] = {}
        for row in Participant.objects.filter(training__in=[r.pk for r in records]).order_by("pk"):
            found.setdefault(row.training_id, []).append({"person": Who(row.person_id), "took_part": row.took_part})
        return {key: {"participants": rows} for key, rows in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("participants", ()):
            if (person := taking.person(row["person"])) is not None:
                Participant.objects.get_or_create(training_id=record.pk, person=person, defaults={"took_part": row["took_part"]})
        return {}
