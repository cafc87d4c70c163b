"""What this room fills into documents: the sentence of the scope, services in and out of scope, the customers they are delivered to (4.3)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.scopes.models import Exclusion, Location, Unit
from plimsoll.context.scopes.queries import current_scope, locations_of, named_units, units_of
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Source, Value, declare_blank
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.queries import contacts_of, delivered_to, names_of_customers, services_of
from plimsoll.portfolio.services.scoping import Covered, compose


def in_scope(asked: Asked) -> Value:
    """Every service in scope, by name: those that are delivered or in design. Proposals only while there is nothing else."""
    return _services(asked, covered_services(services_of(asked.tenant)))


def covered_services(services: list[Service]) -> list[Service]:
    """Of some services those that the scope speaks of: what is only proposed is none yet, except where an organisation just begins."""
    marked = [s for s in services if s.in_scope]
    return [s for s in marked if s.state != "proposed"] or marked


def _services(asked: Asked, rows: list[Service]) -> Value:
    customers = names_of_customers(rows, asked.at)
    flow = workflow_of(asked.tenant, "service")
    told = tuple(
        Row(
            (
                s.title,
                s.description,
                str(s.owner or ""),
                ", ".join(customers.get(s.pk, ())),
                str(s.get_criticality_display()),
                flow.state(s.state).label,
            ),
            source_of(s),
        )
        for s in rows
    )
    return Value(columns=(_("Service"), _("Description"), _("Owner"), _("Customers"), _("Criticality"), _("Status")), rows=told)


def excluded(asked: Asked) -> Value:
    """Services that are not in scope, by their own mark, and why."""
    told = tuple(Row((s.title, s.scope_reason), source_of(s)) for s in services_of(asked.tenant) if not s.in_scope)
    return Value(columns=(_("Service"), _("Why not in scope")), rows=told)


def customers(asked: Asked) -> Value:
    """Whoever gets a service in scope: inside or outside the organisation, whom to speak to, what they use."""
    services = covered_services(services_of(asked.tenant))
    by_title = {s.title: source_of(s) for s in services}
    used = delivered_to(services, asked.at)
    contacts = contacts_of(list(used), asked.at)
    told = tuple(
        Row(
            (
                customer.name,
                _("Internal") if customer.kind in ("unit", "provider") else _("External"),
                ", ".join(contacts.get(customer.pk, ())),
                ", ".join(titles),
            ),
            organization_source(customer),
            tuple(by_title[title] for title in dict.fromkeys(titles)),
        )
        for customer, titles in sorted(used.items(), key=lambda pair: pair[0].name.casefold())
    )
    return Value(columns=(_("Customer"), _("Internal or external"), _("Contacts"), _("Services used")), rows=told)


def organization_source(organization: Organization) -> Source:
    return Source("organization", organization.pk, organization.name, f"/organizations/{organization.pk}/")


def sentence(asked: Asked) -> Value:
    """The scope as the records make it: see `scoping.compose`."""
    scope, provider = current_scope(asked.tenant), provider_of(asked.tenant)
    services = services_of(asked.tenant)
    covered = covered_services(services)
    units, locations = units_of(asked.tenant), locations_of(asked.tenant)
    told_units = [u for u in units if u.in_scope]
    told_places = [p for p in locations if p.in_scope and p.customer_id is None]
    used = sorted(delivered_to(covered, asked.at), key=lambda o: o.name.casefold())
    marked: list[Service | Unit | Location] = [*services, *units, *locations]
    left = [thing for thing in marked if not thing.in_scope]
    stated = [] if scope is None else list(Exclusion.objects.filter(scope=scope).select_related("record"))
    names = [thing.title for thing in left]
    names += [str(e) for e in stated if str(e) and str(e) not in names]
    text = compose(
        Covered(
            provider=provider.name if provider is not None else asked.tenant.name,
            service_kind=scope.service_kind if scope is not None else "",
            services=[s.title for s in covered],
            units=[u.title for u in named_units(units)],
            locations=[p.title for p in told_places],
            customers=[o.name for o in used],
            technology=scope.technology_text if scope is not None and scope.technology_answer == "considered" else "",
            excluded=names,
        )
    )
    came_from: list[Service | Unit | Location] = [*covered, *told_units, *told_places, *left]
    sources = [source_of(thing) for thing in came_from] + [organization_source(o) for o in used]
    if scope is not None:
        sources.insert(0, source_of(scope))
    if provider is not None:
        sources.append(organization_source(provider))
    return Value(text, sources=tuple(sources))


_ON_SERVICES = gettext_lazy("In the list of services.")
_ON_CUSTOMERS = gettext_lazy("On the page of each service, under “Delivered to”.")
_ON_THE_SCOPE = gettext_lazy("On the services, units, locations and the scope statement.")

for _blank in (
    Blank(
        "scope.sentence",
        gettext_lazy("Scope"),
        "text",
        ("scope", "service", "unit", "location", "organization"),
        _ON_THE_SCOPE,
        sentence,
        "/scope/",
        ("F-03", "S-018"),
    ),
    Blank(
        "services.in_scope",
        gettext_lazy("Services in scope"),
        "table",
        ("service", "person", "organization"),
        _ON_SERVICES,
        in_scope,
        "/services/?in_scope=true",
        ("S-018", "S-021", "L-07"),
    ),
    Blank(
        "services.excluded",
        gettext_lazy("Services not in scope"),
        "table",
        ("service",),
        _ON_SERVICES,
        excluded,
        "/services/?in_scope=false",
        ("S-021",),
    ),
    Blank(
        "customers.in_scope",
        gettext_lazy("Customers"),
        "table",
        ("service", "organization", "person", "assignment"),
        _ON_CUSTOMERS,
        customers,
        "/organizations/",
        ("F-06", "S-023", "S-024"),
    ),
):
    declare_blank(_blank)
