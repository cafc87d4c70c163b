"""The documents of the demonstration: begun from templates, filled, approved, each through the ordinary writes at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.evaluation.conformity.operations import tolerate
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.distributing import acknowledge, add_line
from plimsoll.kernel.documents.drifting import compare_all
from plimsoll.kernel.documents.keeping import keep_rule, take_in_legacy
from plimsoll.kernel.documents.models import Document, Reading
from plimsoll.kernel.documents.operations import begin, fill
from plimsoll.kernel.documents.remarking import answer_remark, excerpts, remark
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.authorities import make_authorities
from plimsoll.site.demonstration.content import folder, read
from plimsoll.support.intake.operations import begin_intake

CHANNEL = "page"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NEIGHBOUR = "neighbour-plan.md"


def make_documents(stage: Stage, moment: datetime) -> None:
    """Every document of the content; those with an approver are approved, those that a change names are in review, the others stay drafts."""
    for row in read("documents")["document"]:
        stage.records[f"document_{row['template']}"] = _document(stage, row, moment)
    ruth = stage.people["ruth"]
    assert ruth.tenant is not None
    for rule in read("documents")["retention"]:
        keep_rule(ruth.tenant, by=ruth, channel=CHANNEL, **rule)
    make_authorities(stage, moment)
    _move_on(stage, moment)
    # A neighbour's plan that Ruth looks at: read, its proposals waiting for her, nothing taken over.
    begin_intake(name=NEIGHBOUR, content=(folder() / NEIGHBOUR).read_bytes(), by=ruth, at=moment - DAY)


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
    if "tolerates" in row:
        tolerate(writer.tenant, row["tolerates"], by=stage.people[row["approver"]], channel=CHANNEL)  # type: ignore[arg-type]
    template = template_named(row["template"])
    assert template is not None, row["template"]
    said: dict[str, Any] = {name: row[name] for name in ("title", "code", "level", "outside", "outside_reason") if name in row}
    if "about" in row:
        said["about"] = stage.records[row["about"]].reference
    under = stage.records.get(f"document_{row.get('under')}")
    document = begin(template, by=writer, channel=CHANNEL, at=at, origin=ORIGIN, owner=writer, parent=under, **said)
    for line in row.get("readers", ()):
        add_line(document, line, by=writer, channel=CHANNEL, at=at)
    for old in row.get("before", ()):
        take_in_legacy(
            document,
            **{name: old[name] for name in ("number", "approved_by", "description", "name")},
            approved_on=(moment - old["approved"] * DAY).date(),
            content=old["text"].encode(),
            by=writer,
            channel=CHANNEL,
            at=at,
        )
    for number, (name, told) in enumerate(row.get("fill", {}).items(), 1):
        words = {"text": told["text"], "reason": told["reason"]} if "text" in told else {"is_none": True}
        fill(document, name, by=writer, channel=CHANNEL, at=at + number * HOUR, **words)
    for told in row.get("remark", ()):
        _remark(stage, document, told, moment)
    if "reviewed" in row:
        return move(document, "submit", by=writer, channel=CHANNEL, at=moment - row["reviewed"] * DAY)
    if "approver" not in row:
        return document
    approver, decided = stage.people[row["approver"]], moment - row["approved"] * DAY
    submitted = move(document, "submit", by=writer, channel=CHANNEL, at=decided - 26 * HOUR)
    approved = move(submitted, "approve", by=approver, channel=CHANNEL, at=decided, note=row["note"])
    _read(approved, [stage.people[name].pk for name in row.get("unread", ())], decided, moment)
    return approved


def _remark(stage: Stage, document: Document, told: dict[str, Any], moment: datetime) -> None:
    """A remark on the paragraph that holds some words, answered where the content says so."""
    anchor = next(anchor for anchor, text in excerpts(document).items() if told["on"] in text)
    at, must_settle = moment - told["ago"] * DAY, bool(told.get("must_settle"))
    made = remark(document, anchor, text=told["text"], must_settle=must_settle, by=stage.people[told["by"]], channel=CHANNEL, at=at)
    if "answer" in told:
        answer_remark(made, text=told["answer"], by=stage.people[told["answered_by"]], channel=CHANNEL, at=at + 5 * HOUR)


def _read(document: Document, unread: list[int], decided: datetime, moment: datetime) -> None:
    """Whoever is asked to read it has, one after the other within nine working days; but for those who have not."""
    rows = Reading.objects.filter(version__document=document, version__state="valid").exclude(person__in=unread)
    for place, row in enumerate(rows.select_related("version__document", "person__tenant", "person__organization").order_by("pk")):
        if (at := decided + (1 + place % 9) * DAY + (place % 5) * HOUR) < moment:
            acknowledge(row.version, by=row.person, channel=CHANNEL, at=at)
