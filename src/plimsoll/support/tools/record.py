"""The declaration of tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_of
from plimsoll.support.tools.models import Tool
from plimsoll.support.tools.rules import TOOL_FLOW, Facts


class ToolBehaviour(Behaviour):
    """Hands the guards what they judge."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        moment = now()
        return [Facts(r.owner_id, r.data_held, r.backup, r.validated_on, day_of(r.tenant, moment)) for r in records if isinstance(r, Tool)]


TOOL = declare(
    RecordType(
        model=Tool,
        prefix="TOL",
        clause="6.3",
        workflow=TOOL_FLOW,
        behaviour_class=ToolBehaviour,
        fields=("title", "purpose", "description", "owner", "data_held", "backup", "supplier", "validated_on"),
        columns=("reference", "title", "state", "purpose", "owner", "validated_on"),
        filters=("state", "purpose", "owner"),
        required=("title",),
        searched=("title", "description", "data_held", "supplier"),
        body="description",
        icon="list-checks",
        group="system",
    )
)
