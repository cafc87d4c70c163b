"""Saved views over the API: list, read, save, change, take away. What a view shows is asked from its kind's list with the same parameters."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, reach, teams_of, within_token
from plimsoll.kernel.api.problems import BASE, faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, id_of, listed, nothing, person_of, tenant_of, typed
from plimsoll.kernel.api.records import View
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.records.declaration import RecordType, declared, type_named
from plimsoll.kernel.views.models import DENSITIES, SavedView
from plimsoll.kernel.views.operations import keep_view, remove_view
from plimsoll.kernel.views.queries import visible_views
from plimsoll.kernel.views.sharing import AUDIENCES, may_change

_SETTABLE = ("name", "query", "audience", "team", "columns", "density", "position")
TEXT: dict[str, Any] = {"type": "string"}
_ID: dict[str, Any] = {"type": "integer", "minimum": 1}
_WRITTEN: dict[str, dict[str, Any]] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "query": {
        "type": "string",
        "maxLength": 2000,
        "description": "The parameters of the list, as in an address.",
        "examples": ["open=true&owner=me"],
    },
    "audience": {"enum": [value for value, _label in AUDIENCES]},
    "team": {"anyOf": [_ID, {"type": "null"}], "description": "One of your own teams, where the audience is a team."},
    "columns": {"type": "array", "items": TEXT, "description": "Empty: those of the kind."},
    "density": {"enum": [value for value, _label in DENSITIES]},
    "position": {"type": "integer", "minimum": 1, "maximum": 999},
}
_NAMED = {"$ref": "#/components/schemas/Named"}
_READ = {
    "id": _ID,
    "kind": TEXT,
    **_WRITTEN,
    "team": {"anyOf": [_NAMED, {"type": "null"}]},
    "owner": _NAMED,
    "may_change": {"type": "boolean"},
    "url": TEXT,
    "list_url": TEXT,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "SavedView": {"type": "object", "properties": _READ, "required": list(_READ), "additionalProperties": False},
    "NewSavedView": {
        "type": "object",
        "properties": {"kind": TEXT, **_WRITTEN},
        "required": ["kind", "name"],
        "additionalProperties": False,
    },
    "SavedViewChange": {"type": "object", "properties": _WRITTEN, "additionalProperties": False},
}


def _form(view: SavedView, person: Person) -> dict[str, Any]:
    rt = type_named(view.kind)
    return {
        "id": view.pk,
        "kind": view.kind,
        "name": view.name,
        "query": view.query,
        "audience": view.audience,
        "team": {"id": view.team_id, "name": view.team.name} if view.team else None,
        "columns": view.columns,
        "density": view.density,
        "position": view.position,
        "owner": {"id": view.owner_id, "name": view.owner.name},
        "may_change": may_change(person, view),
        "url": f"{BASE}/views/{view.pk}",
        "list_url": f"{BASE}/{rt.plural_kind}?{view.query}",
    }


def _kinds(person: Person) -> list[RecordType]:
    return [rt for rt in declared() if not reach(person, f"{rt.kind}:read").is_empty]


def _found(person: Person, text: str) -> SavedView:
    number = id_of(text)
    for rt in _kinds(person):
        view = visible_views(person, rt).filter(pk=number).select_related("team", "owner").first()
        if view is not None:
            return view
    raise Http404


def _writes(person: Person) -> None:
    if not within_token(person, "view:share") and not within_token(person, "view:keep"):
        raise Refused(_("This token may not keep views."))


def _given(body: dict[str, Any], person: Person) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": typed(body, "name", str),
        "query": typed(body, "query", str),
        "audience": typed(body, "audience", str),
        "columns": typed(body, "columns", list),
        "density": typed(body, "density", str),
        "position": typed(body, "position", int),
    }
    if (key := typed(body, "team", int)) is not None:
        team = Team.objects.filter(pk=key, pk__in=teams_of(person), tenant_id=tenant_of(person)).first()
        if team is None:
            raise faulty("team", _("Choose one of your own teams."))
        values["team"] = team
    return values


def list_views(request: HttpRequest) -> HttpResponse:
    """The views that one has, of all kinds, by name."""
    person = person_of(request)
    check_parameters(request, ("limit", "cursor"))
    parts = [visible_views(person, rt).select_related("team", "owner") for rt in _kinds(person)]
    return listed(request, parts, "name", lambda found: [_form(view, person) for view in found])


def read_view(request: HttpRequest, view: str) -> HttpResponse:
    """One view."""
    check_parameters(request)
    return answer(_form(_found(person_of(request), view), person_of(request)))


def add_view(request: HttpRequest) -> HttpResponse:
    """Save a view."""
    person = person_of(request)
    _writes(person)
    check_parameters(request)
    body = body_of(request, ("kind", *_SETTABLE), ("kind", "name"))
    kind = typed(body, "kind", str, "")
    record_type = next((rt for rt in _kinds(person) if rt.kind == kind), None)
    if record_type is None:
        raise faulty("kind", _("There is no such kind of record for you; GET /kinds names them."))
    made = keep_view(by=person, channel="api", record_type=record_type, **_given(body, person))
    return answer(_form(made, person), status=201, location=f"{BASE}/views/{made.pk}")


def change_view(request: HttpRequest, view: str) -> HttpResponse:
    """Change what is given of a view."""
    person = person_of(request)
    found = _found(person, view)
    _writes(person)
    check_parameters(request)
    body = body_of(request, _SETTABLE, types=("application/json", "application/merge-patch+json"))
    return answer(_form(keep_view(by=person, channel="api", view=found, **_given(body, person)), person))


def remove_saved_view(request: HttpRequest, view: str) -> HttpResponse:
    """Take a view away for everybody who used it."""
    person = person_of(request)
    found = _found(person, view)
    _writes(person)
    remove_view(found, by=person, channel="api")
    return nothing()


VIEWS: dict[str, View] = {made.__name__: made for made in (list_views, read_view, add_view, change_view, remove_saved_view)}
