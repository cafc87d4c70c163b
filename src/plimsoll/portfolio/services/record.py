"""The declaration of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from plimsoll.context.scopes.record import scope_faults
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Link, Record
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.queries import supported_by
from plimsoll.portfolio.services.required import agreed_requirements
from plimsoll.portfolio.services.rules import SERVICE_FLOW, Facts


class ServiceBehaviour(Behaviour):
    """A service's guards ask what stands on it; one that is not in scope says why (S-021)."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        return scope_faults(values)

    def facts(self, records: Sequence[Record]) -> list[Any]:
        keys = [r.pk for r in records]
        standing = dict(
            Link.objects.filter(source__in=keys, meaning="supports", target__state="live")
            .values("source")
            .annotate(n=Count("pk"))
            .values_list("source", "n")
        )
        required = agreed_requirements(keys)
        return [Facts(r.owner_id, r.hours_id, r.description, standing.get(r.pk, 0), required.get(r.pk, 0)) for r in records if isinstance(r, Service)]

    def link_faults(self, source: Record, meaning: str, target: Record) -> list[Fault]:
        """A service never stands on itself, not even by way of others."""
        if meaning != "supports" or not isinstance(source, Service) or not isinstance(target, Service) or source.pk not in supported_by(target):
            return []
        said = {"supporting": source.title, "supported": target.title}
        return [Fault("target", _("%(supporting)s stands on %(supported)s; they can't carry each other.") % said)]


SERVICE = declare(
    RecordType(
        model=Service,
        prefix="SVC",
        clause="8.2.2",
        workflow=SERVICE_FLOW,
        behaviour_class=ServiceBehaviour,
        fields=("title", "description", "owner", "team", "criticality", "hours", "is_internal", "in_scope", "scope_reason"),
        columns=("reference", "title", "state", "criticality", "owner", "team", "changed_at"),
        filters=("state", "criticality", "owner", "team", "is_internal", "in_scope"),
        required=("title",),
        internal=("team", "criticality", "is_internal", "in_scope", "scope_reason"),
        searched=("title", "description"),
        body="description",
        icon="layers",
        group="services",
    )
)
