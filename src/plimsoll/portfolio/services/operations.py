"""Writes of services beside open, amend and move: for whom a service is delivered, and what it stands on."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.permissions import check
from plimsoll.portfolio.services.models import Service, ServiceCustomer


def add_customer(service: Service, organization: Organization, *, by: Person, channel: str, at: datetime | None = None) -> ServiceCustomer:
    """Deliver a service to an organization from a moment on (default: now). Its people then see the service while it is live.

    Needs `service:amend`; raises `Faulty` when it is delivered to them already.
    """
    with writing():
        fresh = locked(service)
        check(by, f"{fresh.kind}:amend", fresh)
        if organization.tenant_id != fresh.tenant_id or not organization.is_active:
            raise Faulty([Fault("organization", _("There is no such organisation."))])
        if organization.kind == "supplier":
            raise Faulty(
                [Fault("organization", _("%(name)s is a supplier; services are delivered to customers and to units.") % {"name": organization})]
            )
        if fresh.customers.filter(organization=organization, ended_at=None).exists():
            raise Faulty([Fault("organization", _("%(service)s is already delivered to %(name)s.") % {"service": fresh.title, "name": organization})])
        made = ServiceCustomer.objects.create(service=fresh, organization=organization, started_at=at or now())
        parts.tell(fresh, "add customer", by=by, channel=channel, changes={"customer": (None, organization.name)}, at=at)
    return made


def end_customer(part: ServiceCustomer, *, by: Person, channel: str, note: str = "", at: datetime | None = None) -> ServiceCustomer:
    """Deliver a service to an organization no more, from a moment on. Asked again it changes nothing."""
    with writing():
        kept = ServiceCustomer.objects.select_for_update(of=("self",)).select_related("organization", "service").get(pk=part.pk)
        fresh = locked(kept.service)
        check(by, f"{fresh.kind}:amend", fresh)
        if kept.ended_at is None:
            kept.ended_at = max(at or now(), kept.started_at)
            kept.save(update_fields=["ended_at"])
            parts.tell(fresh, "end customer", by=by, channel=channel, changes={"customer": (kept.organization.name, None)}, note=note, at=at)
    return kept


def add_support(supporting: Service, supported: Service, *, by: Person, channel: str, at: datetime | None = None) -> Link:
    """Say that one service stands on another. The services' own rule says where that can't be, as for every link: `record.py`."""
    return parts.link(supporting, "supports", supported, by=by, channel=channel, at=at)
