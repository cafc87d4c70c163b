"""The declaration of communications: a telling leaves a part and sets when the next is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.support.communication.models import Communication, Telling
from plimsoll.support.communication.queries import facts_of, is_top
from plimsoll.support.communication.rules import COMMUNICATION_FLOW, next_after


class CommunicationBehaviour(Behaviour):
    """What was told is kept as a part, so that the next telling overwrites nothing."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, Communication)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Communication)
        if move != "tell" or record.told_on is None:
            return {}
        person = record.told_by_id or values["by"].pk
        Telling.objects.create(
            communication=record,
            on=record.told_on,
            due_on=record.next_on,
            by_id=person,
            reached=record.reached,
            reference=record.told_as,
            is_by_top=is_top(record.tenant_id, person),
        )
        return {"next_on": next_after(max(record.next_on or record.told_on, record.told_on), record.frequency)}


COMMUNICATION = declare(
    RecordType(
        model=Communication,
        prefix="COM",
        clause="7.4",
        workflow=COMMUNICATION_FLOW,
        behaviour_class=CommunicationBehaviour,
        fields=(
            "title",
            "description",
            "frequency",
            "occasion",
            "audience",
            "side",
            "means",
            "role",
            "next_on",
            "told_on",
            "told_by",
            "reached",
            "told_as",
        ),
        columns=("reference", "title", "state", "frequency", "audience", "role", "next_on", "told_on"),
        filters=("state", "frequency", "side", "role", "next_on"),
        required=("title",),
        searched=("title", "description", "audience"),
        body="description",
        icon="message-square",
        group="system",
        plural="communications",
        dues=("next_on",),
    )
)
