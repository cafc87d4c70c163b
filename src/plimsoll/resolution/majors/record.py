"""The declarations of major incidents and their reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import MajorIncident, MajorProposal, MajorReview
from plimsoll.resolution.majors.queries import facts_of, next_update, review_due, review_facts_of
from plimsoll.resolution.majors.rules import MAJOR_FLOW, REVIEW_FLOW, RUNNING


class MajorBehaviour(Behaviour):
    """What follows from the incident that it is about, and the moments that moves set."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        lead = values.get("lead")
        if before is not None or not isinstance(lead, Incident):
            return {}
        service = values.get("service") or lead.service
        said = values.get("headline") or (_("%(service)s is disrupted") % {"service": service.title} if service is not None else "")
        return {
            "service": service,
            "priority": values.get("priority") or lead.priority,
            "headline": said[:150],
            "began_at": values.get("began_at") or lead.opened_at,
        }

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        faults = []
        lead, began = values.get("lead"), values.get("began_at")
        if isinstance(lead, Incident) and (before is None or getattr(before, "lead_id", None) != lead.pk):
            lead = Incident.objects.select_for_update(of=("self",)).get(pk=lead.pk)  # two who declare it at once come one after the other
            is_declared = before is None and values.get("origin") != "imported"  # what another house declared is not judged by this one's rules
            if is_declared and not lead.is_open:
                faults.append(Fault("lead", _("%(incident)s is over; what is over is not declared.") % {"incident": lead.reference}))
            is_proposed = MajorProposal.objects.filter(incident=lead, decided_at=None).exists()
            if is_declared and not is_proposed and not str(values.get("reason") or "").strip():
                faults.append(Fault("reason", _("It meets no criterion, so say why it is a major one.")))
            running = MajorIncident.objects.filter(tenant=tenant, lead=lead, state__in=RUNNING).exclude(pk=before.pk if before else None).first()
            if running is not None:
                told = _("%(incident)s is handled as %(major)s already.") % {"incident": lead.reference, "major": running.reference}
                faults.append(Fault("lead", told))
        if isinstance(began, datetime) and began > (before.opened_at if before is not None else now()):
            faults.append(Fault("began_at", _("The first symptom was before it was declared.")))
        return faults

    def inherited_class(self, values: Mapping[str, Any]) -> str:
        return str(values["lead"].access_class)

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, MajorIncident)])

    def due(self, record: Record) -> datetime | None:
        assert isinstance(record, MajorIncident)
        return next_update(record, record.opened_at)

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, MajorIncident)
        at = values["at"]
        if move == "resolve":
            return {"restored_at": at, "due_at": None}
        if move == "reopen":
            return {"restored_at": None, "due_at": next_update(record, at)}
        if move in ("close", "withdraw"):
            return {"closed_at": at, "due_at": None}
        return {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        text = values.get("text") or ""
        return {
            "tick step": _("ticked off: %(text)s") % {"text": text},
            "untick step": _("took back: %(text)s") % {"text": text},
            "inform": _("told top management: %(text)s") % {"text": text},
            "overdue": _("found it late: %(text)s") % {"text": text},
            "affect": _("named as affected: %(text)s") % {"text": text},
            "spare": _("took off those affected: %(text)s") % {"text": text},
        }.get(action, "")


MAJOR = declare(
    RecordType(
        model=MajorIncident,
        prefix="MAJ",
        clause="8.6.1",
        plural="majors",
        workflow=MAJOR_FLOW,
        behaviour_class=MajorBehaviour,
        fields=(
            "title",
            "lead",
            "service",
            "priority",
            "headline",
            "criterion",
            "reason",
            "owner",
            "communications",
            "scribe",
            "began_at",
            "outcome",
        ),
        columns=("priority", "reference", "title", "state", "service", "owner", "opened_at", "changed_at"),
        filters=("state", "priority", "service", "owner"),
        required=("title", "lead"),
        searched=("title", "headline", "reason", "outcome"),
        body="reason",
        icon="triangle-alert",
        group="desk",
    )
)


class ReviewBehaviour(Behaviour):
    """What a review's guards ask, and when it is due."""

    def inherited_class(self, values: Mapping[str, Any]) -> str:
        return str(values["major"].access_class)

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return review_facts_of([r for r in records if isinstance(r, MajorReview)])

    def due(self, record: Record) -> datetime | None:
        assert isinstance(record, MajorReview)
        return review_due(record.major, record.opened_at)

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"done_at": values["at"]} if move == "finish" else {"done_at": None} if move == "take_up" else {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        text = values.get("text") or ""
        return {
            "decide": _("entered a decision: %(text)s") % {"text": text},
            "freeze report": _("froze version %(n)s of the report") % {"n": values.get("version", "")},
        }.get(action, "")


REVIEW = declare(
    RecordType(
        model=MajorReview,
        prefix="MRV",
        clause="8.6.1",
        plural="majorreviews",
        workflow=REVIEW_FLOW,
        behaviour_class=ReviewBehaviour,
        fields=("title", "major", "owner", "participants", "happened", "cause", "went_well", "went_badly"),
        columns=("reference", "title", "state", "major", "owner", "changed_at"),
        filters=("state", "major", "owner"),
        required=("title", "major"),
        searched=("title", "happened", "cause", "went_well", "went_badly"),
        body="happened",
        icon="search-check",
        group="desk",
    )
)
