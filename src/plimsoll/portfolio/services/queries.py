"""Reads of services with a name: who gets them, what stands on them."""

from __future__ import annotations

from datetime import datetime

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Link
from plimsoll.portfolio.services.models import Service, ServiceCustomer


def customers_of(service: Service, moment: datetime | None = None) -> list[ServiceCustomer]:
    """The customers that a service is delivered to at a moment, by name."""
    return list(
        ServiceCustomer.objects.select_related("organization").filter(in_force(moment or now()), service=service).order_by("organization__name")
    )


def supported_by(service: Service) -> set[int]:
    """The cards of all services that stand on this one, directly or by way of others."""
    seen: set[int] = set()
    frontier = {service.pk}
    while frontier:
        frontier = set(Link.objects.filter(source__in=frontier, meaning="supports").values_list("target_id", flat=True)) - seen
        seen |= frontier
    return seen
