"""What documents can claim of major incidents: that top management is told in time, and that each is reviewed."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.records.sources import source_of
from plimsoll.resolution.majors.models import MajorIncident, MajorReview, ToldTop

WITHDRAWN = "withdrawn"


def told(over: Over) -> Verdict:
    """Two queries."""
    rows = list(
        MajorIncident.objects.filter(tenant=over.tenant, opened_at__gte=over.since, opened_at__lt=over.at).exclude(state=WITHDRAWN).order_by("number")
    )
    first = dict(
        ToldTop.objects.filter(major__in=[m.pk for m in rows]).order_by().values("major").annotate(first=Min("at")).values_list("major", "first")
    )
    within = timedelta(minutes=over.number("minutes"))
    counted, wrong = [], []
    for major in rows:
        at = first.get(major.pk)
        if at is None and over.at - major.opened_at <= within:
            continue  # there is still time
        counted.append(major.pk)
        if at is None:
            wrong.append(Offender(source_of(major), _("top management was not told")))
        elif at - major.opened_at > within:
            minutes = (at - major.opened_at) // timedelta(minutes=1)
            wrong.append(Offender(source_of(major), _("top management was told after %(minutes)d minutes") % {"minutes": minutes}))
    return Verdict(tuple(counted), tuple(wrong))


def reviewed(over: Over) -> Verdict:
    """Two queries."""
    rows = list(
        MajorIncident.objects.filter(tenant=over.tenant, restored_at__gte=over.since, restored_at__lt=over.at)
        .exclude(state=WITHDRAWN)
        .order_by("number")
    )
    done: dict[int, timedelta] = {}
    within = timedelta(days=over.number("days"))
    restored = {m.pk: m.restored_at for m in rows}
    for key, at in MajorReview.objects.filter(major__in=restored).exclude(done_at=None).values_list("major_id", "done_at"):
        since = restored[key]
        if at is not None and since is not None:
            done[key] = min(done.get(key, at - since), at - since)
    counted, wrong = [], []
    for major in rows:
        assert major.restored_at is not None
        if major.pk not in done and over.at - major.restored_at <= within:
            continue
        counted.append(major.pk)
        if major.pk not in done:
            wrong.append(Offender(source_of(major), _("not reviewed")))
        elif done[major.pk] > within:
            wrong.append(Offender(source_of(major), _("reviewed after %(days)d days") % {"days": done[major.pk].days}))
    return Verdict(tuple(counted), tuple(wrong))


declare_claim(
    Claim(
        "majors.told",
        gettext_lazy("Top management is told of each major incident in time"),
        gettext_lazy(
            "Counts the major incidents declared in the period, without those withdrawn and those whose time still runs. Contradicted by each of "
            "which top management was told later than so many minutes after it was declared, or never."
        ),
        ("majorincident",),
        told,
        (Parameter("minutes", gettext_lazy("minutes from declaring to telling"), 1, 10_000),),
        ids=("8.6.1", "K-14"),
    )
)
declare_claim(
    Claim(
        "majors.reviewed",
        gettext_lazy("Each major incident is reviewed in time"),
        gettext_lazy(
            "Counts the major incidents whose service was restored in the period, without those withdrawn and those whose time still runs. "
            "Contradicted by each whose review was done later than so many days after that, or was not done."
        ),
        ("majorincident", "majorreview"),
        reviewed,
        (Parameter("days", gettext_lazy("days from restoring to the end of the review"), 1, 365),),
        ids=("8.6.1",),
    )
)
