"""`/risks/criteria/`: the criteria in force in words, and a sandbox that shows what other criteria would change before they are kept as a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.ui.context import DeclaredView, address_of, capital
from plimsoll.planning.risks.fields import sentence
from plimsoll.planning.risks.models import Risk, RiskCriteria
from plimsoll.planning.risks.queries import accepting, criteria_in_force, scale_of
from plimsoll.planning.risks.record import CRITERIA, SCALE
from plimsoll.planning.risks.rules import ENDED
from plimsoll.planning.risks.scale import Scale, faults_of, read_scale

STARTER: dict[str, Any] = {
    "method": "multiply",
    "size": 5,
    "likelihood_words": "Rare: in 20 years\nUnlikely: in 5 years\nPossible: yearly\nLikely: monthly\nAlmost certain: weekly",
    "impact_words": "Slight: one person\nMinor: one team\nSerious: one service\nSevere: one customer\nGrave: all customers",
    "classes": "Low: 1–4\nMedium: 5–9\nHigh: 10–15, must be treated\nSevere: 16–25, must be treated",
    "matrix": "",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a risk would be by other criteria."""

    risk: Risk
    before: str
    after: str
    is_lost: bool  # it lies beyond the other scale, and would have to be assessed again
    newly_must: bool


class ScaleForm(forms.Form):
    """The scale of criteria as texts, with the house's own labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SCALE:
            field = CRITERIA.model_field(name)
            made: Any = field.formfield()
            made.label = capital(str(field.verbose_name))
            made.required = name != "matrix"
            if isinstance(made.widget, forms.Textarea):
                made.widget.attrs["rows"] = 5
            self.fields[name] = made

    def scale(self) -> Scale:
        said = self.cleaned_data
        return read_scale(said["method"], int(said["size"]), said["likelihood_words"], said["impact_words"], said["classes"], said["matrix"])


def changes_by(scale: Scale, now: Scale | None, risks: Sequence[Risk]) -> list[Change]:
    """Every risk whose level or class would be another; those that would come under the duty to treat first."""
    found = []
    for risk in risks:
        likelihood, impact = (risk.residual_likelihood, risk.residual_impact) if risk.residual_level is not None else (risk.likelihood, risk.impact)
        before, after = risk.now_level, scale.level(likelihood, impact)
        old, new = now.band(before) if now else None, scale.band(after)
        words = [f"{level} {band.name}" if band else str(level) if level is not None else "" for level, band in ((before, old), (after, new))]
        if words[0] != words[1]:
            is_lost = after is None and likelihood is not None
            found.append(Change(risk, words[0], words[1], is_lost, bool(new and new.must_treat and not (old and old.must_treat))))
    return sorted(found, key=lambda change: (not change.newly_must, not change.is_lost, change.risk.number))


class CriteriaPage(DeclaredView):
    """The criteria in force, and the sandbox. Trying writes nothing; keeping opens a draft."""

    record_type = CRITERIA

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "riskcriteria:read")
        return self._show(ScaleForm(initial=self._begin()))

    def post(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "riskcriteria:read")
        form = ScaleForm(request.POST)
        if request.POST.get("act") != "keep":
            return self._show(form, *self._tried(form))
        check(self.person, "riskcriteria:open")
        if form.is_valid():
            try:
                title = _("Risk criteria, %(method)s, %(size)s by %(size)s") % {
                    "method": str(dict(RiskCriteria.METHODS)[form.cleaned_data["method"]]).lower(),
                    "size": form.cleaned_data["size"],
                }
                made = open_record(CRITERIA, by=self.person, channel="page", title=title, **form.cleaned_data)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("It is kept as a draft. Propose it, and top management decides."))
                return HttpResponseRedirect(address_of(made, CRITERIA))
        return self._show(form, status=422)

    def _begin(self) -> dict[str, Any]:
        criteria = criteria_in_force(self.person.tenant_id or 0)
        return {name: getattr(criteria, name) for name in SCALE} if criteria else STARTER

    def _tried(self, form: ScaleForm) -> tuple[Scale | None, list[Change] | None]:
        if not form.is_valid():
            return None, None
        scale = form.scale()
        if faults := faults_of(scale):
            for name, said in faults:
                form.add_error(name, said)
            return None, None
        rows: Any = Risk.objects.visible_to(self.person)
        risks = list(rows.filter(sign="risk").exclude(state__in=ENDED).order_by("number"))
        return scale, changes_by(scale, scale_of(criteria_in_force(self.person.tenant_id or 0)), risks)

    def _show(self, form: ScaleForm, tried: Scale | None = None, changes: list[Change] | None = None, status: int = 0) -> HttpResponse:
        criteria = criteria_in_force(self.person.tenant_id or 0)
        scale = scale_of(criteria)
        assert self.person.tenant is not None
        who = accepting(self.person.tenant, scale) if scale else {}
        return self.show(
            "risks/criteria.html",
            {
                "criteria": criteria,
                "sentence": sentence(scale) if scale else "",
                "bands": [(band, ", ".join(who[band.name])) for band in scale.bands] if scale else [],
                "form": form,
                "tried": tried,
                "tried_sentence": sentence(tried) if tried else "",
                "changes": changes,
                "may_keep": self.may_open(),
                "crumbs": [(_("Risks"), "/risks/map/"), (_("Criteria"), "")],
            },
            status or (422 if form.is_bound and form.errors else 200),
        )


class ChangedPage(DeclaredView):
    """`/riskcriteria/{number}/changed/`: which risks came to another level when these criteria were put in force."""

    record_type = CRITERIA

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        criteria = self.found(number)
        assert isinstance(criteria, RiskCriteria)
        visible: Any = Risk.objects.visible_to(self.person)
        rows = criteria.recomputed.filter(risk__in=visible.order_by().values("pk")).select_related("risk").order_by("risk__number")
        return self.show(
            "risks/changed.html",
            {
                "record": criteria,
                "base": address_of(criteria, CRITERIA),
                "rows": [(row.risk, _told(row.before), _told(row.after)) for row in rows],
                "crumbs": self.record_crumbs(criteria, (_("Before and after"), "")),
            },
        )


def _told(levels: dict[str, Any]) -> str:
    """A level before treatment, and what is left, in words."""
    words = [
        f"{levels.get(level)} {levels.get(name) or ''}".strip()
        for level, name in (("level", "level_class"), ("residual_level", "residual_class"))
        if levels.get(level) is not None
    ]
    return ", ".join(words)
