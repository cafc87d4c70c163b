"""Every operation of the API on one record: those of its kind, and those that rooms add."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from plimsoll.kernel.api.main import Operation, operations_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.site.urls import API
from tests.api import Caller
from tests.cast import House

BODIES: dict[str, Any] = {
    "MoveRequest": {"note": "Mine"},
    "NewComment": {"text": "Mine", "audience": "public"},
    "NewTags": {"tags": ["mine"]},
    "NewCheck": {"text": "Mine"},
    "Tick": {"is_done": True},
    "NewEffort": {"minutes": 5},
    "Reason": {"note": "Mine"},
    "NewDecision": {"is_yes": True},
    "NewAgreementException": {"record": "INC-1", "reason": "Mine"},
    "MajorDecline": {"reason": "Mine"},
    "MajorDeclaration": {"reason": "Mine"},
    "NewMajorUpdate": {"text": "Mine", "audience": "customers"},
    "NewMajorNote": {"text": "Mine"},
    "NewMajorTold": {"how": "Mine"},
    "NewRecurrence": {"every": "month"},
    "Rest": {"is_paused": True},
    "Turned": {"request_model": 1},
    "NewReviewDecision": {"kind": "none", "text": "Mine"},
    "NewExclusionPart": {"kind": "other", "text": "Mine", "reason": "Mine"},
    "ChangedExclusionPart": {"reason": "Mine"},
    "NewMilestonePart": {"name": "Mine", "due_on": "2031-01-01"},
    "ChangedMilestonePart": {"name": "Mine"},
    "NewScopeResourcePart": {"kind": "people", "text": "Mine"},
    "ChangedScopeResourcePart": {"text": "Mine"},
    "NewPartyRequirementPart": {"kind": "other", "text": "Mine"},
    "ChangedPartyRequirementPart": {"text": "Mine"},
    "NewTreatment": {"text": "Mine", "owner": 1, "due_on": "2031-01-01"},
    "TreatmentDropped": {"reason": "Mine"},
    "TreatmentJudged": {"verdict": "effective", "evaluation": "Mine"},
    "NewObjectiveAction": {"text": "Mine", "owner": 1, "due_on": "2031-01-01"},
    "ObjectiveActionDropped": {"reason": "Mine"},
    "NewMeasurement": {"value": "1", "on": "2026-01-01"},
}
# What the address of a room's operation names beside the record.
PLACES = {
    "role": "scribe",
    "step": "1",
    "report": "now",
    "version": "1",
    "exception": "1",
    "entitlement": "1",
    "recurrence": "1",
    "part": "1",
    "treatment": "1",
    "participant": "1",
    "action": "1",
}


def room_operations(rt: RecordType) -> Iterator[Operation]:
    """What rooms add to the API on one record of a kind, with addresses as the kind's own operations have them."""
    one = f"/{rt.plural_kind}"
    for room in API.rooms:
        for operation in room.operations:
            if operation.path.startswith(f"{one}/{{number}}"):
                yield replace(operation, path=operation.path.removeprefix(one))


def api_calls(rt: RecordType, record: Record, house: House) -> Iterator[tuple[str, str, Callable[[Caller], HttpResponse]]]:
    """(view, method and address, call) of every operation of the API on one record."""
    card = record.card
    link, file, check = card.links_out.first(), card.attachments.first(), card.checklist.first()
    approval = card.approvals.first()
    known = {
        **PLACES,
        "number": str(record.number),
        "organization": str(house.brannock.pk),
        "link": str(link.pk if link else 1),
        "attachment": str(file.pk if file else 1),
        "item": str(check.pk if check else 1),
        "approval": str(approval.pk if approval else 1),
    }
    for operation in [*operations_of(rt), *room_operations(rt)]:
        if "{number}" not in operation.path:
            continue
        moves = [m.name for m in rt.workflow.moves_from(record.state)] if "{move_name}" in operation.path else [""]
        who = ["me"] if "{who}" in operation.path else [""]
        for arrow in moves:
            for one in who:
                names = {**known, "move_name": arrow, "who": one}
                path = rt.plural_kind + re.sub(r"\{(\w+)\}", lambda m, names=names: names[m[1]], operation.path)
                if operation.view == "add_attachment":
                    yield (
                        operation.view,
                        f"POST {path}",
                        lambda caller, path=path: caller.upload(path, file=SimpleUploadedFile("m.txt", b"m"), audience="public"),
                    )
                    continue
                body = BODIES.get(operation.body)
                if operation.view == "change_record":
                    body = {"title": "Mine now"}
                elif operation.view == "add_affected":
                    body = {"organization": house.brannock.pk}
                elif operation.view == "add_link":
                    body = {"meaning": "relates to", "target": link.target.reference if link else record.reference}
                elif operation.view == "ask_approval":
                    body = {"question": "Mine?", "steps": [{"name": "Lead", "people": [house.dev.pk]}]}
                yield (
                    operation.view,
                    f"{operation.method} {path}",
                    lambda caller, m=operation.method, path=path, body=body: (
                        caller.get(path) if m == "GET" else caller.send(m, path, body if body is not None else {})
                    ),
                )
