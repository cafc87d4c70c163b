"""Which major incidents, and which incidents, an indicator counts: one queryset per question. Reads only; it divides nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.figures.definitions import WORD, Question
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.trail.models import Span
from plimsoll.resolution.incidents import counting as incidents
from plimsoll.resolution.majors.models import MajorIncident, MajorLateness, MajorProposal, MajorReview, MajorUpdate, ProcedureStep, ToldTop
from plimsoll.resolution.majors.queries import manager_minutes, top_minutes

COLUMNS = {"service": "service_id", "priority": "priority"}
GAP_HOURS = 4


def seen(question: Question) -> Any:
    """Those that a person may see and have counted, without what turned out to be none."""
    person = question.person
    rows: Any = MajorIncident.objects.visible_to(person).exclude(state="withdrawn")
    counted = reach(person, WORD)
    if not counted.everything:
        rows = rows.filter(Q(organization_id__in=counted.organizations) | Q(service_id__in=counted.services))
    if question.only is not None:
        name, member = question.only
        rows = rows.filter(**{COLUMNS[name]: member}) if member is not None else rows.filter(**{f"{COLUMNS[name]}__isnull": True})
    return rows


def declared(question: Question) -> Any:
    """Declared in the month."""
    return seen(question).filter(opened_at__gte=question.period.start, opened_at__lt=question.period.end)


def restored(question: Question) -> Any:
    """Whose service was restored in the month, as it stands now."""
    return seen(question).filter(restored_at__gte=question.period.start, restored_at__lt=question.period.end)


def to_be_reviewed(question: Question) -> Any:
    """Restored in the month, with a review that is done or was due by now."""
    judged = MajorReview.objects.filter(Q(state="done") | Q(due_at__lt=question.asked_at), major=OuterRef("pk")).exclude(state="dropped")
    return restored(question).filter(Exists(judged))


def reviewed_in_time(question: Question, rows: Any) -> Any:
    """Of these the ones whose review was done by its due time."""
    return rows.filter(Exists(MajorReview.objects.filter(major=OuterRef("pk"), state="done", done_at__lte=F("due_at"))))


def informed(question: Question) -> Any:
    """Declared in the month, and top management was told; with `informed_at`."""
    first = ToldTop.objects.filter(major=OuterRef("pk")).order_by().values("major").annotate(at=Min("at")).values("at")
    return declared(question).annotate(informed_at=Subquery(first)).filter(informed_at__isnull=False)


def informed_in_time(question: Question, rows: Any) -> Any:
    """Of these the ones of which top management was told within the minutes that are set."""
    assert question.person.tenant is not None
    limit = timedelta(minutes=top_minutes(question.person.tenant))
    return rows.filter(Exists(ToldTop.objects.filter(major=OuterRef("pk"), at__lte=OuterRef("opened_at") + limit)))


def managed(question: Question) -> Any:
    """Declared in the month, and somebody managed it; with `managed_at`."""
    first = Span.objects.filter(card=OuterRef("pk"), owner__isnull=False).order_by("id").values("started_at")[:1]
    return declared(question).annotate(managed_at=Subquery(first)).filter(managed_at__isnull=False)


def managed_in_time(question: Question, rows: Any) -> Any:
    """Of these the ones that had a manager within the minutes that are set."""
    assert question.person.tenant is not None
    limit = timedelta(minutes=manager_minutes(question.person.tenant))
    held = Span.objects.filter(card=OuterRef("pk"), owner__isnull=False, started_at__lte=OuterRef("opened_at") + limit)
    return rows.filter(Exists(held))


def told_in_time(question: Question, rows: Any) -> Any:
    """Of these the ones with at least one update, and none late."""
    updates = MajorUpdate.objects.filter(major=OuterRef("pk"))
    late = MajorLateness.objects.filter(major=OuterRef("pk"), clock="update")
    return rows.filter(Exists(updates), ~Exists(updates.filter(at__gt=F("was_due_at"))), ~Exists(late))


def by_the_procedure(question: Question, rows: Any) -> Any:
    """Of these the ones with every step of the procedure ticked."""
    steps = ProcedureStep.objects.filter(major=OuterRef("pk"))
    return rows.filter(Exists(steps), ~Exists(steps.filter(done_at=None)))


def proposed(question: Question) -> Any:
    """Incidents that met a criterion in the month."""
    when = {"at__gte": question.period.start, "at__lt": question.period.end}
    return incidents.seen(question).filter(Exists(MajorProposal.objects.filter(incident=OuterRef("pk"), **when)))


def decided(question: Question, rows: Any) -> Any:
    """Of these the ones that were declared, or declined with a reason."""
    when = {"at__gte": question.period.start, "at__lt": question.period.end}
    return rows.filter(Exists(MajorProposal.objects.filter(incident=OuterRef("pk"), decided_at__isnull=False, **when)))


def urgent(question: Question) -> Any:
    """Incidents of priority 1 or 2 opened in the month."""
    return incidents.opened(question).filter(priority__lte=2)


def gap_hours(tenant: Tenant | None) -> int:
    """For how many hours an urgent incident may be quiet: the setting `indicator_urgent_gap_hours`."""
    assert tenant is not None
    return int((tenant.settings or {}).get("indicator_urgent_gap_hours", GAP_HOURS))


def left_without_a_note(question: Question, rows: Any) -> Any:
    """Of these the ones on which nobody wrote for longer than the hours that are set while they were open, from opening to the end or now."""
    limit, now = timedelta(hours=gap_hours(question.person.tenant)), question.asked_at
    said = Comment.objects.filter(card=OuterRef("pk"))
    next_said = Comment.objects.filter(card=OuterRef("card"), at__gt=OuterRef("at"), at__lte=OuterRef("at") + limit)
    quiet_after = said.filter(~Exists(next_said), at__lt=now - limit).filter(at__lt=OuterRef("over_at") - limit)
    rows = rows.annotate(over_at=Coalesce("resolved_at", "closed_at", Value(now, output_field=DateTimeField())))
    from_opening = Q(opened_at__lt=now - limit) & Q(over_at__gt=F("opened_at") + limit) & ~Exists(said.filter(at__lte=OuterRef("opened_at") + limit))
    return rows.filter(from_opening | Exists(quiet_after))
