"""The endpoint of a record's clocks: what was promised, how much is used, why. Outsiders get what was promised to them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from plimsoll.kernel.api.reading import answer, check_parameters, number_of, person_of
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.targets.queries import Source, readings_of, source_of
from plimsoll.kernel.targets.rules import Reading
from plimsoll.kernel.targets.words import explained, headline


def clock_views(record_type: RecordType) -> dict[str, View]:
    """The view of the clocks of one kind, by name. Kinds without clocks answer with an empty list."""

    def list_clocks(request: HttpRequest, number: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request, ())
        record = record_by(record_type, person, number_of(record_type, number))
        source = source_of(record_type.kind)
        if source is None:
            return answer({"items": []})
        inside = is_inside(person, record)
        names = {state.name: state.label for state in workflow_of(person.tenant, record_type.kind).states}
        readings = [reading for reading in readings_of(record) if inside or not reading.promise.is_internal]
        return answer({"items": [_form(record, reading, source, names) for reading in readings]})

    return {"list_clocks": list_clocks}


def _form(record: Record, reading: Reading, source: Source, names: dict[str, str]) -> dict[str, Any]:
    moment = now()
    terms, _href = source.named(record, reading.promise.terms)
    left = reading.left(moment)
    return {
        "key": reading.promise.key,
        "measure": reading.promise.measure,
        "state": reading.state,
        "is_missed": reading.is_missed(moment),
        "is_internal": reading.promise.is_internal,
        "terms": terms,
        "priority": reading.priority,
        "within_seconds": None if reading.within is None else int(reading.within.total_seconds()),
        "used_seconds": int(reading.used(moment).total_seconds()),
        "left_seconds": None if left is None else int(left.total_seconds()),
        "started_at": reading.started_at,
        "due_at": reading.due_at,
        "stopped_at": reading.stopped_at,
        "pauses": [{"started_at": p.started_at, "ended_at": p.ended_at, "why": p.why} for p in reading.pauses],
        "headline": headline(reading, moment),
        "explained": explained(reading, moment, names),
    }
