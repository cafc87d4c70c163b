"""What can be ordered, for programs: its versions and their draft, who may order it, what recurs, and who decides for a customer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.pages.terms_json import HOURS_MEMBERS
from plimsoll.kernel.access.queries import check as check_word
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation
from plimsoll.kernel.api.parts import named, person_in
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, day_in, id_of, listed, nothing, number_of, person_of, tenant_of, typed
from plimsoll.kernel.api.schemas import ID, MOMENT, TEXT, TRUTH, WHOLE, list_of, maybe, ref, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.records.permissions import check, is_inside, may
from plimsoll.kernel.roles.models import Role
from plimsoll.resolution.requests.models import Decider, Entitlement, ModelVersion, Recurrence, RequestModel
from plimsoll.resolution.requests.operations import discard_draft, draft_plan, entitle, keep_deciders, put_in_force, take_entitlement
from plimsoll.resolution.requests.pages.plan_json import PLAN_MEMBERS, PLAN_SCHEMAS, plan_taken, plan_written
from plimsoll.resolution.requests.plan import read_plan
from plimsoll.resolution.requests.record import REQUEST_MODEL
from plimsoll.resolution.requests.recurring import end_recurrence, keep_recurrence, pause_recurrence

CHANNEL = "api"
PAGED = ("limit", "cursor")
NAMED: dict[str, Any] = {"organization": Organization, "team": Team, "role": Role, "person": Person}
DAY = {"type": "string", "format": "date"}


def _model(request: HttpRequest, number: str, word: str, *, known: tuple[str, ...] = ()) -> tuple[Person, RequestModel]:
    person = person_of(request)
    check_parameters(request, known)
    found = record_by(REQUEST_MODEL, person, number_of(REQUEST_MODEL, number))
    assert isinstance(found, RequestModel)
    check(person, f"requestmodel:{word}", found)
    return person, found


# Versions: how it is approved and fulfilled is for the provider's own people, as on its page.


def _versions(model: RequestModel, person: Person) -> Any:
    rows = ModelVersion.objects.filter(request_model=model.pk).select_related("published_by").order_by("number")
    return rows if may(person, "requestmodel:amend", model) else rows.filter(published_at__isnull=False)


def _version(row: ModelVersion, *, inside: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "is_draft": row.published_at is None,
        "published_at": row.published_at,
        "published_by": named(row.published_by) if inside else None,
        "digest": row.digest,
        "plan": plan_written(read_plan(row.plan)) if inside else None,
    }


def list_model_versions(request: HttpRequest, number: str) -> HttpResponse:
    """Every version that was in force, and the draft for who may change it."""
    person, model = _model(request, number, "read", known=PAGED)
    inside = is_inside(person, model)
    return listed(request, [_versions(model, person)], "number", lambda found: [_version(row, inside=inside) for row in found])


def read_model_version(request: HttpRequest, number: str, version: str) -> HttpResponse:
    """One version."""
    person, model = _model(request, number, "read")
    found = _versions(model, person).filter(number=min(id_of(version), 2**31 - 1)).first()
    if found is None:
        raise Http404
    return answer(_version(found, inside=is_inside(person, model)))


def draft_model_version(request: HttpRequest, number: str) -> HttpResponse:
    """Write down the next version, whole. It may be half done: what contradicts itself is said when it is put in force."""
    person, model = _model(request, number, "amend")
    body = body_of(request, PLAN_MEMBERS)
    return answer(_version(draft_plan(model, plan_taken(body, person), by=person, channel=CHANNEL), inside=True))


def discard_model_draft(request: HttpRequest, number: str) -> HttpResponse:
    """Throw the draft away; what is in force stays."""
    person, model = _model(request, number, "amend")
    discard_draft(model, by=person, channel=CHANNEL)
    return nothing()


def publish_model_version(request: HttpRequest, number: str) -> HttpResponse:
    """Put the draft in force: from now on it is ordered by it, and it never changes."""
    person, model = _model(request, number, "publish")
    body_of(request, ())
    draft = ModelVersion.objects.select_related("request_model").filter(request_model=model.pk, published_at=None).first()
    if draft is None:
        raise faulty("", _("There is no draft."))
    return answer(_version(put_in_force(draft, by=person, channel=CHANNEL), inside=True))


# Who may order it


def _entitlement(row: Entitlement) -> dict[str, Any]:
    found: dict[str, Any] = {"id": row.pk}
    for name in NAMED:
        thing_named = getattr(row, name)
        found[name] = None if thing_named is None else {"id": thing_named.pk, "name": getattr(thing_named, "name", "") or str(thing_named)}
    return found


def list_entitlements(request: HttpRequest, number: str) -> HttpResponse:
    """Who may order it: whoever meets all that one row names."""
    _person, model = _model(request, number, "internal", known=PAGED)
    rows = Entitlement.objects.filter(request_model=model.pk).select_related(*NAMED)
    return listed(request, [rows], "id", lambda found: [_entitlement(row) for row in found])


def add_entitlement(request: HttpRequest, number: str) -> HttpResponse:
    """Say who else may order it, by ids; whoever meets all that is named."""
    person, model = _model(request, number, "amend")
    body = body_of(request, tuple(NAMED))
    wanted = {}
    for name, kind in NAMED.items():
        if (key := typed(body, name, int)) is not None:
            wanted[name] = kind._default_manager.filter(pk=key, tenant_id=tenant_of(person)).first() if 0 < key <= BIGGEST else None
            if wanted[name] is None:
                raise faulty(name, _("There is no such thing here."))
    return answer(_entitlement(entitle(model, by=person, channel=CHANNEL, **wanted)), status=201)


def remove_entitlement(request: HttpRequest, number: str, entitlement: str) -> HttpResponse:
    """They may order it no more; what they ordered goes on."""
    person, model = _model(request, number, "amend")
    found = Entitlement.objects.select_related("request_model").filter(pk=id_of(entitlement), request_model=model.pk).first()
    if found is None:
        raise Http404
    take_entitlement(found, by=person, channel=CHANNEL)
    return nothing()


# What recurs


def _recurrence(row: Recurrence) -> dict[str, Any]:
    return {
        "id": row.pk,
        "requester": named(row.requester),
        "answers": row.answers,
        "every": row.every,
        "next_on": row.next_on,
        "is_paused": row.is_paused,
        "ended_at": row.ended_at,
        "trouble": row.trouble,
    }


def list_recurrences(request: HttpRequest, number: str) -> HttpResponse:
    """The orders of it that recur."""
    _person, model = _model(request, number, "amend", known=PAGED)
    rows = Recurrence.objects.filter(request_model=model.pk).select_related("requester")
    return listed(request, [rows], "id", lambda found: [_recurrence(row) for row in found])


def add_recurrence(request: HttpRequest, number: str) -> HttpResponse:
    """Have it ordered again and again."""
    person, model = _model(request, number, "amend")
    body = body_of(request, ("requester", "answers", "every", "starts_on"), ("every",))
    starts_on = day_in(body, "starts_on") or localdate()
    if starts_on < localdate():
        raise faulty("starts_on", _("It starts today or later."))
    requester = person_in(body, "requester", person) or person
    made = keep_recurrence(
        model,
        typed(body, "answers", dict, {}),
        requester=Person.objects.select_related("tenant", "organization").get(pk=requester.pk),
        every=typed(body, "every", str, ""),
        starts_on=starts_on,
        by=person,
        channel=CHANNEL,
    )
    return answer(_recurrence(made), status=201)


def _one_recurrence(model: RequestModel, text: str) -> Recurrence:
    found = Recurrence.objects.select_related("request_model", "requester").filter(pk=id_of(text), request_model=model.pk).first()
    if found is None:
        raise Http404
    return found


def rest_recurrence(request: HttpRequest, number: str, recurrence: str) -> HttpResponse:
    """Let it rest, or go on. What fell into the rest is not ordered afterwards."""
    person, model = _model(request, number, "amend")
    body = body_of(request, ("is_paused",), ("is_paused",))
    kept = pause_recurrence(_one_recurrence(model, recurrence), is_paused=typed(body, "is_paused", bool, False), by=person, channel=CHANNEL)
    return answer(_recurrence(kept))


def remove_recurrence(request: HttpRequest, number: str, recurrence: str) -> HttpResponse:
    """Order it no more. What was ordered goes on."""
    person, model = _model(request, number, "amend")
    end_recurrence(_one_recurrence(model, recurrence), by=person, channel=CHANNEL)
    return nothing()


# Who decides


def _organization(request: HttpRequest, text: str) -> tuple[Person, Organization]:
    person = person_of(request)
    check_parameters(request)
    check_word(person, "organization:keep")
    found = Organization.objects.filter(pk=id_of(text), tenant=tenant_of(person)).first()
    if found is None:
        raise Http404
    check_word(person, "organization:keep", organization=found.pk)
    return person, found


def list_deciders(request: HttpRequest, organization: str) -> HttpResponse:
    """Who decides for an organisation what its people order."""
    _person, home = _organization(request, organization)
    rows = Decider.objects.filter(organization=home).select_related("person").order_by("person__name", "pk")
    return answer({"items": [named(row.person) for row in rows]})


def set_deciders(request: HttpRequest, organization: str) -> HttpResponse:
    """Say who decides; exactly these."""
    person, home = _organization(request, organization)
    body = body_of(request, ("people",), ("people",))
    keys = typed(body, "people", list, [])
    if len(keys) > 50 or not all(type(k) is int and 0 < k <= BIGGEST for k in keys):
        raise faulty("people", _("A list of at most 50 ids of people is needed."))
    people = list(Person.objects.filter(pk__in=keys, tenant=tenant_of(person), is_active=True))
    if len(people) != len(set(keys)):
        raise faulty("people", _("There is no such person."))
    return answer({"items": [named(p) for p in keep_deciders(home, people, by=person, channel=CHANNEL)]})


# What the document says

_PLAN = {
    **PLAN_SCHEMAS["RequestPlan"],
    "properties": {**PLAN_SCHEMAS["RequestPlan"]["properties"], "hours": maybe(thing(HOURS_MEMBERS, (), is_closed=False))},
}
MODEL_SCHEMAS: dict[str, dict[str, Any]] = {
    **PLAN_SCHEMAS,
    "RequestPlan": _PLAN,
    "ModelVersion": thing(
        {
            "number": WHOLE,
            "is_draft": TRUTH,
            "published_at": maybe(MOMENT),
            "published_by": maybe(ref("Named")),
            "digest": TEXT,
            "plan": {**maybe(ref("RequestPlan")), "description": "Null for outsiders; what they may order, and its form, is at /orderable."},
        }
    ),
    "Entitlement": thing({"id": ID, **{name: maybe(ref("Named")) for name in NAMED}}),
    "NewEntitlement": thing({name: maybe(ID) for name in NAMED}, ()),
    "Recurrence": thing(
        {
            "id": ID,
            "requester": ref("Named"),
            "answers": {"type": "object"},
            "every": {"enum": [value for value, _label in Recurrence.RHYTHMS]},
            "next_on": DAY,
            "is_paused": TRUTH,
            "ended_at": maybe(MOMENT),
            "trouble": {**TEXT, "description": "Why the last order could not be placed."},
        }
    ),
    "NewRecurrence": thing(
        {
            "requester": maybe(ID),
            "answers": {"type": "object"},
            "every": {"enum": [value for value, _label in Recurrence.RHYTHMS]},
            "starts_on": maybe(DAY),
        },
        ("every",),
    ),
    "Rest": thing({"is_paused": TRUTH}),
    "Deciders": thing({"people": list_of(ID, maxItems=50)}),
    "Nothing": thing({}, ()),
}
MODEL_PARAMETERS = {
    name: {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": words}
    for name, words in (
        ("entitlement", "The id of the entitlement."),
        ("recurrence", "The id of the recurring order."),
        ("organization", "The id of the organisation."),
    )
}
_ONE, _HOME = "/requestmodels/{number}", "/organizations/{organization}/deciders"
_BODY = (403, 404, 413, 415, 422)
_VERSION = (Answer(200, "ModelVersion"),)
MODEL_OPERATIONS = (
    Operation("GET", f"{_ONE}/versions", "list_model_versions", "Its versions", (Answer(200, "ModelVersion[]", ("Link",)),), parameters=PAGED),
    Operation("GET", f"{_ONE}/versions/{{version}}", "read_model_version", "One version", _VERSION),
    Operation("PUT", f"{_ONE}/draft", "draft_model_version", "Draft the next version", _VERSION, _BODY, "RequestPlan"),
    Operation("DELETE", f"{_ONE}/draft", "discard_model_draft", "Throw the draft away", (Answer(204),), (403, 404, 422)),
    Operation("POST", f"{_ONE}/draft/publish", "publish_model_version", "Put the draft in force", _VERSION, _BODY, "Nothing"),
    Operation("GET", f"{_ONE}/entitlements", "list_entitlements", "Who may order it", (Answer(200, "Entitlement[]", ("Link",)),), parameters=PAGED),
    Operation("POST", f"{_ONE}/entitlements", "add_entitlement", "Let somebody order it", (Answer(201, "Entitlement"),), _BODY, "NewEntitlement"),
    Operation("DELETE", f"{_ONE}/entitlements/{{entitlement}}", "remove_entitlement", "Let them order it no more", (Answer(204),)),
    Operation("GET", f"{_ONE}/recurrences", "list_recurrences", "What recurs", (Answer(200, "Recurrence[]", ("Link",)),), parameters=PAGED),
    Operation("POST", f"{_ONE}/recurrences", "add_recurrence", "Have it ordered regularly", (Answer(201, "Recurrence"),), _BODY, "NewRecurrence"),
    Operation("PUT", f"{_ONE}/recurrences/{{recurrence}}", "rest_recurrence", "Let it rest, or go on", (Answer(200, "Recurrence"),), _BODY, "Rest"),
    Operation("DELETE", f"{_ONE}/recurrences/{{recurrence}}", "remove_recurrence", "Order it no more", (Answer(204),)),
    Operation("GET", _HOME, "list_deciders", "Who decides what its people order", (Answer(200, "Named[]"),)),
    Operation("PUT", _HOME, "set_deciders", "Say who decides", (Answer(200, "Named[]"),), _BODY, "Deciders"),
)
MODEL_VIEWS = {
    view.__name__: view
    for view in (
        list_model_versions,
        read_model_version,
        draft_model_version,
        discard_model_draft,
        publish_model_version,
        list_entitlements,
        add_entitlement,
        remove_entitlement,
        list_recurrences,
        add_recurrence,
        rest_recurrence,
        remove_recurrence,
        list_deciders,
        set_deciders,
    )
}
