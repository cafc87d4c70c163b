"""The declaration of agreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement, Recalculation, Version
from plimsoll.agreements.levels.rules import AGREEMENT_FLOW, RECALCULATION_FLOW, Facts, RecalculationFacts
from plimsoll.kernel.identity.models import Organization, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record


class AgreementBehaviour(Behaviour):
    """What an agreement's guards ask: its versions, and who its other party is."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        moment = now()
        in_force = Q(published_at__isnull=False, started_at__lte=moment) & (Q(ended_at=None) | Q(ended_at__gt=moment))
        rows = (
            Version.objects.filter(agreement__in=[r.pk for r in records])
            .order_by()
            .values("agreement")
            .annotate(
                published=Count("pk", filter=Q(published_at__isnull=False)),
                drafts=Count("pk", filter=Q(published_at=None)),
                current=Count("pk", filter=in_force),
            )
        )
        kinds = dict(Organization.objects.filter(pk__in={r.organization_id for r in records}).values_list("pk", "kind"))
        counted = {row["agreement"]: (row["published"], row["drafts"], row["current"]) for row in rows}
        latest = (now() + timedelta(hours=14)).date()
        return [
            Facts(
                r.type,
                kinds.get(r.organization_id, ""),
                r.owner_id,
                r.review_on,
                r.signed_by_us_id,
                r.signed_by_them,
                r.signed_on,
                *counted.get(r.pk, (0, 0, 0)),
                today=latest,
            )
            for r in records
            if isinstance(r, Agreement)
        ]

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        if not isinstance(before, Agreement) or values.get("type", before.type) == before.type:
            return []
        if Version.objects.filter(agreement=before, published_at__isnull=False).exists():
            return [Fault("type", _("Its terms were put in force as what it is. End it, and open another of the other type."))]
        return []

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        said = {
            "draft terms": _("drafted the terms of version %(n)s"),
            "put in force": _("put version %(n)s of the terms in force"),
            "remind": _("reminds: the next review is on %(on)s")
            if values.get("reminder") == "review_on"
            else _("reminds: it is valid until %(on)s, no longer"),
            "exclude": _("does not count %(record)s, as an exception"),
            "include": _("counts %(record)s again"),
            "discard terms": _("threw the draft of the terms away"),
        }.get(action, "")
        return said % {"n": values.get("version", ""), "record": values.get("record") or "", "on": values.get("on", "")} if said else ""

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"ended_at": values["at"]} if move in ("expire", "terminate") else {}


AGREEMENT = declare(
    RecordType(
        model=Agreement,
        prefix="AGR",
        clause="8.3.3",
        workflow=AGREEMENT_FLOW,
        behaviour_class=AgreementBehaviour,
        fields=("title", "type", "description", "owner", "review_on", "valid_until", "signed_by_us", "signed_by_them", "signed_on"),
        columns=("reference", "title", "state", "type", "owner", "review_on", "valid_until", "changed_at"),
        filters=("state", "type", "owner", "organization", "review_on", "valid_until"),
        required=("title",),
        ahead=("review_on",),
        behind=("signed_on",),
        searched=("title", "description"),
        body="description",
        icon="handshake",
        group="services",
        dues=("review_on", "valid_until"),
    )
)


class RecalculationBehaviour(Behaviour):
    """What a recalculation's guards ask."""

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return _("counted what would be different") if action == "count" else ""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return [RecalculationFacts(r.reason, r.differing, r.opened_from, r.opened_before) for r in records if isinstance(r, Recalculation)]


RECALCULATION = declare(
    RecordType(
        model=Recalculation,
        prefix="RCL",
        clause="8.3.3",
        workflow=RECALCULATION_FLOW,
        behaviour_class=RecalculationBehaviour,
        fields=("title", "agreement", "reason", "opened_from", "opened_before", "owner"),
        columns=("reference", "title", "state", "agreement", "differing", "verdicts_changed", "changed_at"),
        filters=("state", "agreement", "owner"),
        required=("title", "agreement"),
        searched=("title", "reason"),
        derived=("considered", "differing", "verdicts_changed", "computed_at", "applied_at"),
        body="reason",
        icon="history",
        group="services",
    )
)
