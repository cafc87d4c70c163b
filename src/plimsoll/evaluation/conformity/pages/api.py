"""Conformity for programs: the same verdicts and figures, in the same words, as pages and command line have them."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity.models import Assessment
from plimsoll.evaluation.conformity.operations import READ
from plimsoll.evaluation.conformity.pages.common import asked_day
from plimsoll.evaluation.conformity.queries import history, latest, nearest_days, of_day, result_of, verdicts_of
from plimsoll.evaluation.conformity.rules import VERDICTS
from plimsoll.evaluation.conformity.seeing import as_seen, visible_to
from plimsoll.evaluation.conformity.shapes import assessment_shape, result_shape
from plimsoll.evaluation.conformity.standard import items
from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.problems import Problem, bad_parameter
from plimsoll.kernel.api.reading import answer as answered, check_parameters, person_of
from plimsoll.kernel.api.schemas import MOMENT, TEXT, WHOLE, list_of, maybe, ref, thing
from plimsoll.kernel.identity.models import Person


def _assessment(request: HttpRequest, person: Person) -> Assessment:
    assert person.tenant is not None
    try:
        day: date | None = asked_day(request.GET.get("at", ""))
    except ValueError as error:
        raise bad_parameter({"at": [str(error)]}) from None
    found = of_day(person.tenant, day) if day else latest(person.tenant)
    if found is None:
        if day is None:
            raise Problem("not-found", _("Nothing was computed yet."))
        near = [d.isoformat() for d in nearest_days(person.tenant, day) if d]
        told = _("Nothing was computed on %(day)s. Days beside it that have a result: %(near)s.")
        raise Problem("not-found", told % {"day": day.isoformat(), "near": ", ".join(near) or _("none")})
    return found


def read_conformity(request: HttpRequest) -> HttpResponse:
    """The newest assessment, or the last of a day, with every requirement."""
    person = person_of(request)
    check_everywhere(person, READ)
    check_parameters(request, ("at",))
    row = _assessment(request, person)
    results = {r.item: r for r in row.results.select_related("detail")}
    bodies = {key: r.detail.body if r.detail else {} for key, r in results.items()}
    seen = visible_to(person, bodies.values())
    shaped = [result_shape(items()[key], results[key], as_seen(bodies[key], seen)) for key in items() if key in results]
    return answered(assessment_shape(row, verdicts_of(row)) | {"items": shaped})


def read_item(request: HttpRequest, item: str) -> HttpResponse:
    """One requirement, with the days on which it turned in the year before."""
    person = person_of(request)
    check_everywhere(person, READ)
    check_parameters(request, ("at",))
    found = items().get(item)
    if found is None:
        raise Problem("not-found", _("There is no requirement “%(key)s”.") % {"key": item[:20]})
    row = _assessment(request, person)
    result = result_of(row, item)
    if result is None:
        raise Problem("not-found", _("The requirement “%(key)s” was not looked at then.") % {"key": item[:20]})
    body = result.detail.body if result.detail else {}
    assert person.tenant is not None
    run = history(person.tenant, item, row.day)
    turned = [{"day": t.day, "before": t.before, "after": t.after, "is_dip": t.is_dip} for t in run.turns]
    return answered(
        result_shape(found, result, as_seen(body, visible_to(person, [body])))
        | {"day": row.day.isoformat(), "at": row.at.isoformat(), "days": len(run.points), "turns": turned}
    )


_VERDICT = {"enum": list(VERDICTS)}
_SOURCE = {"kind": TEXT, "pk": WHOLE, "label": TEXT, "href": TEXT}
_ITEM = {
    "id": {**TEXT, "examples": ["8.3.3-b"]},
    "clause": TEXT,
    "clause_2011": TEXT,
    "exists": {**TEXT, "description": "What must be so, in our own words."},
    "kind": {"enum": ["computed", "partly", "attested"]},
    "computes": TEXT,
    "attests": TEXT,
    "aspects": list_of({"enum": ["documented", "operating", "effective"]}),
    "interval": TEXT,
    "role": TEXT,
    "condition": TEXT,
    "waits": list_of(TEXT),
    "verdict": _VERDICT,
    "words": TEXT,
    "numerator": maybe(WHOLE),
    "denominator": maybe(WHOLE),
    "query": TEXT,
    "query_version": maybe(WHOLE),
    "shortfalls": list_of(ref("Shortfall")),
    "sources": list_of(ref("EvidenceSource")),
    "origins": {"type": "object", "additionalProperties": WHOLE},
    "oldest": maybe(MOMENT),
    "newest": maybe(MOMENT),
    "attested": {"enum": ["", "valid", "missing", "ended"]},
    "note": TEXT,
}
_LINE = {
    "load": {**maybe(WHOLE), "description": "How many requirements fall short without an accepted exception."},
    "limit": {**maybe(WHOLE), "description": "How many may, as the plan in force says."},
    "level": maybe({"type": "number"}),
    "fitness": {"enum": ["fit", "near", "over", "unknown"]},
    "words": TEXT,
}
_ASPECT = {"type": "object", "additionalProperties": WHOLE}
_ASSESSMENT = {
    "edition": TEXT,
    "at": MOMENT,
    "day": TEXT,
    "period_start": MOMENT,
    "digest": TEXT,
    "counts": {"type": "object", "additionalProperties": WHOLE},
    "present": WHOLE,
    "triggered": WHOLE,
    "total": WHOLE,
    "gaps": WHOLE,
    "line": ref("ConformityLine"),
    "aspects": {"type": "object", "additionalProperties": _ASPECT},
}
SCHEMAS = {
    "EvidenceSource": thing(_SOURCE),
    "Shortfall": thing({"sentence": TEXT, "source": maybe(ref("EvidenceSource"))}),
    "ConformityItem": thing(_ITEM),
    "ConformityLine": thing(_LINE),
    "Conformity": thing(_ASSESSMENT | {"items": list_of(ref("ConformityItem"))}),
    "ConformityTurn": thing({"day": TEXT, "before": _VERDICT, "after": _VERDICT, "is_dip": {"type": "boolean"}}),
    "ConformityItemAnswer": thing(_ITEM | {"day": TEXT, "at": MOMENT, "days": WHOLE, "turns": list_of(ref("ConformityTurn"))}),
}
PARAMETERS = {
    "at": {
        "in": "query",
        "schema": {"type": "string", "format": "date"},
        "description": "A day, 2026-03-14: what was computed then, never anew. Left out, the newest.",
    },
    "item": {"in": "path", "schema": {"type": "string", "minLength": 1}, "description": "The id of a requirement, as GET /conformity lists them."},
}
ROOM = Room(
    tag="conformity",
    operations=(
        Operation("GET", "/conformity", "read_conformity", "What the records prove", (Answer(200, "Conformity"),), (403, 404), parameters=("at",)),
        Operation(
            "GET",
            "/conformity/items/{item}",
            "read_item",
            "One requirement with its evidence",
            (Answer(200, "ConformityItemAnswer"),),
            parameters=("at",),
        ),
    ),
    views={"read_conformity": read_conformity, "read_item": read_item},
    schemas=SCHEMAS,
    parameters=PARAMETERS,
)
