"""The declaration of resource needs: a decision leaves who took it and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.resources.queries import facts_of
from plimsoll.support.resources.rules import RESOURCE_FLOW


class NeedBehaviour(Behaviour):
    """Who decided, and when; nothing is decided of what is asked again."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, ResourceNeed)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move in ("grant", "refuse", "defer"):
            return {"decided_by": values["by"], "decided_at": values["at"]}
        return {"decided_by": None, "decided_at": None, "deferred_until": None} if move == "ask_again" else {}


RESOURCE_NEED = declare(
    RecordType(
        model=ResourceNeed,
        prefix="RES",
        clause="7.1",
        workflow=RESOURCE_FLOW,
        behaviour_class=NeedBehaviour,
        fields=(
            "title",
            "type",
            "description",
            "purpose",
            "unit",
            "needed",
            "available",
            "cost",
            "needed_on",
            "owner",
            "alternative",
            "deferred_until",
        ),
        columns=("reference", "title", "state", "type", "purpose", "needed", "available", "owner", "decided_by"),
        filters=("state", "type", "owner", "needed_on"),
        required=("title",),
        searched=("title", "description", "purpose"),
        plain=("unit",),
        body="description",
        icon="scale",
        group="system",
        plural="resources",
        dues=("deferred_until",),
    )
)
