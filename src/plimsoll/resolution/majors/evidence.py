"""What major incidents prove (8.6.1-f to 8.6.1-j): criteria, declarations, who was told, who led, what was learnt."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, Shortfall, counted, evidence, judged
from plimsoll.kernel.records.sources import source_of
from plimsoll.resolution.majors.models import KeptCriterion, MajorIncident, MajorLateness, MajorProposal, MajorReview, ReviewDecision, ToldTop

CALLED_OFF = ("withdrawn",)


def _majors(inquiry: Inquiry) -> QuerySet[Any]:
    return inquiry.rows(MajorIncident).filter(opened_at__gte=inquiry.start, opened_at__lt=inquiry.at).exclude(state__in=CALLED_OFF)


@evidence(
    "major_criteria_set",
    population=gettext_lazy("the criteria by which an incident is a major one"),
    counts=gettext_lazy("at least one that is in force"),
    kinds=("majorincident",),
    href="/settings/majors/",
)
def major_criteria_set(inquiry: Inquiry) -> Answer:
    """8.6.1-f: criteria are data that the program asks of every incident. Those that every organisation starts with are nobody's decision, so
    they are asked and prove nothing."""
    rows = KeptCriterion.objects.filter(tenant=inquiry.tenant, is_active=True)
    if any(row.conditions for row in rows):
        return judged([Judged("")])
    return Answer(
        0,
        1,
        (Shortfall(_("Nobody here decided which incidents are major: only what every organisation starts with is asked. Keep it, or change it.")),),
    )


@evidence(
    "majors_by_procedure",
    population=gettext_lazy("incidents that met a criterion in the period"),
    counts=gettext_lazy("those that were declared major, or not with a reason"),
    kinds=("incident", "majorincident"),
    href="/majors/",
)
def majors_by_procedure(inquiry: Inquiry) -> Answer:
    """8.6.1-g: of each that met a criterion somebody decided; what is decided against says why; of what was declared every step was ticked."""
    gone = inquiry.gone("majorincident", "incident")
    rows = MajorProposal.objects.filter(incident__tenant=inquiry.tenant, at__gte=inquiry.start, at__lt=inquiry.at).select_related("incident", "major")
    found = []
    for row in rows.order_by("at", "pk"):
        if {row.incident_id, row.major_id} & gone:
            continue
        said = {"ref": row.incident.reference, "what": row.criterion}
        fault = ""
        if row.decided_at is None:
            fault = _("%(ref)s meets “%(what)s”, and nobody decided whether it is a major incident.") % said
        elif row.major_id is None and not row.reason.strip():
            fault = _("%(ref)s met “%(what)s” and was no major incident, without a reason.") % said
        found.append(Judged(fault, source_of(row.incident), row.incident.origin, row.at, row.incident.owner_id))
    return judged(found)


@evidence(
    "majors_told_to_top",
    population=gettext_lazy("major incidents of the period"),
    counts=gettext_lazy("those of which top management was told, and no update was late"),
    kinds=("majorincident",),
    href="/majors/",
)
def majors_told_to_top(inquiry: Inquiry) -> Answer:
    """8.6.1-h: somebody of top management was told, and none of its clocks ran over."""
    told = Exists(ToldTop.objects.filter(major=OuterRef("pk")))
    late = Exists(MajorLateness.objects.filter(major=OuterRef("pk")))

    def why(major: MajorIncident) -> str:
        if not major.told.exists():
            return _("Nobody of top management was told of %(ref)s.") % {"ref": major.reference}
        return _("An update or a notice of %(ref)s was late.") % {"ref": major.reference}

    rows = _majors(inquiry)
    return counted(rows, Q(pk__in=rows.filter(told & ~late).values("pk")), why=why, source=source_of)


@evidence(
    "majors_have_manager",
    population=gettext_lazy("major incidents of the period"),
    counts=gettext_lazy("those with a manager"),
    kinds=("majorincident",),
    href="/majors/",
)
def majors_have_manager(inquiry: Inquiry) -> Answer:
    """8.6.1-i: each has somebody who answers for it."""
    there = Q(owner__isnull=False) & ~Q(owner__in=inquiry.gone("person"))

    def why(major: MajorIncident) -> str:
        return _("Nobody manages %(ref)s. Name a manager.") % {"ref": major.reference}

    rows = _majors(inquiry)
    return counted(rows, Q(pk__in=rows.filter(there).values("pk")), why=why, source=source_of)


@evidence(
    "majors_reviewed",
    population=gettext_lazy("major incidents that were restored in the period and whose review was due"),
    counts=gettext_lazy("those with a review that is done, was in time and decided something"),
    kinds=("majorincident", "majorreview"),
    href="/majorreviews/",
)
def majors_reviewed(inquiry: Inquiry) -> Answer:
    """8.6.1-j: a review that is still within its time is not looked at yet; one without a decision never counts."""
    reviews = inquiry.rows(MajorReview)
    done = Exists(
        reviews.filter(Exists(ReviewDecision.objects.filter(review=OuterRef("pk"))), major=OuterRef("pk"), done_at__isnull=False)
        .filter(Q(due_at=None) | Q(done_at__lte=F("due_at")))
        .values("pk")
    )
    running = Exists(reviews.filter(major=OuterRef("pk"), done_at=None, due_at__gt=inquiry.at))
    restored = inquiry.rows(MajorIncident).filter(restored_at__gte=inquiry.start, restored_at__lt=inquiry.at).exclude(state__in=CALLED_OFF)
    rows = restored.exclude(pk__in=restored.filter(running & ~done).values("pk"))

    def why(major: MajorIncident) -> str:
        return _("%(ref)s has no review that was done in time and decided something.") % {"ref": major.reference}

    return counted(rows, Q(pk__in=rows.filter(done).values("pk")), why=why, source=source_of, aged="restored_at")
