"""What goes along with a document: words in place of fields, remarks, rounds of review, its readers, approved and older versions.

Approved versions and who read them go out and are not taken in: their values name records of the house that they come from, and nobody
approves by a file. They stay with the record in the words of the file, so that they go out again as they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.models import AudienceLine, DocumentVersion, Filling, LegacyVersion, Reading, Remark, Reviewer, Round
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words, references
from plimsoll.kernel.records.models import Attachment, Record
from plimsoll.kernel.records.redaction import REPLACEMENT

VERSION = (
    "number",
    "state",
    "title",
    "source",
    "values",
    "printed",
    "description",
    "authors",
    "approved_as",
    "approved_at",
    "started_on",
    "ended_on",
)
PROOF = ("digest", "template_digest", "disposed_at")
GONE = ("superseded", "withdrawn")  # what is in force is no text that one may take away: put another version in its place first

Rows = dict[int, dict[str, list[Any]]]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class DocumentBeside(Beside):
    """All that is asked, said and kept around a document."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        found: Rows = defaultdict(lambda: defaultdict(list))
        keys = [r.pk for r in records]
        for f in Filling.objects.filter(document__in=keys).order_by("name"):
            row = {"field": f.name, "text": f.text, "reason": f.reason, "is_none": f.is_none, "by": Who(f.by_id), "at": f.at}
            found[f.document_id]["fillings"].append(row)
        for m in Remark.objects.filter(document__in=keys).order_by("pk"):
            found[m.document_id]["remarks"].append(_remark(m))
        for r in Round.objects.filter(document__in=keys).prefetch_related("reviewers").order_by("pk"):
            asked = [
                {"person": Who(v.person_id), "answer": v.answer, "answered_at": v.answered_at} for v in sorted(r.reviewers.all(), key=lambda v: v.pk)
            ]
            row = {"draft": r.draft, "until": r.until, "by": Who(r.asked_by_id), "at": r.asked_at, "ended_at": r.ended_at, "asked": asked}
            found[r.document_id]["rounds"].append(row)
        lines = list(AudienceLine.objects.filter(document__in=keys).select_related("team").order_by("pk"))
        roles = references([line.role_id for line in lines], by)
        for line in lines:
            row = {"sort": line.sort, "role": roles.get(line.role_id or 0), "team": line.team.name if line.team else None}
            found[line.document_id]["audience"].append(row)
        self._versions(keys, found)
        return {key: dict(rows) for key, rows in found.items()}

    def _versions(self, keys: Sequence[int], found: Rows) -> None:
        readings: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for r in Reading.objects.filter(version__document__in=keys).order_by("pk"):
            row = {"person": Who(r.person_id), "at": r.asked_at, "due_on": r.due_on, "read_at": r.read_at, "dropped_at": r.dropped_at}
            readings[r.version_id].append(row)
        for v in DocumentVersion.objects.filter(document__in=keys).order_by("pk"):
            said = {name: getattr(v, name) for name in (*VERSION, *PROOF)}
            found[v.document_id]["versions"].append(said | {"approved_by": Who(v.approved_by_id), "readers": readings[v.pk]})
        for old in LegacyVersion.objects.filter(document__in=keys).select_related("file").order_by("pk"):
            row = {"number": old.number, "approved_on": old.approved_on, "approved_by": old.approved_by, "description": old.description}
            row |= {"file": old.file.name, "digest": old.file.digest, "by": Who(old.by_id), "at": old.at}
            found[old.document_id]["legacy"].append(row)

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("fillings", ()):
            given = {"text": row["text"], "reason": row["reason"], "is_none": row["is_none"], "at": _moment(row["at"])}
            Filling.objects.create(document_id=record.pk, name=row["field"], by=taking.person(row["by"]) or taking.by, **given)
        for row in told.get("remarks", ()):
            _take_remark(record, row, taking)
        for row in told.get("rounds", ()):
            _take_round(record, row, taking)
        left = {
            "versions": list(told.get("versions", ())),
            "audience": [row for row in told.get("audience", ()) if not _take_line(record, row, taking)],
            "legacy": [row for row in told.get("legacy", ()) if not _take_legacy(record, row, taking)],
        }
        return {name: rows for name, rows in left.items() if rows}

    def held(self, record: Record) -> list[Words]:
        found = []
        for m in Remark.objects.filter(document=record.pk).order_by("pk"):
            found.append(
                Words(f"remark-{m.pk}", _("Remark on “%(where)s”") % {"where": m.excerpt[:60] or m.anchor}, m.text, "says", is_one_of_many=True)
            )
            if m.answer:
                found.append(Words(f"answer-{m.pk}", _("Answer to a remark"), m.answer, "answer", is_one_of_many=True))
            if m.excerpt:
                found.append(Words(f"excerpt-{m.pk}", _("Beginning of the paragraph that is remarked on"), m.excerpt))
        for f in Filling.objects.filter(document=record.pk).exclude(text="").order_by("name"):
            found.append(
                Words(f"filling-{f.pk}", _("Words in the place of the field %(name)s") % {"name": f.name}, f.text, "says", is_one_of_many=True)
            )
        for v in DocumentVersion.objects.filter(document=record.pk, state__in=GONE, disposed_at=None).order_by("pk"):
            found.append(Words(f"version-{v.pk}", _("Text and values of version %(number)s") % {"number": v.number}, v.source))
        for old in LegacyVersion.objects.filter(document=record.pk).exclude(description="").order_by("pk"):
            found.append(Words(f"legacy-{old.pk}", _("What version %(number)s from before changed") % {"number": old.number}, old.description))
        return found

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        remarks = Remark.objects.filter(document=record.pk)
        remarks.filter(pk__in=_ids(keys, "remark-")).update(text=REPLACEMENT)
        remarks.filter(pk__in=_ids(keys, "answer-")).update(answer=REPLACEMENT)
        remarks.filter(pk__in=_ids(keys, "excerpt-")).update(excerpt="")
        Filling.objects.filter(document=record.pk, pk__in=_ids(keys, "filling-")).update(text=REPLACEMENT)
        LegacyVersion.objects.filter(document=record.pk, pk__in=_ids(keys, "legacy-")).update(description=REPLACEMENT)
        gone = DocumentVersion.objects.filter(document=record.pk, state__in=GONE, pk__in=_ids(keys, "version-"))
        gone.update(source="", values={}, printed={}, disposed_at=now())


