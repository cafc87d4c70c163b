"""The page of a risk with its levels, its decision and its treatments; and the page on which treatments are planned, ended and judged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.permissions import Refused, may
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.kernel.ui.record_page import RecordPage
from plimsoll.kernel.ui.side import long_rows
from plimsoll.planning.risks.models import Risk, Treatment
from plimsoll.planning.risks.operations import end_treatment, judge_treatment, keep_treatment
from plimsoll.planning.risks.panels import treatment_rows
from plimsoll.planning.risks.queries import criteria_in_force, scale_of
from plimsoll.planning.risks.record import RISK
from plimsoll.planning.risks.rules import ENDED

CHANNEL = "page"


class RiskPage(RecordPage):
    """`/risks/{number}/`."""

    record_type = RISK

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        assert isinstance(record, Risk)
        criteria = criteria_in_force(record.tenant_id)
        scale = scale_of(criteria)
        band = scale.band(record.now_level) if scale else None
        context = self.context(record)
        return self.show(
            "risks/risk.html",
            {
                **context,
                "ladder": _ladder(record, scale.levels[-1], next((b.low for b in scale.bands if b.must_treat), None))
                if scale and scale.levels
                else None,
                "band": band,
                "steps": [
                    (_("Likelihood"), scale.word("likelihoods", record.likelihood), scale.word("likelihoods", record.residual_likelihood)),
                    (_("Effect"), scale.word("impacts", record.impact), scale.word("impacts", record.residual_impact)),
                ]
                if scale
                else [],
                "texts": long_rows(RISK, record, inside=True),
                "treatments": treatment_rows(record, self.person),
                "can_treat": may(self.person, "risk:amend", record) and record.state not in ENDED,
            },
        )


def _ladder(risk: Risk, highest: int, line: int | None) -> dict[str, Any] | None:
    """Where the level was, is, and from where on it must be treated, on a line of 400 points; None while there is no level."""
    if risk.level is None:
        return None

    def x(level: float) -> int:
        return round(10 + 400 * min(level, highest) / highest)

    return {
        "before": risk.level,
        "before_x": x(risk.level),
        "now": risk.residual_level,
        "now_x": x(risk.residual_level) if risk.residual_level is not None else None,
        "line": line - 1 if line else None,
        "line_x": x(line - 0.5) if line else None,
    }


class TreatmentForm(forms.Form):
    """What is done, by whom, until when; and by which record it is carried out."""

    text = forms.CharField(label=gettext_lazy("What is done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), choices=Treatment.PRIORITIES, coerce=int, initial=2)
    linked = forms.CharField(
        label=gettext_lazy("Carried out by the record"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Its number, such as AGR-3. It may follow later."),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["owner"] = ReferenceField(Person, by, is_for_work=True, label=_("Who"))
        self.order_fields(["text", "owner", "due_on", "priority", "linked"])

    def clean_linked(self) -> Any:
        text = self.cleaned_data["linked"].strip()
        if not text:
            return None
        if (found := find_by_reference(self.by, text)) is None:
            raise forms.ValidationError(_("There is no such record that you may see."))
        return found

    def clean_owner(self) -> Person | None:
        return Person.objects.filter(pk=self.cleaned_data["owner"], tenant_id=self.by.tenant_id or 0).first()


class EndForm(forms.Form):
    """When it was done; or why it is dropped."""

    on = forms.DateField(
        label=gettext_lazy("On"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Empty means today."),
    )
    reason = forms.CharField(label=gettext_lazy("Why, where it is dropped"), required=False, max_length=500)


class JudgeForm(forms.Form):
    """Whether it worked."""

    verdict = forms.ChoiceField(label=gettext_lazy("Did it work?"), choices=Treatment.VERDICTS)
    evaluation = forms.CharField(label=gettext_lazy("How that was judged"), max_length=500)
    level = forms.IntegerField(label=gettext_lazy("Level that is left"), required=False, min_value=1, max_value=9999)


class TreatmentsPage(DeclaredView):
    """`/risks/{number}/treatments/`: every treatment; plan one, change one, say that it is done or dropped, judge whether it worked."""

    record_type = RISK

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._risk(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        risk = self._risk(number)
        if not may(self.person, "risk:amend", risk):
            raise Refused(_("You may read this risk, but not change it."))
        act = request.POST.get("act", "")
        part = None
        if act != "plan":
            key = whole(request.POST.get("key", ""))
            part = Treatment.objects.filter(pk=key, risk=risk).select_related("risk", "owner", "linked").first() if key else None
            if part is None:
                raise Http404
        form = self._form(act, part, request.POST)
        if form.is_valid():
            try:
                self._do(act, risk, part, form.cleaned_data)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("It is written down."))
                return HttpResponseRedirect(address_of(risk, RISK, "treatments"))
        return self._show(risk, act, part.pk if part else 0, form)

    def _risk(self, number: int) -> Risk:
        found = self.found(number)
        assert isinstance(found, Risk)
        return found

    def _form(self, act: str, part: Treatment | None, data: Any = None) -> forms.Form:
        prefix = f"t{part.pk}" if part else "new"
        auto = f"id_{prefix}_{act}_%s"
        if act in ("plan", "change"):
            initial: dict[str, Any] = (
                {
                    "text": part.text,
                    "owner": part.owner_id,
                    "due_on": part.due_on,
                    "priority": part.priority,
                    "linked": part.linked.reference if part.linked else "",
                }
                if part
                else {"owner": None, "priority": 2}
            )
            return TreatmentForm(data, by=self.person, initial=initial, auto_id=auto)
        if act == "judge":
            initial = {"verdict": part.verdict, "evaluation": part.evaluation, "level": part.residual_level} if part else {}
            return JudgeForm(data, initial=initial, auto_id=auto)
        if act in ("finish", "drop"):
            return EndForm(data, auto_id=auto)
        raise Http404

    def _do(self, act: str, risk: Risk, part: Treatment | None, said: dict[str, Any]) -> None:
        if act in ("plan", "change"):
            keep_treatment(risk, treatment=part, by=self.person, channel=CHANNEL, **said)
        elif part is not None and act == "judge":
            judge_treatment(part, by=self.person, channel=CHANNEL, **said)
        elif part is not None:
            end_treatment(part, is_done=act == "finish", on=said["on"], reason=said["reason"], by=self.person, channel=CHANNEL)

    def _show(self, risk: Risk, act: str = "", key: int = 0, form: forms.Form | None = None) -> HttpResponse:
        can = may(self.person, "risk:amend", risk)
        rows = []
        for row in treatment_rows(risk, self.person):
            part = row["part"]
            acts = {"open": ("change", "finish", "drop"), "done": ("judge",)}.get(part.state, ()) if can else ()
            forms_of = [(name, form if form is not None and part.pk == key and name == act else self._form(name, part)) for name in acts]
            rows.append({**row, "acts": forms_of, "opened": act if part.pk == key else ""})
        new = form if act == "plan" else self._form("plan", None)
        return self.show(
            "risks/treatments.html",
            {
                "record": risk,
                "base": address_of(risk, RISK),
                "rows": rows,
                "form": new if can and risk.state not in ENDED else None,
                "crumbs": self.record_crumbs(risk, (_("Treatments"), "")),
            },
            422 if form is not None else 200,
        )
