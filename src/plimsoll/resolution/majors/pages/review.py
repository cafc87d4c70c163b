"""The decisions of a review, and its report: as it would be now, and every version that was frozen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.kernel.ui.templatetags._dates import duration
from plimsoll.resolution.majors.models import MajorReview, ReviewDecision, ReviewReport
from plimsoll.resolution.majors.record import REVIEW
from plimsoll.resolution.majors.reporting import content_of, without_the_lead
from plimsoll.resolution.majors.reviewing import decide, is_sound
from plimsoll.resolution.majors.rules import STANDING

CHANNEL = "page"


class DecisionForm(forms.Form):
    """One decision."""

    kind = forms.ChoiceField(label=gettext_lazy("What is decided"), choices=ReviewDecision.KINDS)
    text = forms.CharField(label=gettext_lazy("What, and why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = ReferenceField(Person, by, label=_("Who sees to it"), required=False)
        self.order_fields(["kind", "text", "owner", "due_on"])


class ReviewPage(DeclaredView):
    """Shared: the review."""

    record_type = REVIEW

    def review(self, number: int) -> MajorReview:
        found = self.found(number)
        assert isinstance(found, MajorReview)
        return found


class DecisionsPage(ReviewPage):
    """`…/decisions/`: what was decided, and entering more while the review is under way."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.review(number), DecisionForm(by=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        review = self.review(number)
        form = DecisionForm(request.POST, by=self.person)
        if form.is_valid():
            said = form.cleaned_data
            owner = Person.objects.filter(pk=said["owner"], tenant_id=self.person.tenant_id or 0).first() if said["owner"] else None
            try:
                decide(review, kind=said["kind"], text=said["text"], owner=owner, due_on=said["due_on"], by=self.person, channel=CHANNEL)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("The decision is entered."))
                return HttpResponseRedirect(address_of(review, REVIEW, "decisions"))
        return self._show(review, form, 422)

    def _show(self, review: MajorReview, form: DecisionForm, status: int = 200) -> HttpResponse:
        can_decide = may(self.person, "majorreview:amend", review) and review.state in STANDING
        return self.show(
            "majors/decisions.html",
            {
                "record": review,
                "base": address_of(review, REVIEW),
                "decisions": list(review.decisions.select_related("owner")),
                "form": form if can_decide else None,
                "crumbs": self.record_crumbs(review, (_("Decisions"), "")),
            },
            status,
        )


FIGURES = (
    ("to_declare", gettext_lazy("From the first symptom to declaring"), gettext_lazy("first symptom and opening of the record")),
    ("to_assign", gettext_lazy("From declaring to a manager"), gettext_lazy("the trail: who had it when")),
    ("to_inform", gettext_lazy("From declaring to telling top management"), gettext_lazy("notices and what was written down")),
    ("to_restore", gettext_lazy("From the first symptom to the restored service"), gettext_lazy("the move “Service restored”")),
)


class ReportPage(ReviewPage):
    """`…/report/` and `…/report/{version}/`: the newest version, or one that is named; before there is any, what it would say now."""

    def get(self, request: HttpRequest, number: int, version: int = 0) -> HttpResponse:
        review = self.review(number)
        if not is_inside(self.person, review):
            raise Refused(_("Reports are for the provider's own people."))
        versions = list(ReviewReport.objects.filter(review=review).select_related("made_by").order_by("-number"))
        report = next((r for r in versions if r.number == version or not version), None)
        if version and report is None:
            raise Http404
        lead = review.major.lead
        is_lead_seen = may(self.person, "incident:read", lead) and is_inside(self.person, lead)
        content = without_the_lead(report.content if report is not None else content_of(review, now()), is_seen=is_lead_seen)
        figures = content["figures"]
        return self.show(
            "majors/report.html",
            {
                "record": review,
                "base": address_of(review, REVIEW),
                "report": report,
                "versions": versions,
                "is_sound": report is None or is_sound(report),
                "major": {**content["major"], **{n: parse_datetime(content["major"][n] or "") for n in ("began_at", "declared_at", "restored_at")}},
                "informed": [(name, parse_datetime(at)) for name, at in content["major"]["informed"]],
                "figures": [
                    (label, duration(timedelta(seconds=figures[key])) or "0 min" if figures[key] is not None else _("did not happen"), source)
                    for key, label, source in FIGURES
                ]
                + [
                    (_("Updates on time"), f"{figures['updates_on_time']} / {figures['updates']}", _("updates, each against when it was due")),
                    (_("Updates to customers"), str(figures["updates_to_customers"]), _("updates")),
                    (_("Steps of the procedure ticked"), f"{figures['steps_done']} / {figures['steps']}", _("the procedure as it was at declaring")),
                ],
                "steps": [(text, parse_datetime(at) if at else None, who) for text, at, who in content["steps"]],
                "timeline": [{**line, "at": parse_datetime(line["at"])} for line in content["timeline"]],
                "found": [
                    (str(review._meta.get_field(name).verbose_name), text)  # type: ignore[union-attr]
                    for name, text in content["review"].items()
                    if text
                ],
                "decisions": [
                    {**d, "kind": dict(ReviewDecision.KINDS).get(d["kind"], d["kind"]), "due_on": parse_date(d["due_on"])}
                    for d in content["decisions"]
                ],
                "crumbs": self.record_crumbs(review, (_("Report"), "")),
            },
        )
