"""Parts for programs: list, enter, change, take away; with their schemas. Records that parts name are given by number, `SVC-3`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.parts.operations import add_part, change_part, remove_part
from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import insiders_only
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, day_in, id_of, nothing, number_of, person_of, typed
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.schemas import ID, TEXT, TRUTH, Schema, maybe, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.register.models import Card

DAY: Schema = {"type": "string", "format": "date"}


@dataclass
class _Made:
    operations: list[Operation] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    schemas: dict[str, Schema] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)


def parts_room(record_type: RecordType, part_types: Sequence[PartType]) -> Room:
    """What the parts of a kind add to the API."""
    made = _Made()
    for part_type in part_types:
        _enter(made, record_type, part_type)
    return Room(record_type.plural_kind, tuple(made.operations), made.views, made.schemas, made.parameters)


def _enter(made: _Made, record_type: RecordType, pt: PartType) -> None:
    schema = f"{pt.model.__name__}Part"
    said = {name: _schema_of(pt, name) for name in pt.fields}
    needed = tuple(n for n in pt.fields if n not in pt.cards and not pt.field(n).blank and not pt.field(n).has_default())
    made.schemas |= {schema: thing({"id": ID, **said}), f"New{schema}": thing(said, needed), f"Changed{schema}": thing(said, ())}
    made.parameters["part"] = {"in": "path", "schema": ID, "description": "The id of the row, such as one exclusion of a scope."}
    views = {
        f"list_{record_type.kind}_{pt.plural}": _lister(record_type, pt),
        f"add_{record_type.kind}_{pt.name}": _adder(record_type, pt, needed),
        f"change_{record_type.kind}_{pt.name}": _changer(record_type, pt),
        f"remove_{record_type.kind}_{pt.name}": _remover(record_type, pt),
    }
    for name, view in views.items():
        view.__name__ = name
    made.views |= views
    listing, adding, changing, removing = views
    many = f"/{record_type.plural_kind}/{{number}}/{pt.plural}"
    one, label = f"{many}/{{part}}", str(record_type.label)
    writes = (403, 404, 413, 415, 422)
    made.operations += [
        Operation("GET", many, listing, f"The {pt.plural} of this {label}", (Answer(200, f"{schema}[]"),)),
        Operation("POST", many, adding, f"Add: {pt.name} of this {label}", (Answer(201, schema),), writes, f"New{schema}"),
        Operation("PATCH", one, changing, f"Change: {pt.name} of this {label}", (Answer(200, schema),), writes, f"Changed{schema}"),
        Operation("DELETE", one, removing, f"Take away: {pt.name} of this {label}", (Answer(204),), (403, 404, 422)),
    ]


def _schema_of(pt: PartType, name: str) -> Schema:
    model_field = pt.field(name)
    if name in pt.cards or name in pt.records:
        said = {**TEXT, "description": "The number of a record, “SVC-3”."}
        return maybe(said) if model_field.blank else said
    if name in pt.siblings:
        return {**ID, "description": "The id of another row of this record."}
    if isinstance(model_field, models.IntegerField):
        return maybe({"type": "integer", "minimum": 0, "maximum": 32767})
    if model_field.choices:
        return {"enum": [value for value, _label in model_field.flatchoices]}
    if isinstance(model_field, models.BooleanField):
        return TRUTH
    if isinstance(model_field, models.DateField):
        return maybe(DAY)
    return {**TEXT, "maxLength": model_field.max_length or 2000}


def _asked(request: HttpRequest, record_type: RecordType, number: str) -> tuple[Person, Record]:
    person = person_of(request)
    check_parameters(request)
    record = record_by(record_type, person, number_of(record_type, number))
    insiders_only(person, record)
    return person, record


def _for_writing(request: HttpRequest, record_type: RecordType, number: str) -> tuple[Person, Record]:
    person, record = _asked(request, record_type, number)
    if not may(person, f"{record.kind}:amend", record):
        raise Refused(sentence(person, f"{record.kind}:amend"))
    return person, record


def _part(pt: PartType, record: Record, key: str) -> models.Model:
    rows = pt.model._default_manager.filter(**{pt.record: record.pk}).select_related(pt.record, *pt.foreign)
    if (found := rows.filter(pk=id_of(key)).first()) is None:
        raise Http404
    return found


def _forms(pt: PartType, rows: Sequence[models.Model], person: Person) -> list[dict[str, Any]]:
    named = {getattr(row, f"{name}_id") for row in rows for name in (*pt.cards, *pt.records)} - {None}
    seen = {pk for part in visible_cards(person, Card.objects.filter(pk__in=named)) for pk in part.values_list("pk", flat=True)} if named else set()
    told = []
    for row in rows:
        values = {n: getattr(row, n) for n in pt.fields}
        told.append({"id": row.pk, **{n: _told(v, seen) for n, v in values.items()}})
    return told


def _told(value: Any, seen: set[int]) -> Any:
    if isinstance(value, Card | Record):
        return value.reference if value.pk in seen else None
    return value.pk if isinstance(value, models.Model) else value


def _values(pt: PartType, body: dict[str, Any], person: Person, record: Record) -> dict[str, Any]:
    return {name: _value(pt, name, body, person, record) for name in pt.fields if name in body}


def _value(pt: PartType, name: str, body: dict[str, Any], person: Person, record: Record) -> Any:
    model_field = pt.field(name)
    if name in pt.siblings:
        found = _sibling(pt, name, record, typed(body, name, int))
        if found is None:
            raise faulty(name, _("There is no such row on this record."))
        return found
    if name in pt.records:
        return _of_its_kind(pt, name, body, person)
    if isinstance(model_field, models.IntegerField):
        return typed(body, name, int)
    if name in pt.cards:
        text = typed(body, name, str)
        if text and (found := find_by_reference(person, text[:40])) is None:
            raise faulty(name, _("There is no such record, or you may not see it. Give its reference, for example SVC-3."))
        return found if text else None
    if isinstance(model_field, models.BooleanField):
        return typed(body, name, bool, False)
    if isinstance(model_field, models.DateField):
        return day_in(body, name)
    return typed(body, name, str, "")


def _sibling(pt: PartType, name: str, record: Record, key: int | None) -> models.Model | None:
    model = pt.related(name)
    assert model is not None
    return model._default_manager.filter(**{pt.record: record.pk}, pk=key or 0).first()


def _of_its_kind(pt: PartType, name: str, body: dict[str, Any], person: Person) -> Record | None:
    model: Any = pt.related(name)
    text = typed(body, name, str)
    if not text:
        if pt.field(name).blank:
            return None
        raise faulty(name, _("Give its reference, for example SVC-3."))
    card = find_by_reference(person, text[:40])
    found: Record | None = model.objects.visible_to(person).filter(pk=card.pk).first() if card is not None else None
    if found is None:
        raise faulty(name, _("There is no such record of the kind that stands here, or you may not see it."))
    return found


def _lister(record_type: RecordType, pt: PartType) -> Any:
    def view(request: HttpRequest, number: str) -> HttpResponse:
        person, record = _asked(request, record_type, number)
        rows = list(pt.model._default_manager.filter(**{pt.record: record.pk}).select_related(*pt.foreign))
        return answer({"items": _forms(pt, rows, person)})

    return view


def _adder(record_type: RecordType, pt: PartType, needed: tuple[str, ...]) -> Any:
    def view(request: HttpRequest, number: str) -> HttpResponse:
        person, record = _for_writing(request, record_type, number)
        values = _values(pt, body_of(request, pt.fields, needed), person, record)
        return answer(_forms(pt, [add_part(pt, record, values, by=person, channel="api")], person)[0], status=201)

    return view


def _changer(record_type: RecordType, pt: PartType) -> Any:
    def view(request: HttpRequest, number: str, part: str) -> HttpResponse:
        person, record = _for_writing(request, record_type, number)
        values = _values(pt, body_of(request, pt.fields), person, record)
        return answer(_forms(pt, [change_part(pt, _part(pt, record, part), values, by=person, channel="api")], person)[0])

    return view


def _remover(record_type: RecordType, pt: PartType) -> Any:
    def view(request: HttpRequest, number: str, part: str) -> HttpResponse:
        person, record = _for_writing(request, record_type, number)
        remove_part(pt, _part(pt, record, part), by=person, channel="api")
        return nothing()

    return view
