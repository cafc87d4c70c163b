"""Ordering, for programs: what one may order, ordering it for oneself or another, what was ordered, and an incident that is a request.

POST /requests with the model and the answers opens one too, as every record is opened; ordering also takes the customer from whom it is for.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.idempotency import once
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import person_in
from plimsoll.kernel.api.problems import BASE, Problem, faulty
from plimsoll.kernel.api.reading import answer as answered, body_of, check_parameters, number_of, person_of, typed
from plimsoll.kernel.api.schemas import ID, TEXT, WHOLE, list_of, maybe, names_of, ref, thing
from plimsoll.kernel.api.shapes import record_by, shown
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.permissions import check as check_record, is_inside
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.record import INCIDENT
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.operations import order, request_instead
from plimsoll.resolution.requests.pages.model_api import MODEL_OPERATIONS, MODEL_PARAMETERS, MODEL_SCHEMAS, MODEL_VIEWS
from plimsoll.resolution.requests.plan import COMPARISONS, KINDS, Plan, write_condition
from plimsoll.resolution.requests.queries import Offer, answers_of, offer_of, orderable, plan_known, version_words
from plimsoll.resolution.requests.record import REQUEST

WORD = "request:open"


def _shape(offer: Offer) -> dict[str, Any]:
    plan = offer.plan
    return {
        "id": offer.model.pk,
        "number": offer.model.number,
        "reference": offer.model.reference,
        "title": offer.model.title,
        "description": offer.model.description,
        "heading": offer.model.heading,
        "type": offer.model.type,
        "version": offer.version.number,
        "cost": None if plan.cost is None else str(plan.cost),
        "currency": plan.currency,
        "per": plan.per,
        "promised_seconds": None if plan.within is None else int(plan.within.total_seconds()),
        "steps": [step.name for step in plan.steps],
        "fields": [
            {
                "name": f.key,
                "label": f.label,
                "kind": f.kind,
                "is_required": f.is_required,
                "help": f.help,
                "choices": list(f.choices),
                "shown": write_condition(f.shown),
            }
            for f in plan.fields
        ],
    }


def list_orderable(request: HttpRequest) -> HttpResponse:
    """What the person of this key may order."""
    person = person_of(request)
    check(person, WORD)
    check_parameters(request, ())
    return answered({"items": [_shape(offer) for offer in orderable(person)]})


def read_orderable(request: HttpRequest, number: str) -> HttpResponse:
    """One thing that may be ordered, with its form."""
    person = person_of(request)
    check(person, WORD)
    check_parameters(request, ())
    key = whole(number)
    found = offer_of(person, number=key) if key is not None else None
    if found is None:
        raise Problem("not-found", _("There is no such thing to order."))
    return answered(_shape(found))


def order_one(request: HttpRequest, number: str) -> HttpResponse:
    """Order something, for oneself or, as one of the provider's own people, for somebody; it goes as far as it goes by itself."""
    person = person_of(request)
    check(person, WORD)
    check_parameters(request, ())
    body = body_of(request, ("answers", "requester", "description"))
    asker = _asker(body, person)
    key = whole(number)
    offer = (offer_of(asker, number=key) or offer_of(person, number=key)) if key is not None else None
    if offer is None:
        raise Problem("not-found", _("There is no such thing to order."))
    found = offer.model

    def place() -> HttpResponse:
        made = order(
            found,
            typed(body, "answers", dict, {}),
            by=person,
            channel="api",
            requester=asker,
            description=typed(body, "description", str, ""),
        )
        return answered(shown(made, REQUEST, person), status=201, location=f"{BASE}/requests/{made.number}")

    return once(request, person, place)


def _asker(body: dict[str, Any], person: Person) -> Person:
    """For whom: only the provider's own people order for others."""
    named = person_in(body, "requester", person)
    if named is None or named.pk == person.pk:
        return person
    if not is_inside(person, kind="request"):
        raise faulty("requester", _("You order for yourself."))
    return Person.objects.select_related("tenant", "organization").get(pk=named.pk)


def read_order(request: HttpRequest, number: str) -> HttpResponse:
    """By which version a request was ordered, and with which answers, in the order of its form."""
    person = person_of(request)
    check_parameters(request, ())
    found = record_by(REQUEST, person, number_of(REQUEST, number))
    assert isinstance(found, Request)
    reference, version = version_words(found.tenant, found.model_version_id) if found.model_version_id else ("", 0)
    plan, answers = plan_known(found.tenant, found.model_version_id) or Plan(), answers_of(found)
    return answered(
        {
            "request_model": reference.partition(" ")[0] or found.request_model.reference,
            "version": version or None,
            "cost": None if plan.cost is None else str(plan.cost),
            "currency": plan.currency,
            "answers": [{"name": f.key, "label": f.label, "kind": f.kind, "value": answers[f.key]} for f in plan.fields if f.key in answers],
        }
    )


