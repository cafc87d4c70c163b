"""The endpoint of a record's trail: who did what when. Outsiders get what concerns them and nothing internal."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from plimsoll.kernel.api.parts import PAGED, named
from plimsoll.kernel.api.reading import check_parameters, listed, number_of, person_of
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.shapes import record_by, shape_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.trail.models import Entry

# What outsiders may know of besides the moves: named, so that a part added later is hidden until somebody decides otherwise.
_OUTSIDE_ACTIONS = ("open", "amend", "comment")


def changes_of(entry: Entry) -> list[dict[str, Any]]:
    """What an entry changed: old and new of each field. Erased words are null and say so."""
    detail = entry.detail.values if hasattr(entry, "detail") else {}
    found = []
    for name, value in json.loads(entry.changes).items():
        if isinstance(value, dict):
            old, new = detail.get(name, (None, None))
            is_erased = name not in detail and any(value.get("hidden", ()))
        else:
            (old, new), is_erased = value, False
        found.append({"field": name, "old": old, "new": new, "is_erased": is_erased})
    return found


def trail_views(record_type: RecordType) -> dict[str, View]:
    """The view of the trail of one kind, by name."""

    def public_fields(person: Person) -> frozenset[str]:
        if not record_type.requester:
            return frozenset({"state"})  # nobody outside asked for it; its drafts stay inside
        shape = shape_of(record_type)
        customs = (f"extra.{c.name}" for c in customs_of(person.tenant, record_type.kind) if c.is_public)
        return frozenset({*(n for n in shape.members if n not in shape.hidden), "text", *customs})

    def list_trail(request: HttpRequest, number: str) -> HttpResponse:
        person = person_of(request)
        check_parameters(request, PAGED)
        record = record_by(record_type, person, number_of(record_type, number))
        rows = Entry.objects.filter(card_id=record.pk).select_related("actor", "detail")
        inside = is_inside(person, record)
        if not inside:
            rows = rows.filter(action__in=[*_OUTSIDE_ACTIONS, *(m.name for m in workflow_of(person.tenant, record_type.kind).moves)])
        public = public_fields(person)

        def form(entry: Entry) -> dict[str, Any]:
            changes = [c for c in changes_of(entry) if inside or c["field"] in public]
            return {
                "id": entry.pk,
                "position": entry.position,
                "action": entry.action,
                "at": entry.at,
                "recorded_at": entry.recorded_at,
                "actor": named(entry.actor),
                "channel": entry.channel,
                "origin": entry.origin,
                "changes": changes,
            }

        # An amendment of internal fields only leaves nothing to tell; its page is then shorter, its mark the same.
        return listed(request, [rows], "-id", lambda found: [f for f in map(form, found) if inside or f["changes"]])

    return {"list_trail": list_trail}
