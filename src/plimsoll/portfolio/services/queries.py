"""Reads of services with a name: who gets them, what stands on them, which are in scope, and what is not as it should be with that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.scopes.models import Exclusion
from plimsoll.context.scopes.queries import current_scope
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Organization, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.sources import source_of
from plimsoll.portfolio.services.models import Service, ServiceCustomer

NOBODY_GETS_IT = Rule("service_without_customer", gettext_lazy("Every live service in scope is delivered to somebody"), ("S-023",))
NOT_IN_SCOPE_SILENTLY = Rule(
    "service_left_out_without_reason", gettext_lazy("A live service is in scope, or excluded with a reason"), ("4.3-d", "S-021")
)
EXCLUDED_AND_IN = Rule("service_in_and_excluded", gettext_lazy("What the scope excludes is not marked as in scope"), ("4.3-d", "S-021"))
NOTHING_IN_SCOPE = Rule("no_service_in_scope", gettext_lazy("The scope names the services"), ("4.3-b",))


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


def services_of(tenant: Tenant) -> list[Service]:
    """The services of the portfolio, without those that were rejected or are retired, by name."""
    return list(Service.objects.filter(tenant=tenant, is_open=True).select_related("owner").order_by("title", "number"))


def delivered_to(services: Iterable[Service], moment: datetime) -> dict[Organization, list[str]]:
    """Whoever gets any of these services at a moment, with the titles of what they get. One query."""
    titles = {s.pk: s.title for s in services}
    found: dict[Organization, list[str]] = {}
    rows = ServiceCustomer.objects.filter(in_force(moment), service__in=titles).select_related("organization").order_by("service__title", "pk")
    for row in rows:
        found.setdefault(row.organization, []).append(titles[row.service_id])
    return found


def names_of_customers(services: Sequence[Service], moment: datetime) -> dict[int, list[str]]:
    """The names of those who get each service at a moment. One query."""
    found: dict[int, list[str]] = {}
    rows = ServiceCustomer.objects.filter(in_force(moment), service__in=[s.pk for s in services]).order_by("organization__name", "pk")
    for service, name in rows.values_list("service", "organization__name"):
        found.setdefault(service, []).append(name)
    return found


def contacts_of(organizations: Sequence[Organization], moment: datetime) -> dict[int, list[str]]:
    """Who speaks for each organisation: people of its own who hold a role for it alone. One query."""
    found: dict[int, list[str]] = {}
    rows = Grant.objects.filter(in_force(moment), organization__in=[o.pk for o in organizations], person__is_active=True).order_by(
        "person__name", "pk"
    )
    for organization, name, role in rows.values_list("organization", "person__name", "role_name"):
        said = f"{name} ({role})" if role else name
        if said not in found.setdefault(organization, []):
            found[organization].append(said)
    return found


def scope_faults_of(tenant: Tenant, moment: datetime) -> list[Finding]:
    """What is not as it should be with services and the scope (S-021, S-023, 4.3-b, 4.3-d). Four queries."""
    services = services_of(tenant)
    live = [s for s in services if s.state in ("live", "retiring")]
    scope = current_scope(tenant)
    named = {} if scope is None else dict(Exclusion.objects.filter(scope=scope, kind="service").exclude(record=None).values_list("record", "reason"))
    served = names_of_customers(live, moment)
    found = []
    if not any(s.in_scope for s in services):
        found.append(Finding(NOTHING_IN_SCOPE, _("No service is in scope, so the scope says nothing. Enter the services, or put them in scope.")))
    for service in live:
        here = source_of(service)
        if service.in_scope and not service.is_internal and not served.get(service.pk):
            sentence = _("%(name)s is live and delivered to nobody. Say who gets it, or that it is a supporting service.")
            found.append(Finding(NOBODY_GETS_IT, sentence % {"name": service.title}, here))
        if service.in_scope and service.pk in named:
            sentence = _("The scope excludes %(name)s, which is marked as in scope. Only one can be true.")
            found.append(Finding(EXCLUDED_AND_IN, sentence % {"name": service.title}, here))
        if not service.in_scope and not service.scope_reason.strip() and not named.get(service.pk):
            found.append(Finding(NOT_IN_SCOPE_SILENTLY, _("%(name)s is live and not in scope, and nobody says why.") % {"name": service.title}, here))
    return found
