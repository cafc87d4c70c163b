"""What incidents are promised: the agreements that were in force when they were opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Version
from plimsoll.agreements.levels.queries import known_version, promises_of, supporting_for, version_for
from plimsoll.agreements.levels.rules import CONTRACT
from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.targets.rules import Promise
from plimsoll.resolution.incidents.models import Incident


class IncidentClocks:
    """The promises of incidents, for the kernel's clocks."""

    watched = frozenset({"covered_by", "backed_by"})

    def promises(self, record: Record) -> Sequence[Promise]:
        assert isinstance(record, Incident)
        return promises_of(record.tenant, record.covered_by_id, record.backed_by)

    def hours(self, tenant: Tenant, terms: int, *, other: bool = False) -> ServiceHours | None:
        known = known_version(tenant, terms)
        if known is None:
            return None
        return known.second_hours or known.hours if other else known.hours

    def named(self, record: Record, terms: int) -> tuple[str, str]:
        known = known_version(record.tenant, terms)
        if known is None:
            return "", ""
        said = _("%(reference)s %(title)s, version %(n)d") % {"reference": known.reference, "title": known.title, "n": known.number}
        return said, f"/agreements/{known.reference.rpartition('-')[2]}/versions/{known.number}/"

    def behind(self, record: Record, terms: int) -> str:
        known = known_version(record.tenant, terms)
        if known is None:
            return ""
        said = _("the supplier's, by %(reference)s") if known.kind == CONTRACT else _("internal, by %(reference)s")
        return said % {"reference": known.reference}

    def uncovered(self, record: Record) -> str:
        assert isinstance(record, Incident)
        known = known_version(record.tenant, record.covered_by_id)
        if known is not None:
            return _("%(reference)s says that nothing is promised for this.") % {"reference": known.reference}
        if record.service_id is None:
            return _("Which agreement covers this is known once its service is.")
        return _("No agreement covers this: there was none in force for this customer and service when it was opened.")

    def answerable(self, record: Record) -> int | None:
        assert isinstance(record, Incident)
        return record.service.owner_id if record.service is not None else None


def covering(tenant: Tenant, values: Mapping[str, Any], before: Incident | None) -> dict[str, Any]:
    """The version that covers an incident, and those that stand behind it: as in force when it was opened, asked again when its service changes."""
    if before is not None and "service" not in values:
        return {}
    at: datetime | None = before.opened_at if before is not None else values.get("opened_at")
    organization = before.organization if before is not None else values.get("organization")
    if at is None:
        return {}
    service = getattr(values.get("service"), "pk", None)
    version = version_for(tenant, organization, service, at)
    return {"covered_by": None if version is None else Version(pk=version), "backed_by": supporting_for(tenant, service, at)}
