"""The declarations of obligations, limitations and management systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.context.obligations.models import Limitation, ManagementSystem, Obligation
from plimsoll.context.obligations.rules import LIMITATION_FLOW, OBLIGATION_FLOW, SYSTEM_FLOW, Facts
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_of


class ReviewedBehaviour(Behaviour):
    """What is reviewed keeps when that was, and by whom."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        moment = now()
        return [
            Facts(
                getattr(r, "owner_id", None),
                getattr(r, "how_applies", ""),
                getattr(r, "requirements", ""),
                getattr(r, "review_on", None),
                day_of(r.tenant, moment),
            )
            for r in records
        ]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move != "review":
            return {}
        return {"reviewed_on": day_of(record.tenant, values["at"]), "reviewed_by": values["by"]}


OBLIGATION = declare(
    RecordType(
        model=Obligation,
        prefix="OBL",
        clause="6.3",
        workflow=OBLIGATION_FLOW,
        behaviour_class=ReviewedBehaviour,
        fields=(
            "title",
            "type",
            "how_applies",
            "document",
            "edition",
            "issuer",
            "kept_at",
            "jurisdiction",
            "articles",
            "owner",
            "review_on",
            "watched_through",
            "evidence",
        ),
        columns=("reference", "title", "state", "type", "owner", "review_on"),
        filters=("state", "type", "owner", "review_on"),
        required=("title",),
        ahead=("review_on",),
        searched=("title", "how_applies", "document", "articles"),
        body="how_applies",
        icon="scale",
        group="system",
        dues=("review_on",),
    )
)

LIMITATION = declare(
    RecordType(
        model=Limitation,
        prefix="LIM",
        clause="6.3",
        workflow=LIMITATION_FLOW,
        behaviour_class=ReviewedBehaviour,
        fields=("title", "description", "effect", "workaround", "owner", "review_on"),
        columns=("reference", "title", "state", "owner", "review_on", "reviewed_on"),
        filters=("state", "owner", "review_on"),
        required=("title",),
        ahead=("review_on",),
        searched=("title", "description", "effect"),
        body="description",
        icon="shield-check",
        group="system",
        dues=("review_on",),
    )
)

MANAGEMENT_SYSTEM = declare(
    RecordType(
        model=ManagementSystem,
        prefix="MSY",
        clause="6.3",
        workflow=SYSTEM_FLOW,
        behaviour_class=ReviewedBehaviour,
        fields=("title", "short_name", "type", "requirements", "basis", "owner"),
        columns=("reference", "title", "state", "type", "basis", "owner"),
        filters=("state", "type", "owner"),
        required=("title",),
        searched=("title", "short_name", "requirements"),
        body="requirements",
        icon="compass",
        group="system",
    )
)
