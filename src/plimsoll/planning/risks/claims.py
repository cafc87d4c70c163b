"""What documents can claim of risks: by whom they are accepted, and that they are looked at in time."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.models import RoleVersion
from plimsoll.planning.risks.queries import current
from plimsoll.planning.risks.rules import BEFORE_DECISION


def accepted_by(over: Over) -> Verdict:
    """Two queries."""
    above = over.number("above")
    rows = current(over.tenant).exclude(accepted_at=None).filter(accepted_at__lte=over.at).order_by("number")
    counted = [risk for risk in rows if (risk.now_level or 0) > above]
    titles = set(RoleVersion.objects.filter(role__tenant=over.tenant, role__code=over.word("role")).values_list("title", flat=True))
    said = _("level %(level)d, accepted as %(role)s")
    wrong = [
        Offender(source_of(r), said % {"level": r.now_level or 0, "role": r.accepted_as or _("nothing that is known")})
        for r in counted
        if r.accepted_as not in titles
    ]
    return Verdict(tuple(r.pk for r in counted), tuple(wrong))


def reviewed(over: Over) -> Verdict:
    """One query."""
    today = day_of(over.tenant, over.at)
    rows = list(current(over.tenant).exclude(state__in=BEFORE_DECISION).order_by("number"))
    late = [
        Offender(source_of(r), _("was to be looked at on %(day)s") % {"day": day_words(r.review_on)} if r.review_on else _("has no day of review"))
        for r in rows
        if r.review_on is None or r.review_on < today
    ]
    return Verdict(tuple(r.pk for r in rows), tuple(late))


declare_claim(
    Claim(
        "risks.accepted_by",
        gettext_lazy("Risks above a level are accepted by one role only"),
        gettext_lazy(
            "Counts the risks that are neither closed nor found to be none, that are accepted, and whose level (after treatment, where that is "
            "judged) is above the number. Contradicted by each that was accepted in another role."
        ),
        ("risk", "role"),
        accepted_by,
        (
            Parameter("above", gettext_lazy("above which level"), 1, 100),
            Parameter("role", gettext_lazy("code of the role that accepts"), default="top_management"),
        ),
        ids=("S-081", "6.1.2-d"),
    )
)
declare_claim(
    Claim(
        "risks.reviewed",
        gettext_lazy("Risks are looked at again on their day"),
        gettext_lazy(
            "Counts the risks on whose treatment it was decided and that are not closed. Contradicted by each without a day of its next review, "
            "or whose day has passed."
        ),
        ("risk",),
        reviewed,
        ids=("S-079", "6.1.3-a"),
    )
)
