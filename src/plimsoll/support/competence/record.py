"""The declarations of competences, qualifications and trainings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_of
from plimsoll.support.competence.models import Competence, Qualification, Training
from plimsoll.support.competence.queries import competence_facts, qualification_facts, training_facts
from plimsoll.support.competence.rules import COMPETENCE_FLOW, QUALIFICATION_FLOW, TRAINING_FLOW

NEEDED = ("title", "description", "role", "approver_role", "level", "shown_by", "job_class")
SHOWN = ("person", "competence", "level", "proof", "basis", "obtained_on", "expires_on", "training")


def _is_changed(kept: Record, values: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Which of some fields would be another."""
    return [n for n in names if n in values and getattr(values[n], "pk", values[n]) != getattr(getattr(kept, n), "pk", getattr(kept, n))]


class CompetenceBehaviour(Behaviour):
    """What is approved changes only by revising it."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return competence_facts([r for r in records if isinstance(r, Competence)])

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        kept = Competence.objects.select_related("role", "approver_role").filter(pk=before.pk).first() if before is not None else None
        if kept is None or kept.state != "approved" or not (changed := _is_changed(kept, values, NEEDED)):
            return []
        return [Fault(changed[0], _("It was approved as it is. Revise it first."))]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move == "approve":
            return {"approved_by": values["by"], "approved_at": values["at"]}
        return {"approved_by": None, "approved_at": None} if move == "revise" else {}


COMPETENCE = declare(
    RecordType(
        model=Competence,
        prefix="CMP",
        clause="7.2",
        workflow=COMPETENCE_FLOW,
        behaviour_class=CompetenceBehaviour,
        fields=NEEDED,
        columns=("reference", "title", "state", "role", "level", "shown_by", "approver_role", "approved_by"),
        filters=("state", "role", "approver_role", "level", "shown_by"),
        required=("title",),
        searched=("title", "description", "job_class"),
        body="description",
        icon="users",
        group="system",
        plural="competences",
    )
)


class QualificationBehaviour(Behaviour):
    """What somebody else has checked changes only by looking at it again."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return qualification_facts([r for r in records if isinstance(r, Qualification)])

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = []
        obtained, expires = values.get("obtained_on"), values.get("expires_on")
        if obtained is not None and expires is not None and expires < obtained:
            found.append(Fault("expires_on", _("It would end before it begins.")))
        kept = None
        if before is not None:
            kept = Qualification.objects.select_related("person", "competence", "training").filter(pk=before.pk, state="verified").first()
        if kept is not None and (changed := _is_changed(kept, values, SHOWN)):
            found.append(Fault(changed[0], _("It was checked as it is. Look at it again first.")))
        return found

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move == "verify":
            return {"verified_by": values["by"], "verified_at": values["at"]}
        return {"verified_by": None, "verified_at": None} if move == "reopen" else {}


QUALIFICATION = declare(
    RecordType(
        model=Qualification,
        prefix="QUA",
        clause="7.2",
        workflow=QUALIFICATION_FLOW,
        behaviour_class=QualificationBehaviour,
        fields=("title", *SHOWN),
        columns=("reference", "title", "state", "person", "competence", "level", "proof", "expires_on", "verified_by"),
        filters=("state", "person", "competence", "proof", "expires_on"),
        required=("title",),
        searched=("title",),
        requester="person",
        body="basis",
        icon="users",
        group="system",
        dues=("expires_on",),
    )
)


class TrainingBehaviour(Behaviour):
    """Judging leaves who judged, and on which day."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return training_facts([r for r in records if isinstance(r, Training)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move in ("worked", "failed"):
            return {"evaluated_by": values["by"], "evaluated_on": day_of(record.tenant, values["at"])}
        return {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return {
            "add participants": _("named who takes part"),
            "note participants": _("noted who took part"),
            "remove participants": _("took people off the list"),
            "write qualifications": _("wrote down what those who took part can show"),
        }.get(action, "")


TRAINING = declare(
    RecordType(
        model=Training,
        prefix="TRN",
        clause="7.2",
        workflow=TRAINING_FLOW,
        behaviour_class=TrainingBehaviour,
        fields=(
            "title", "description", "aim", "competence", "audience", "type", "provider", "planned_on", "cost", "owner", "done_on", "evaluate_after",
            "method", "evaluation",
        ),
        columns=("reference", "title", "state", "type", "aim", "audience", "planned_on", "done_on", "owner"),
        filters=("state", "type", "aim", "competence", "owner", "planned_on"),
        required=("title",),
        searched=("title", "description", "audience", "provider"),
        body="description",
        icon="book-open",
        group="system",
        plural="training",
        dues=("planned_on",),
    )
)  # fmt: skip
