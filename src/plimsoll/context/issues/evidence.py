"""What issues of the context prove (4.1)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.issues.queries import due_on, is_decided
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, Shortfall, counted, evidence, judged
from plimsoll.kernel.records.sources import day_words, source_of


@evidence(
    "issues_determined",
    population=gettext_lazy("the two spheres, inside and outside"),
    counts=gettext_lazy("spheres of which at least one current issue is known"),
    kinds=("contextissue",),
    href="/contextissues/",
)
def issues_determined(inquiry: Inquiry) -> Answer:
    """4.1-a: there is a current issue of each sphere; every issue has an effect, as its kind asks for one."""
    rows = list(inquiry.rows(ContextIssue).filter(is_open=True).order_by("opened_at", "pk"))
    found = []
    for name, label in ContextIssue.SPHERES:
        first = next((row for row in rows if row.sphere == name), None)
        fault = "" if first else _("There is no issue of this sphere: %(sphere)s. Enter what is known.") % {"sphere": str(label).lower()}
        found.append(_of(first, fault))
    return judged(found)


@evidence(
    "issues_current",
    population=gettext_lazy("current issues of the context"),
    counts=gettext_lazy("those whose review is not overdue"),
    kinds=("contextissue",),
    href="/contextissues/",
)
def issues_current(inquiry: Inquiry) -> Answer:
    """4.1-b: each current issue was looked at again when it was due."""
    rows = inquiry.rows(ContextIssue).filter(is_open=True)
    by_day, day = Q(review_due_date__gte=inquiry.day), inquiry.day

    def why(issue: ContextIssue) -> str:
        return _("“%(title)s” was to be reviewed by %(day)s. Review it.") % {"title": issue.title, "day": day_words(due_on(issue))}

    unplanned = [row.pk for row in rows.filter(review_due_date=None) if due_on(row) >= day]
    return counted(rows, by_day | Q(pk__in=unplanned), why=why, source=source_of)


@evidence(
    "climate_decided",
    population=gettext_lazy("the decision whether climate change is a relevant issue"),
    counts=gettext_lazy("a decision with its reason and day"),
    kinds=("contextissue",),
    href="/contextissues/?is_climate=true",
)
def climate_decided(inquiry: Inquiry) -> Answer:
    """4.1-c: one current issue about climate change says yes or no, why, and since when."""
    rows = list(inquiry.rows(ContextIssue).filter(is_open=True, is_climate=True).order_by("opened_at", "pk"))
    if (decided := next((row for row in rows if is_decided(row)), None)) is not None:
        return judged([_of(decided, "")])
    if rows:
        return judged([_of(rows[0], _("The issue about climate change lacks its decision, the reason or the day. Add them."))])
    sentence = _("Nobody decided whether climate change is relevant. Enter an issue about it, with the decision and its reason.")
    return Answer(0, 1, (Shortfall(sentence),))


def _of(issue: ContextIssue | None, fault: str) -> Judged:
    if issue is None:
        return Judged(fault)
    return Judged(fault, source_of(issue), issue.origin, issue.reviewed_at or issue.opened_at, issue.owner_id)
