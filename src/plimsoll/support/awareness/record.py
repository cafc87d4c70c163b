"""The declaration of awareness statements: each is its person's, who alone confirms it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.figures.definitions import UnknownIndicator, indicator_named
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.support.awareness.models import AwarenessStatement
from plimsoll.support.awareness.queries import facts_of
from plimsoll.support.awareness.rules import STATEMENT_FLOW

SAID = ("person", "contribution", "policy", "services", "deviation", "indicator", "target")


class StatementBehaviour(Behaviour):
    """What was put before somebody changes only by revising it; indicators are those that are measured."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, AwarenessStatement)])

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = []
        if key := values.get("indicator"):
            try:
                indicator_named(str(key))
            except UnknownIndicator as error:
                found.append(Fault("indicator", str(error.args[0])))
        kept = AwarenessStatement.objects.filter(pk=before.pk).first() if before is not None else None
        if kept is not None and kept.state in ("issued", "acknowledged"):
            changed = [n for n in SAID if n in values and _key(values[n]) != _key(getattr(kept, n))]
            if changed:
                found.append(Fault(changed[0], _("It stands before its person as it is. Revise it first.")))
        return found

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move in ("issue", "ask_again"):
            return {"issued_at": values["at"], "acknowledged_at": None}
        return {"acknowledged_at": values["at"]} if move == "acknowledge" else {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return _("reminded its person") if action == "remind" else ""


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Person) else value


STATEMENT = declare(
    RecordType(
        model=AwarenessStatement,
        prefix="AWS",
        clause="7.3",
        workflow=STATEMENT_FLOW,
        behaviour_class=StatementBehaviour,
        fields=("title", "person", "role", "contribution", "policy", "services", "deviation", "indicator", "target"),
        columns=("reference", "title", "state", "person", "role", "issued_at", "acknowledged_at"),
        filters=("state", "person", "role"),
        required=("title",),
        searched=("title",),
        plain=("indicator",),
        requester="person",
        body="contribution",
        icon="users",
        group="system",
    )
)
