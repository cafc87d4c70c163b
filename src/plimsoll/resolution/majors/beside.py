"""What goes along with major incidents and their reviews beside what every record has, and what of it can be redacted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words
from plimsoll.kernel.records.models import Comment, Record
from plimsoll.kernel.records.redaction import REPLACEMENT
from plimsoll.resolution.majors.models import (
    AffectedCustomer,
    MajorIncident,
    MajorLateness,
    MajorUpdate,
    ProcedureStep,
    ReviewDecision,
    ReviewReport,
    ToldTop,
)
from plimsoll.resolution.majors.operations import NOTICE
from plimsoll.resolution.majors.queries import children_of_lead


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class MajorBeside(Beside):
    """Its updates (whose words are its messages), steps, who was told, who is affected, and which of its clocks ran over."""

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

    def held(self, record: Record) -> list[Words]:
        steps = ProcedureStep.objects.filter(major=record.pk).values_list("pk", "text")
        told = ToldTop.objects.filter(major=record.pk).exclude(how=NOTICE).values_list("pk", "how")
        return [
            *(Words(f"step-{pk}", _("Step of the procedure"), text) for pk, text in steps),
            *(Words(f"told-{pk}", _("How top management was told"), how) for pk, how in told),
        ]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        ProcedureStep.objects.filter(major=record.pk, pk__in=_ids(keys, "step-")).update(text=REPLACEMENT)
        ToldTop.objects.filter(major=record.pk, pk__in=_ids(keys, "told-")).update(how=REPLACEMENT)

    def copies(self, record: Record, comments: Sequence[Comment]) -> list[Comment]:
        """The replies that its updates became on the incidents that belong to it."""
        assert isinstance(record, MajorIncident)
        told = MajorUpdate.objects.filter(comment__in=[c.pk for c in comments], audience="customers").select_related("comment")
        cards = [record.lead_id, *children_of_lead(record).values_list("pk", flat=True)] if told else []
        return [
            reply
            for update in told
            for reply in Comment.objects.filter(
                card__in=cards, author=update.comment.author_id, text=update.comment.text, at__gte=update.at, is_public=True, redacted_at=None
            ).select_related("card__tenant")
        ]


def _affect(record: Record, name: str) -> bool:
    home = Organization.objects.filter(tenant=record.tenant_id, kind="customer", name=name).first()
    if home is not None:
        AffectedCustomer.objects.get_or_create(major_id=record.pk, organization=home)
    return home is not None


class ReviewBeside(Beside):
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

    def held(self, record: Record) -> list[Words]:
        rows = ReviewDecision.objects.filter(review=record.pk).values_list("pk", "text")
        return [Words(f"decision-{pk}", _("Decision"), text) for pk, text in rows]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        ReviewDecision.objects.filter(review=record.pk, pk__in=_ids(keys, "decision-")).update(text=REPLACEMENT)


def _ids(keys: Sequence[str], prefix: str) -> list[int]:
    return [int(key.removeprefix(prefix)) for key in keys if key.startswith(prefix)]
