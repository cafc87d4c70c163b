"""The declaration of issues of the context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.issues.rules import ISSUE_FLOW, Facts
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record


class IssueBehaviour(Behaviour):
    """A review leaves its moment."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return [
            Facts(i.owner_id, now(), i.review_due_date, i.is_climate, i.climate_decision, i.climate_reason, i.climate_decided_on)
            for i in records
            if isinstance(i, ContextIssue)
        ]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"reviewed_at": values["at"]} if move == "review" else {}


CONTEXT_ISSUE = declare(
    RecordType(
        model=ContextIssue,
        prefix="CTX",
        clause="4.1",
        workflow=ISSUE_FLOW,
        behaviour_class=IssueBehaviour,
        fields=(
            "title",
            "description",
            "sphere",
            "effect",
            "owner",
            "review_due_date",
            "is_climate",
            "climate_decision",
            "climate_reason",
            "climate_decided_on",
        ),
        columns=("reference", "title", "state", "sphere", "effect", "owner", "review_due_date"),
        filters=("state", "sphere", "effect", "is_climate", "owner", "review_due_date"),
        ahead=("review_due_date",),
        searched=("title", "description"),
        body="description",
        derived=("reviewed_at",),
        icon="globe",
        group="system",
        dues=("review_due_date",),
    )
)
