"""What documents can claim of obligations and limitations: that each is reviewed on its day and has an owner."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.obligations.models import Limitation, Obligation
from plimsoll.kernel.figures.claims import Claim, Offender, Over, Verdict, declare_claim
from plimsoll.kernel.records.sources import day_of, day_words, source_of

Rows = list[Obligation] | list[Limitation]


def obligations_reviewed(over: Over) -> Verdict:
    """One query."""
    return _reviewed(list(Obligation.objects.filter(tenant=over.tenant, is_open=True).order_by("number")), over)


def limitations_reviewed(over: Over) -> Verdict:
    """One query."""
    return _reviewed(list(Limitation.objects.filter(tenant=over.tenant, is_open=True).order_by("number")), over)


def _reviewed(rows: Rows, over: Over) -> Verdict:
    today = day_of(over.tenant, over.at)
    wrong = []
    for row in rows:
        lacks = [] if row.owner_id is not None else [_("has no owner")]
        if row.review_on is None:
            lacks.append(_("has no day of review"))
        elif row.review_on < today:
            lacks.append(_("was to be reviewed on %(day)s") % {"day": day_words(row.review_on)})
        if lacks:
            wrong.append(Offender(source_of(row), ", ".join(lacks)))
    return Verdict(tuple(r.pk for r in rows), tuple(wrong))


declare_claim(
    Claim(
        "obligations.reviewed",
        gettext_lazy("Each obligation has an owner and is reviewed on its day"),
        gettext_lazy(
            "Counts the obligations that have not lapsed. Contradicted by each without an owner or a day of its next review, or whose day has passed."
        ),
        ("obligation",),
        obligations_reviewed,
        ids=("S-030", "6.3-e"),
    )
)
declare_claim(
    Claim(
        "limitations.reviewed",
        gettext_lazy("Each limitation has an owner and is reviewed on its day"),
        gettext_lazy("Counts the limitations that are not lifted. Contradicted by each without an owner or a day, or whose day has passed."),
        ("limitation",),
        limitations_reviewed,
        ids=("S-029", "6.3-d"),
    )
)
