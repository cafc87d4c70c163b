"""What one may order, for programs. Ordering itself is POST /requests with the model and the answers, as every record is opened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.problems import Problem
from plimsoll.kernel.api.reading import answer as answered, check_parameters, person_of
from plimsoll.kernel.api.schemas import TEXT, WHOLE, list_of, maybe, ref, thing
from plimsoll.resolution.requests.plan import COMPARISONS, KINDS, write_condition
from plimsoll.resolution.requests.queries import Offer, orderable

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
    found = next((offer for offer in orderable(person) if str(offer.model.number) == number), None)
    if found is None:
        raise Problem("not-found", _("There is no such thing to order."))
    return answered(_shape(found))


_TEST = thing({"field": TEXT, "how": {"enum": list(COMPARISONS)}, "value": TEXT})
SCHEMAS = {
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
ROOM = Room(
    tag="ordering",
    operations=(
        Operation("GET", "/orderable", "list_orderable", "What one may order", (Answer(200, "Orderable[]"),), (403,)),
        Operation("GET", "/orderable/{number}", "read_orderable", "One thing that one may order, with its form", (Answer(200, "Orderable"),)),
    ),
    views={"list_orderable": list_orderable, "read_orderable": read_orderable},
    schemas=SCHEMAS,
)
