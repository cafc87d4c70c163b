"""What obligations prove (6.3)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.obligations.models import Obligation
from plimsoll.kernel.figures.evidence import Answer, Inquiry, counted, evidence
from plimsoll.kernel.records.sources import day_words, source_of


@evidence(
    "obligations_applied",
    population=gettext_lazy("obligations in force"),
    counts=gettext_lazy("those that say how they apply, have an owner and are not past their review"),
    kinds=("obligation",),
    href="/obligations/?state=in_force",
)
def obligations_applied(inquiry: Inquiry) -> Answer:
    """6.3-e: what binds says what it means here, and somebody keeps that true."""
    gone = inquiry.gone("person")
    rows = inquiry.rows(Obligation).filter(state="in_force")
    owned = Q(owner__isnull=False) & ~Q(owner__in=gone) if gone else Q(owner__isnull=False)

    def why(obligation: Obligation) -> str:
        said = {"title": obligation.title, "day": day_words(obligation.review_on)}
        if not obligation.how_applies.strip():
            return _("“%(title)s” does not say how it applies here. Say what we do because of it.") % said
        if obligation.owner_id is None or obligation.owner_id in gone:
            return _("“%(title)s” has no owner. Name who keeps it true.") % said
        if obligation.review_on is None:
            return _("“%(title)s” has no day of its next review. Set one.") % said
        return _("“%(title)s” was to be reviewed by %(day)s. Review it.") % said

    says = ~Q(how_applies__regex=r"^\s*$")
    return counted(rows, says & owned & Q(review_on__isnull=False, review_on__gte=inquiry.day), why=why, source=source_of)