def turn_into_request(request: HttpRequest, number: str) -> HttpResponse:
    """What was reported is no incident but a wish: order it for whoever reported it, and close the incident as such."""
    person = person_of(request)
    check_parameters(request, ())
    incident = record_by(INCIDENT, person, number_of(INCIDENT, number))
    assert isinstance(incident, Incident)
    check_record(person, "incident:close_as_request", incident)
    body = body_of(request, ("request_model", "answers"), ("request_model",))
    key = typed(body, "request_model", int, 0)
    asker = Person.objects.select_related("tenant", "organization").filter(pk=incident.requester_id or 0).first() or person
    offer = offer_of(asker, pk=key or 0)
    if offer is None:
        raise faulty("request_model", _("There is no such thing to order."))
    made = request_instead(incident, offer.model, typed(body, "answers", dict, {}), by=person, channel="api", requester=asker)
    return answered(shown(made, REQUEST, person), status=201, location=f"{BASE}/requests/{made.number}")


_TEST = thing({"field": TEXT, "how": {"enum": list(COMPARISONS)}, "value": TEXT})
SCHEMAS = {
    **MODEL_SCHEMAS,
    "NewOrder": thing(
        {
            "answers": {"type": "object", "description": "By the names of the form's fields."},
            "requester": {**maybe(ID), "description": "For whom; left out, for oneself."},
            "description": {"type": "string", "maxLength": 100_000},
        },
        (),
    ),
    "Ordered": thing(
        {
            "request_model": TEXT,
            "version": {**maybe(WHOLE), "description": "Null for a request that was brought in from elsewhere."},
            "cost": maybe(TEXT),
            "currency": TEXT,
            "answers": list_of(thing({"name": TEXT, "label": TEXT, "kind": {"enum": list(KINDS)}, "value": {}})),
        }
    ),
    "Turned": thing(
        {"request_model": {**ID, "description": "The id of what is ordered instead."}, "answers": {"type": "object"}}, ("request_model",)
    ),
    "Orderable": thing(
        {
            "id": {**WHOLE, "description": "What POST /requests takes as request_model."},
            "number": WHOLE,
            "reference": TEXT,
            "title": TEXT,
            "description": TEXT,
            "heading": TEXT,
            "type": {"enum": ["service", "access"]},
            "version": WHOLE,
            "cost": maybe(TEXT),
            "currency": TEXT,
            "per": {"enum": ["each", "month", "year"]},
            "promised_seconds": maybe(WHOLE),
            "steps": list_of(TEXT),
            "fields": list_of(ref("OrderField")),
        }
    ),
    "OrderField": thing(
        {
            "name": {**TEXT, "description": "Its name among the answers of POST /requests."},
            "label": TEXT,
            "kind": {"enum": list(KINDS)},
            "is_required": {"type": "boolean"},
            "help": TEXT,
            "choices": list_of(TEXT),
            "shown": thing({"tests": list_of(_TEST), "any": {"type": "boolean"}}),
        }
    ),
}
_WHOLE = names_of(REQUEST)[0]
_MADE = (Answer(201, _WHOLE, ("Location",)),)
_BODY = (403, 404, 413, 415, 422)
ROOM = Room(
    tag="ordering",
    operations=(
        Operation("GET", "/orderable", "list_orderable", "What one may order", (Answer(200, "Orderable[]"),), (403,)),
        Operation("GET", "/orderable/{number}", "read_orderable", "One thing that one may order, with its form", (Answer(200, "Orderable"),)),
        Operation("POST", "/orderable/{number}/order", "order_one", "Order it", _MADE, (*_BODY, 409), "NewOrder", headers=("Idempotency-Key",)),
        Operation("GET", "/requests/{number}/order", "read_order", "By which version it was ordered, and the answers", (Answer(200, "Ordered"),)),
        Operation("POST", "/incidents/{number}/as-request", "turn_into_request", "Go on with it as a request", _MADE, (*_BODY, 409), "Turned"),
        *MODEL_OPERATIONS,
    ),
    views={
        **MODEL_VIEWS,
        **{view.__name__: view for view in (list_orderable, read_orderable, order_one, read_order, turn_into_request)},
    },
    schemas=SCHEMAS,
    parameters=MODEL_PARAMETERS,
)
