"""What exports carry of major incidents and their reviews beside what every record has, and how it is taken in again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.carrying import Taking, Who, register_carrier
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.records.models import Comment, Record
from plimsoll.resolution.majors.models import (
    AffectedCustomer,
    MajorLateness,
    MajorUpdate,
    ProcedureStep,
    ReviewDecision,
    ReviewReport,
    ToldTop,
)

Told = dict[int, dict[str, Any]]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class OfMajors:
    """Its updates (whose words are its comments), steps, who was told, who is affected, and which of its clocks ran over."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        keys = [r.pk for r in records]
        for u in MajorUpdate.objects.filter(major__in=keys).select_related("comment__entry"):
            if u.comment.entry is None or u.comment.redacted_at is not None:
                continue
            row = {"position": u.comment.entry.position, "audience": u.audience, "was_due_at": u.was_due_at, "next_due_at": u.next_due_at}
            found[u.major_id]["updates"].append(row)
        for s in ProcedureStep.objects.filter(major__in=keys):
            found[s.major_id]["steps"].append({"position": s.position, "text": s.text, "done_at": s.done_at, "done_by": Who(s.done_by_id)})
        for t in ToldTop.objects.filter(major__in=keys):
            found[t.major_id]["told"].append({"person": Who(t.person_id), "how": t.how, "at": t.at})
        for a in AffectedCustomer.objects.filter(major__in=keys).select_related("organization").order_by("organization__name", "pk"):
            found[a.major_id]["affected"].append(a.organization.name)
        for late in MajorLateness.objects.filter(major__in=keys).order_by("pk"):
            found[late.major_id]["late"].append({"clock": late.clock, "due_at": late.due_at, "noticed_at": late.noticed_at})
        return {key: dict(rows) for key, rows in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        comments = {c.entry.position: c for c in Comment.objects.filter(card=record.pk).select_related("entry") if c.entry is not None}
        for row in told.get("updates", ()):
            if (comment := comments.get(row["position"])) is None:
                taking.note(_("%(key)s: an update was left out; its words are not in the file.") % {"key": record.reference})
                continue
            MajorUpdate.objects.create(
                major_id=record.pk,
                comment=comment,
                audience=row["audience"],
                at=comment.at,
                was_due_at=_moment(row["was_due_at"]),
                next_due_at=_moment(row["next_due_at"]),
            )
        for row in told.get("steps", ()):
            done_by = taking.person(row["done_by"])
            ProcedureStep.objects.create(
                major_id=record.pk, position=row["position"], text=row["text"], done_at=_moment(row["done_at"]), done_by=done_by
            )
        for row in told.get("told", ()):
            ToldTop.objects.create(major_id=record.pk, person=taking.person(row["person"]), how=row["how"], at=datetime.fromisoformat(row["at"]))
        missing = [name for name in told.get("affected", ()) if not _affect(record, name)]
        for row in told.get("late", ()):
            due_at, noticed_at = datetime.fromisoformat(row["due_at"]), datetime.fromisoformat(row["noticed_at"])
            MajorLateness.objects.create(major_id=record.pk, clock=row["clock"], due_at=due_at, noticed_at=noticed_at)
        return {"affected": missing} if missing else {}


def _affect(record: Record, name: str) -> bool:
    home = Organization.objects.filter(tenant=record.tenant_id, kind="customer", name=name).first()
    if home is not None:
        AffectedCustomer.objects.get_or_create(major_id=record.pk, organization=home)
    return home is not None


class OfReviews:
    """What it decided, and its reports as they were frozen."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        keys = [r.pk for r in records]
        for d in ReviewDecision.objects.filter(review__in=keys):
            row = {"kind": d.kind, "text": d.text, "owner": Who(d.owner_id), "due_on": d.due_on, "at": d.decided_at}
            found[d.review_id]["decisions"].append(row)
        for r in ReviewReport.objects.filter(review__in=keys):
            found[r.review_id]["reports"].append(
                {
                    "number": r.number,
                    "content": r.content,
                    "digest": r.digest,
                    "made_at": r.made_at,
                    "made_by": Who(r.made_by_id),
                    "redacted_at": r.redacted_at,
                }
            )
        return {key: dict(rows) for key, rows in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("decisions", ()):
            ReviewDecision.objects.create(
                review_id=record.pk,
                kind=row["kind"],
                text=row["text"],
                owner=taking.person(row["owner"]),
                due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
                decided_at=datetime.fromisoformat(row["at"]),
            )
        for row in told.get("reports", ()):
            ReviewReport.objects.create(
                review_id=record.pk,
                number=row["number"],
                content=row["content"],
                digest=row["digest"],
                made_at=datetime.fromisoformat(row["made_at"]),
                made_by=taking.person(row["made_by"]) or taking.by,
                redacted_at=_moment(row["redacted_at"]),
            )
        return {}


register_carrier("majorincident", OfMajors())
register_carrier("majorreview", OfReviews())