def _remark(m: Remark) -> dict[str, Any]:
    row = {name: getattr(m, name) for name in ("draft", "anchor", "excerpt", "text", "must_settle", "at", "answer", "answered_at", "closed_at")}
    return row | {"by": Who(m.by_id), "answered_by": Who(m.answered_by_id), "closed_by": Who(m.closed_by_id)}


def _take_remark(record: Record, row: Mapping[str, Any], taking: Taking) -> None:
    said = {name: row[name] for name in ("draft", "anchor", "excerpt", "text", "must_settle", "answer")}
    when = {name: _moment(row[name]) for name in ("at", "answered_at", "closed_at")}
    others = {name: taking.person(row[name]) for name in ("answered_by", "closed_by")}
    Remark.objects.create(document_id=record.pk, by=taking.person(row["by"]) or taking.by, **said, **when, **others)


def _take_round(record: Record, row: Mapping[str, Any], taking: Taking) -> None:
    made = Round.objects.create(
        document_id=record.pk,
        draft=row["draft"],
        until=date.fromisoformat(row["until"]),
        asked_by=taking.person(row["by"]) or taking.by,
        asked_at=datetime.fromisoformat(row["at"]),
        ended_at=_moment(row["ended_at"]),
    )
    for one in row["asked"]:
        if (person := taking.person(one["person"])) is not None:
            Reviewer.objects.create(round=made, person=person, answer=one["answer"], answered_at=_moment(one["answered_at"]))


def _take_line(record: Record, row: Mapping[str, Any], taking: Taking) -> bool:
    """Whether the role or team of a line of the audience is here."""
    role, team = taking.card(row["role"]), Team.objects.filter(tenant=record.tenant_id, name=row["team"]).first() if row["team"] else None
    if (row["sort"] == "role" and role is None) or (row["sort"] == "team" and team is None):
        return False
    AudienceLine.objects.create(document_id=record.pk, sort=row["sort"], role_id=role, team=team)
    return True


def _take_legacy(record: Record, row: Mapping[str, Any], taking: Taking) -> bool:
    """Whether the file of an older version is here: a file's content is in no export."""
    file = Attachment.objects.filter(card=record.pk, digest=row["digest"], removed_at=None).first()
    if file is None:
        return False
    LegacyVersion.objects.create(
        document_id=record.pk,
        **{name: row[name] for name in ("number", "approved_by", "description")},
        approved_on=date.fromisoformat(row["approved_on"]),
        file=file,
        by=taking.person(row["by"]) or taking.by,
        at=datetime.fromisoformat(row["at"]),
    )
    return True


def _ids(keys: Sequence[str], prefix: str) -> list[int]:
    return [int(key.removeprefix(prefix)) for key in keys if key.startswith(prefix)]


__all__ = ["DocumentBeside"]
