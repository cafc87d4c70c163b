"""The endpoints about the house itself: who I am, who there is, and what kinds of records are declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import grants_of, in_force, reach
from plimsoll.kernel.api.problems import BASE, bad_parameter
from plimsoll.kernel.api.reading import answer, check_parameters, listed, person_of, tenant_of
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.schemas import type_word
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import live_customs
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.records.filters import filterset_for, orders_of
from plimsoll.kernel.records.workflows import workflow_of

_PARAMETERS = ("q", "limit", "cursor")


def _search(request: HttpRequest, rows: QuerySet[Any], *columns: str) -> QuerySet[Any]:
    text = request.GET.get("q", "").strip()
    if "\x00" in text or len(text) > 200:
        raise bad_parameter({"q": [_("At most 200 characters are taken.")]})
    wanted = Q()
    for column in columns:
        wanted |= Q(**{f"{column}__icontains": text})
    return rows.filter(wanted) if text else rows


def _own_organizations(person: Person) -> set[int]:
    """The organizations that a person belongs to: the main one, and memberships in force."""
    found = set(person.memberships.filter(in_force(now())).values_list("organization_id", flat=True))
    return found | ({person.organization_id} if person.organization_id else set())


def list_people(request: HttpRequest) -> HttpResponse:
    """People by name. Without the word `person:read` only those of one's own organizations, and only their names."""
    person = person_of(request)
    check_parameters(request, _PARAMETERS)
    everything = reach(person, "person:read").everything
    rows = Person.objects.filter(tenant_id=tenant_of(person), is_active=True, erased_at=None).exclude(kind="system").select_related("organization")
    if not everything:
        rows = rows.filter(organization_id__in=_own_organizations(person))
    rows = _search(request, rows, *(("name", "email") if everything else ("name",)))

    def forms(found: list[Person]) -> list[dict[str, Any]]:
        return [
            {"id": p.pk, "name": p.name, "organization": {"id": p.organization_id, "name": p.organization.name} if p.organization else None}
            | ({"email": p.email} if everything else {})
            for p in found
        ]

    return listed(request, [rows], "name", forms)


def list_teams(request: HttpRequest) -> HttpResponse:
    """Teams by name; without the word `person:read` only those of one's own organizations."""
    person = person_of(request)
    check_parameters(request, _PARAMETERS)
    rows = Team.objects.filter(tenant_id=tenant_of(person), is_active=True).select_related("organization")
    if not reach(person, "person:read").everything:
        rows = rows.filter(organization_id__in=_own_organizations(person))
    return listed(
        request,
        [_search(request, rows, "name")],
        "name",
        lambda found: [{"id": t.pk, "name": t.name, "organization": {"id": t.organization_id, "name": t.organization.name}} for t in found],
    )


def list_organizations(request: HttpRequest) -> HttpResponse:
    """Organisations by name; without the word `person:read` only one's own."""
    person = person_of(request)
    check_parameters(request, _PARAMETERS)
    rows = Organization.objects.filter(tenant_id=tenant_of(person), is_active=True)
    if not reach(person, "person:read").everything:
        rows = rows.filter(pk__in=_own_organizations(person))
    return listed(request, [_search(request, rows, "name")], "name", lambda found: [{"id": o.pk, "name": o.name, "kind": o.kind} for o in found])


def read_me(request: HttpRequest) -> HttpResponse:
    """Whom the token stands for, and what it may do."""
    person = person_of(request)
    check_parameters(request)
    scopes = person.__dict__.get("token_scopes")
    assert person.tenant is not None
    return answer(
        {
            "id": person.pk,
            "name": person.name,
            "email": person.email,
            "timezone": person.timezone or person.tenant.timezone,
            "organization": {"id": person.organization_id, "name": person.organization.name} if person.organization else None,
            "tenant": {"id": person.tenant_id, "name": person.tenant.name},
            "scopes": None if scopes is None else sorted(scopes),
            "words": sorted({word for grant in grants_of(person) for word in grant.words}),
        }
    )


def list_kinds(request: HttpRequest) -> HttpResponse:
    """The declared kinds, as this tenant runs them: fields, columns, filters, workflow."""
    person = person_of(request)
    check_parameters(request)
    return answer({"items": [_kind_form(t, person) for t in declared() if not reach(person, f"{t.kind}:read").is_empty]})


def _kind_form(record_type: RecordType, person: Person) -> dict[str, Any]:
    assert person.tenant is not None
    flow = workflow_of(person.tenant, record_type.kind)
    inside = not reach(person, f"{record_type.kind}:internal").is_empty
    hidden: Sequence[str] = () if inside else record_type.internal
    fields = []
    for name in record_type.fields:
        if name not in hidden:
            field = record_type.model_field(name)
            fields.append(
                {
                    "name": name,
                    "label": str(field.verbose_name),
                    "type": type_word(field),
                    "is_required": name in record_type.required,
                    "is_internal": name in record_type.internal,
                    "choices": [{"value": value, "label": str(label)} for value, label in field.flatchoices],
                }
            )
    customs = [
        {"name": c.name, "label": c.label, "type": c.type, "choices": list(c.choices), "required_in": sorted(c.required_in), "is_public": c.is_public}
        for c in live_customs(person.tenant, record_type.kind)
        if inside or c.is_public
    ]
    filters = [name for name, found in filterset_for(record_type, person.tenant).base_filters.items() if inside or not found.is_internal]
    return {
        "kind": record_type.kind,
        "plural": record_type.plural_kind,
        "prefix": record_type.prefix,
        "label": record_type.label,
        "plural_label": record_type.plural_label,
        "clause": record_type.clause,
        "url": f"{BASE}/{record_type.plural_kind}",
        "fields": fields,
        "custom_fields": customs,
        "columns": [c for c in record_type.columns if c not in hidden],
        "filters": filters,
        "orders": orders_of(record_type),
        "workflow": {
            "initial": flow.initial,
            "states": [{"name": s.name, "label": str(s.label), "category": s.category, "is_open": s.is_open} for s in flow.states],
            "moves": [
                {
                    "name": m.name,
                    "title": str(m.title),
                    "sources": list(m.sources),
                    "target": m.target,
                    "asks": list(m.asks),
                    "needs": list(m.needs),
                    "asks_note": m.asks_note,
                }
                for m in flow.moves
            ],
        },
    }


VIEWS: dict[str, View] = {view.__name__: view for view in (list_people, list_teams, list_organizations, read_me, list_kinds)}
