"""Indicators for programs: the same figures, in the same words, as pages and command line have them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.queries import answer, answers, member_asked, month_asked, targets
from plimsoll.evaluation.measurements.shapes import answer_shape, indicator_shape
from plimsoll.kernel.access.queries import check, may
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.problems import BASE, Problem, bad_parameter
from plimsoll.kernel.api.reading import answer as answered, check_parameters, listed, person_of
from plimsoll.kernel.api.schemas import MOMENT, TEXT, WHOLE, list_of, maybe, ref, thing
from plimsoll.kernel.figures.definitions import (
    WORD,
    Indicator,
    Question,
    UnknownCut,
    UnknownIndicator,
    UnknownPart,
    check_part,
    indicator_named,
    indicators,
)
from plimsoll.kernel.figures.periods import BadPeriod, Month
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named

PARTS = ("card_id", "number", "title", "state", "category", "opened_at")


def _month(request: HttpRequest, person: Person) -> Month:
    try:
        return month_asked(person, request.GET.get("period", ""))
    except BadPeriod as error:
        raise bad_parameter({"period": [str(error.args[0])]}) from None


def _indicator(person: Person, key: str) -> Indicator:
    try:
        found = indicator_named(key)
    except UnknownIndicator as error:
        raise Problem("not-found", str(error.args[0])) from None
    if not may(person, f"{found.kind}:read"):
        raise Problem("not-found", _("There is no indicator “%(key)s”.") % {"key": key[:60]})
    return found


def list_indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator with its figure of one month, the running one when none is named."""
    person = person_of(request)
    check(person, WORD)
    check_parameters(request, ("period",))
    month = _month(request, person)
    wanted = [i for i in indicators() if may(person, f"{i.kind}:read")]
    found = answers(person, wanted, [month])
    assert person.tenant is not None
    held = targets(person.tenant)
    return answered({"items": [indicator_shape(i) | answer_shape(found[i.key, month.name], target=held.get(i.key)) for i in wanted]})


def read_indicator(request: HttpRequest, key: str) -> HttpResponse:
    """One indicator over one month, with `by` for every member of a cut."""
    person = person_of(request)
    check(person, WORD)
    check_parameters(request, ("period", "by"))
    indicator, month, by = _indicator(person, key), _month(request, person), request.GET.get("by", "")
    try:
        found = answer(person, indicator, month, cut=by)
    except UnknownCut as error:
        raise bad_parameter({"by": [str(error.args[0])]}) from None
    assert person.tenant is not None
    shape = indicator_shape(indicator) | answer_shape(found, cut=by, target=targets(person.tenant).get(key))
    return answered(shape)


def list_counted(request: HttpRequest, key: str) -> HttpResponse:
    """The records behind a figure, newest first."""
    person = person_of(request)
    check(person, WORD)
    check_parameters(request, ("period", "by", "of", "part", "limit", "cursor"))
    indicator, month = _indicator(person, key), _month(request, person)
    try:
        only = member_asked(indicator, request.GET.get("by", ""), request.GET.get("of", ""))
    except UnknownCut as error:
        raise bad_parameter({"of": [str(error.args[0])]}) from None
    try:
        part = check_part(indicator, request.GET.get("part", ""))
    except UnknownPart as error:
        raise bad_parameter({"part": [str(error.args[0])]}) from None
    record_type = type_named(indicator.kind)
    rows: Any = record_type.model.objects.none()
    if not indicator.needs(person.tenant):
        rows = indicator.counted(Question(person, month, now(), only=only), part)

    def values(found: Any) -> list[Any]:
        return list(found.values_list(*PARTS, named=True))

    def shown(found: list[Any]) -> list[dict[str, Any]]:
        return [
            {
                "reference": f"{record_type.prefix}-{row.number}",
                "kind": record_type.kind,
                "url": f"{BASE}/{record_type.plural_kind}/{row.number}",
                "title": row.title,
                "state": row.state,
                "category": row.category,
            }
            for row in found
        ]

    return listed(request, [rows], "-opened_at", shown, values)


_FIGURE = {
    "value": {**maybe({"type": "number"}), "description": "A share from 0 to 1, a time in seconds, a count; null: there was nothing to measure."},
    "numerator": maybe({"type": "number"}),
    "denominator": maybe({"type": "number"}),
}
_INDICATOR = {
    "key": {**TEXT, "examples": ["incident_volume"]},
    "code": TEXT,
    "title": TEXT,
    "rule": TEXT,
    "unit": {"enum": ["count", "share", "seconds", "number"]},
    "better": {"enum": ["up", "down", "neither"]},
    "formula_version": WHOLE,
    "cuts": list_of(TEXT),
    "parts": list_of(TEXT),
    "period": {**TEXT, "examples": ["2016-05"]},
    "start": MOMENT,
    "end": {**MOMENT, "description": "The first moment that is no longer in it."},
    "zone": TEXT,
    "standing": {"enum": ["running", "counted", "stored", "frozen"], "description": "Frozen figures move only by a correction with its reason."},
    "version": maybe(WHOLE),
    "at": maybe(MOMENT),
    "target": maybe({"type": "number"}),
    "line": maybe({"type": "number"}),
}
_CUT = {"by": TEXT, "figures": list_of(ref("CutFigure"))}
SCHEMAS = {
    "Indicator": thing(_INDICATOR | _FIGURE),
    "CutFigure": thing({"id": maybe(WHOLE), "name": TEXT} | _FIGURE),
    "IndicatorAnswer": thing(_INDICATOR | _FIGURE | _CUT, tuple(_INDICATOR), explained="With “by”: figures of each member; else value."),
}
PARAMETERS = {
    "key": {"in": "path", "schema": {"type": "string", "minLength": 1}, "description": "The key of an indicator, as GET /indicators lists them."},
    "period": {
        "in": "query",
        "schema": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
        "description": "A month of the organisation's time zone, 2016-05; left out, the running one.",
    },
    "by": {"in": "query", "schema": TEXT, "description": "Cut by one of the indicator's cuts: service, organization, team or priority."},
    "of": {"in": "query", "schema": TEXT, "description": "One member of the cut: its id, or “none”."},
    "part": {"in": "query", "schema": TEXT, "description": "Which of the indicator's parts; the whole when left out."},
}
ROOM = Room(
    tag="indicators",
    operations=(
        Operation("GET", "/indicators", "list_indicators", "Indicators of a month", (Answer(200, "Indicator[]"),), (403,), parameters=("period",)),
        Operation(
            "GET",
            "/indicators/{key}",
            "read_indicator",
            "One indicator of a month, whole or cut",
            (Answer(200, "IndicatorAnswer"),),
            parameters=("period", "by"),
        ),
        Operation(
            "GET",
            "/indicators/{key}/records",
            "list_counted",
            "The records behind a figure",
            (Answer(200, "Card[]", ("Link",)),),
            parameters=("period", "by", "of", "part", "limit", "cursor"),
        ),
    ),
    views={"list_indicators": list_indicators, "read_indicator": read_indicator, "list_counted": list_counted},
    schemas=SCHEMAS,
    parameters=PARAMETERS,
)
