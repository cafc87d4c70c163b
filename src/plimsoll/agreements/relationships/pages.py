"""Satisfaction for programs: what was said of things that one may see, and saying it. The pages of it stand in the portal."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.operations import rate
from plimsoll.agreements.relationships.queries import rated_kinds, seen_satisfaction
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.problems import bad_parameter
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, listed, person_of, typed
from plimsoll.kernel.api.schemas import MOMENT, TEXT, WHOLE, maybe, thing
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import find_by_reference


def _shape(row: Satisfaction) -> dict[str, Any]:
    return {
        "record": row.card.reference,
        "kind": row.card.kind,
        "person": {"id": row.person_id, "name": row.person.name},
        "asked_at": row.asked_at,
        "score": row.score,
        "comment": row.comment,
        "answered_at": row.answered_at,
    }


def list_satisfaction(request: HttpRequest) -> HttpResponse:
    """What was asked and said of things that one may see, the newest question first: all of it for our own people, one's own for others."""
    person = person_of(request)
    check_parameters(request, ("kind", "answered", "limit", "cursor"))
    kinds, wanted, answered = rated_kinds(), request.GET.get("kind", ""), request.GET.get("answered", "")
    if wanted and wanted not in kinds:
        raise bad_parameter({"kind": [_("There are: %(kinds)s.") % {"kinds": ", ".join(kinds)}]})
    if answered not in ("", "true", "false"):
        raise bad_parameter({"answered": [_("Give true or false.")]})
    parts = [seen_satisfaction(person, kind).select_related("card", "person") for kind in ([wanted] if wanted else kinds)]
    if answered:
        parts = [part.filter(answered_at__isnull=answered == "false") for part in parts]
    return listed(request, parts, "-asked_at", lambda rows: [_shape(row) for row in rows])


def read_satisfaction(request: HttpRequest, reference: str) -> HttpResponse:
    """What was asked and said of one thing."""
    person = person_of(request)
    check_parameters(request, ())
    return answer(_shape(_of(person, _record(person, reference))))


def say_satisfaction(request: HttpRequest, reference: str) -> HttpResponse:
    """Say how it went, or say it differently within 14 days."""
    person = person_of(request)
    check_parameters(request, ())
    record = _record(person, reference)
    body = body_of(request, ("score", "comment"), ("score",))
    rate(record, score=typed(body, "score", int, 0), comment=typed(body, "comment", str, ""), by=person, channel="api")
    return answer(_shape(_of(person, record)))


def _record(person: Person, reference: str) -> Record:
    card = find_by_reference(person, reference[:40])
    if card is None or card.kind not in rated_kinds():
        raise Http404
    found: Record | None = type_named(card.kind).model.objects.visible_to(person).select_related("tenant", "organization").filter(pk=card.pk).first()
    if found is None:
        raise Http404
    return found


def _of(person: Person, record: Record) -> Satisfaction:
    found = seen_satisfaction(person, record.kind).select_related("card", "person").filter(card_id=record.pk).first()
    if found is None:
        raise Http404
    return found


_SCORE = {"type": "integer", "minimum": 1, "maximum": 5}
_ONE = "/satisfaction/{reference}"
ROOM = Room(
    tag="satisfaction",
    operations=(
        Operation(
            "GET",
            "/satisfaction",
            "list_satisfaction",
            "How satisfied people were",
            (Answer(200, "Satisfaction[]", ("Link",)),),
            parameters=("kind", "answered", "limit", "cursor"),
        ),
        Operation("GET", _ONE, "read_satisfaction", "How satisfied somebody was with one thing", (Answer(200, "Satisfaction"),)),
        Operation(
            "PUT",
            _ONE,
            "say_satisfaction",
            "Say how it went",
            (Answer(200, "Satisfaction"),),
            (400, 403, 404, 415, 422),
            body="NewSatisfaction",
        ),
    ),
    views={"list_satisfaction": list_satisfaction, "read_satisfaction": read_satisfaction, "say_satisfaction": say_satisfaction},
    schemas={
        "Satisfaction": thing(
            {
                "record": {**TEXT, "examples": ["INC-1042"]},
                "kind": TEXT,
                "person": thing({"id": WHOLE, "name": TEXT}),
                "asked_at": MOMENT,
                "score": maybe(_SCORE),
                "comment": TEXT,
                "answered_at": maybe(MOMENT),
            }
        ),
        "NewSatisfaction": thing({"score": _SCORE, "comment": TEXT}, ("score",)),
    },
    parameters={
        "kind": {"in": "query", "schema": TEXT, "description": "Only of this kind, such as incident."},
        "answered": {"in": "query", "schema": {"enum": ["true", "false"]}, "description": "Only what has an answer, or what has none yet."},
        "reference": {"in": "path", "schema": {"type": "string", "minLength": 1}, "description": "The number of the thing, such as INC-1042."},
    },
)
