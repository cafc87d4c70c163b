"""The endpoints of every kind: list, create, read, change, what can be done, and doing it. One factory, fed by the declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.api.idempotency import once
from plimsoll.kernel.api.problems import BASE, Problem, bad_parameter, faulty, problem_of
from plimsoll.kernel.api.reading import (
    JSON,
    answer,
    body_of,
    check_parameters,
    cursor_of,
    limit_of,
    links_of,
    number_of,
    person_of,
    tenant_of,
    typed,
    version_of,
)
from plimsoll.kernel.api.shapes import record_by, row_of, shape_of, shown, shown_in_hand, value_in, written
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.filters import apply
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import StaleRecord, amend, move, open_record, refusals
from plimsoll.kernel.records.permissions import may_move
from plimsoll.kernel.records.queries import keyset_page
from plimsoll.kernel.records.workflows import workflow_of

View = Callable[..., HttpResponse]
MERGE = "application/merge-patch+json"
MOST_AT_ONCE = 50
_LIST_PARAMETERS = frozenset({"limit", "cursor", "fields"})


def etag(version: int) -> str:
    """The ETag of a record: its version. A comment leaves it alone, so that it never conflicts with an edit."""
    return f'"{version}"'


def values_in(record_type: RecordType, body: dict[str, Any], person: Person) -> dict[str, Any]:
    """The settable values of a body. Outsiders set neither internal fields nor custom fields that are not public."""
    if reach(person, f"{record_type.kind}:internal").is_empty:
        public = {c.name for c in customs_of(person.tenant, record_type.kind) if c.is_public}
        extra = body.get("extra")
        if unknown := [name for name in extra if name not in public] if isinstance(extra, dict) else []:
            raise faulty(f"extra.{unknown[0][:60]}", _("There is no custom field “%(name)s”.") % {"name": unknown[0][:60]})
        if touched := [name for name in body if name in record_type.internal]:
            raise Refused(_("Only the provider's own people set %(field)s.") % {"field": touched[0].replace("_", " ")})
    return {name: value_in(record_type, name, value, person) for name, value in body.items() if name in record_type.fields or name == "extra"}


def with_current(record_type: RecordType, person: Person, act: Callable[[], Record]) -> Record:
    """Write; when somebody was faster, the problem carries the record as it is now."""
    try:
        return act()
    except StaleRecord as stale:
        raise Problem("stale", str(stale), current=shown(stale.current, record_type, person), headers={"ETag": etag(stale.current.version)}) from None


def record_views(record_type: RecordType) -> dict[str, View]:
    """The views of one kind by name."""
    shape, model = shape_of(record_type), record_type.model
    settable = (*record_type.fields, "extra")

    def list_records(request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        members = shape.chosen(request.GET.get("fields"), is_list=True)
        limit = limit_of(request)
        found = apply(record_type, shape.rows(members).parts_visible_to(person), request.GET, person, also=_LIST_PARAMETERS)
        if found.errors:
            raise bad_parameter(found.errors)
        page = keyset_page(found.parts, found.order, cursor_of(request), limit)
        return answer({"items": written(record_type, person, page.rows, members)}, link=links_of(request, page.next, page.previous))

    def create_record(request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        check_parameters(request)
        body = body_of(request, (*settable, "organization", "external_reference", "note"))

        def create() -> HttpResponse:
            made = open_record(
                record_type,
                by=person,
                channel="api",
                organization=_organization(body, person),
                note=typed(body, "note", str, ""),
                external_reference=_external(record_type, body, person),
                **values_in(record_type, body, person),
            )
            return answer(
                shown_in_hand(made, record_type, person),
                status=201,
                etag=etag(made.version),
                location=f"{BASE}/{record_type.plural_kind}/{made.number}",
            )

        return once(request, person, create)

    def read_record(request: HttpRequest, number: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request, ("fields",))
        members = shape.chosen(request.GET.get("fields"), is_list=False)
        row = row_of(record_type, person, number_of(record_type, number), members)
        mark = etag(row.version)
        known = [tag.strip().removeprefix("W/") for tag in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")]
        if mark in known or "*" in known:
            same = HttpResponse(status=304)
            same["ETag"] = mark
            return same
        return answer(written(record_type, person, [row], members)[0], etag=mark)

    def change_record(request: HttpRequest, number: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request)
        record = record_by(record_type, person, number_of(record_type, number))
        body = body_of(request, (*settable, "note"), types=(JSON, MERGE))
        note = typed(body, "note", str, "")
        changed = with_current(
            record_type,
            person,
            lambda: amend(record, by=person, channel="api", version=version_of(request), note=note, **values_in(record_type, body, person)),
        )
        return answer(shown(changed, record_type, person), etag=etag(changed.version))

    def list_moves(request: HttpRequest, number: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request)
        record = record_by(record_type, person, number_of(record_type, number))
        flow = workflow_of(person.tenant, record_type.kind)
        facts = record_type.behaviour.facts([record])[0]
        items = []
        for arrow in flow.moves_from(record.state):
            reasons = [] if may_move(person, record, arrow) else [sentence(person, f"{record_type.kind}:{arrow.name}")]
            reasons += [str(r) for r in refusals(record, arrow.name, by=person, facts=facts)]
            items.append(
                {
                    "name": arrow.name,
                    "title": str(arrow.title),
                    "target": arrow.target,
                    "target_label": str(flow.state(arrow.target).label),
                    "is_primary": arrow.is_primary,
                    "is_possible": not reasons,
                    "reasons": reasons,
                    "asks": list(arrow.asks),
                    "needs": list(arrow.needs),
                    "asks_note": arrow.asks_note,
                }
            )
        return answer({"state": record.state, "state_label": str(flow.state(record.state).label), "items": items}, etag=etag(record.version))

    def make_move(request: HttpRequest, number: str, move_name: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request)
        record = record_by(record_type, person, number_of(record_type, number))
        body = body_of(request, ("fields", "note"))
        fields, note = _move_values(record_type, body, person)
        moved = with_current(
            record_type, person, lambda: move(record, move_name, by=person, channel="api", fields=fields, note=note, version=version_of(request))
        )
        return answer(shown(moved, record_type, person), etag=etag(moved.version))

    def move_many(request: HttpRequest, move_name: str) -> HttpResponse:
        """One transaction per row: what can't be moved is told, the others are moved."""
        person = person_of(request)
        check_parameters(request)
        body = body_of(request, ("numbers", "fields", "note"), ("numbers",))
        numbers = typed(body, "numbers", list, [])
        if not 1 <= len(numbers) <= MOST_AT_ONCE or not all(type(n) is int and 0 < n < 2**31 for n in numbers):
            raise faulty("numbers", _("Between 1 and %(most)d numbers are needed.") % {"most": MOST_AT_ONCE})
        fields, note = _move_values(record_type, body, person)
        there = {r.number: r for r in model.objects.visible_to(person).filter(number__in=numbers)}
        items = []
        for number in dict.fromkeys(numbers):
            row: dict[str, Any] = {"number": number, "reference": f"{record_type.prefix}-{number}"}
            try:
                if number not in there:
                    raise Problem("not-found")
                moved = move(there[number], move_name, by=person, channel="api", fields=fields, note=note)
                items.append({**row, "is_done": True, "state": moved.state, "version": moved.version})
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001 (one row's failure is that row's answer)
                items.append({**row, "is_done": False, "problem": problem_of(error).document()})
        return answer({"items": items})

    return {view.__name__: view for view in (list_records, create_record, read_record, change_record, list_moves, make_move, move_many)}


def _move_values(record_type: RecordType, body: dict[str, Any], person: Person) -> tuple[dict[str, Any], str]:
    fields = typed(body, "fields", dict, {})
    unknown = {name: value for name, value in fields.items() if name not in record_type.fields and name != "extra"}
    return {**unknown, **values_in(record_type, fields, person)}, typed(body, "note", str, "")


def _organization(body: dict[str, Any], person: Person) -> Organization | None:
    given = body.get("organization")
    if isinstance(given, dict):
        given = given.get("id")
    if given is None or given == person.organization_id:
        return person.organization
    found = Organization.objects.filter(tenant_id=tenant_of(person), pk=given).first() if type(given) is int and 0 < given <= BIGGEST else None
    if found is None:
        raise faulty("organization", _("There is no such organisation."))
    return found


def _external(record_type: RecordType, body: dict[str, Any], person: Person) -> str:
    """The caller's own number of the record, once per kind and source."""
    text = typed(body, "external_reference", str, "").strip()
    if len(text) > 200:
        raise faulty("external_reference", _("At most 200 characters are taken."))
    if text and record_type.model.objects.filter(tenant_id=tenant_of(person), source="", external_reference=text).exists():
        raise faulty("external_reference", _("There is already a record with this external reference."))
    return text
