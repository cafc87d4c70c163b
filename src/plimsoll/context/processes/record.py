"""The declaration of processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import told_of
from plimsoll.context.processes.models import Process
from plimsoll.context.processes.parts import ALL
from plimsoll.context.processes.queries import process_facts
from plimsoll.context.processes.rules import PROCESS_FLOW, listed, wrong_clauses
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare, declared
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_of


class ProcessBehaviour(Behaviour):
    """Clauses are clauses, kinds are kinds; who put it in force stays with it."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = []
        if wrong := wrong_clauses(values.get("clauses") or ""):
            said = _("“%(given)s” is no clause from 4 to 10. Write clauses as 8.6.1, set apart by commas.")
            found.append(Fault("clauses", said % {"given": wrong[0][:40]}))
        known = {rt.kind for rt in declared()}
        if wrong := [kind for kind in listed(values.get("kinds") or "") if kind not in known]:
            said = _("“%(given)s” is no kind of record. There are: %(known)s.")
            found.append(Fault("kinds", said % {"given": wrong[0][:40], "known": ", ".join(sorted(known))}))
        return found

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return process_facts([r for r in records if isinstance(r, Process)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move == "put_in_force":
            return {"approved_by": values["by"], "approved_at": values["at"]}
        return {"reviewed_on": day_of(record.tenant, values["at"])} if move == "review" else {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return told_of(ALL, action)


PROCESS = declare(
    RecordType(
        model=Process,
        prefix="PRC",
        clause="4.4",
        workflow=PROCESS_FLOW,
        behaviour_class=ProcessBehaviour,
        fields=(
            "title",
            "purpose",
            "covers",
            "clauses",
            "stage",
            "owner_role",
            "manager_role",
            "rules",
            "people",
            "tools",
            "information",
            "money",
            "kinds",
            "review_on",
        ),
        columns=("reference", "title", "state", "clauses", "stage", "owner_role", "manager_role", "review_on"),
        filters=("state", "stage", "owner_role", "manager_role", "review_on"),
        required=("title",),
        plain=("clauses", "kinds"),
        searched=("title", "purpose", "covers"),
        body="purpose",
        icon="git-branch",
        group="system",
        plural="processes",
        dues=("review_on",),
    )
)
