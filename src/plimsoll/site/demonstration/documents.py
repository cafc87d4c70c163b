"""The documents of the demonstration: begun from templates, filled, approved, each through the ordinary writes at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.drifting import compare_all
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import begin, fill
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

CHANNEL = "page"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def make_documents(stage: Stage, moment: datetime) -> None:
    """Every document of the content; those with an approver are approved, the others stay drafts."""
    for row in read("documents")["document"]:
        stage.records[f"document_{row['template']}"] = _document(stage, row, moment)
    _move_on(stage, moment)


def _move_on(stage: Stage, moment: datetime) -> None:
    """What happened since the plan was approved, so that it shows drift: somebody stands in as incident manager."""
    ruth, jonas = stage.people["ruth"], stage.people["jonas"]
    role = Role.objects.get(tenant=ruth.tenant, code="incident_manager")
    given = open_record(type_named("assignment"), by=ruth, channel=CHANNEL, at=moment - 4 * DAY, origin=ORIGIN, role=role, person=jonas)
    move(given, "approve", by=ruth, channel=CHANNEL, at=moment - 4 * DAY + HOUR)
    assert ruth.tenant is not None
    compare_all(ruth.tenant)


def _document(stage: Stage, row: dict[str, Any], moment: datetime) -> Document:
    writer, at = stage.people[row["by"]], moment - row["begun"] * DAY
    template = template_named(row["template"])
    assert template is not None, row["template"]
    own: dict[str, Any] = {name: row[name] for name in ("title", "code") if name in row}
    if "about" in row:
        own["about"] = stage.records[row["about"]].reference
    document = begin(template, by=writer, channel=CHANNEL, at=at, origin=ORIGIN, owner=writer, **own)
    for number, (name, told) in enumerate(row.get("fill", {}).items(), 1):
        said = {"text": told["text"], "reason": told["reason"]} if "text" in told else {"is_none": True}
        fill(document, name, by=writer, channel=CHANNEL, at=at + number * HOUR, **said)
    if "approver" not in row:
        return document
    approver, decided = stage.people[row["approver"]], moment - row["approved"] * DAY
    submitted = move(document, "submit", by=writer, channel=CHANNEL, at=decided - 26 * HOUR)
    return move(submitted, "approve", by=approver, channel=CHANNEL, at=decided, note=row["note"])
