"""Settings of indicators: what each is held against, and the numbers that their rules use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.evaluation.measurements.operations import keep_target
from plimsoll.evaluation.measurements.queries import freeze_days, targets
from plimsoll.evaluation.measurements.words import said
from plimsoll.kernel.access.queries import may_everywhere
from plimsoll.kernel.figures.definitions import KEEP, Indicator, UnknownIndicator, indicator_named, indicators
from plimsoll.kernel.identity.models import Team
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.ui.numbers import NumberField
from plimsoll.resolution.incidents.counting import Limits
from plimsoll.resolution.majors.counting import gap_hours
from plimsoll.site.desk.people_common import WordView, carry
from plimsoll.site.desk.settings_common import CHANNEL, Section, settings_form, table_page, tenant_of

# What people type for one of the indicator's own unit.
SCALE = {"share": (100, gettext_lazy("in per cent")), "seconds": (1 / 3600, gettext_lazy("in hours"))}
BACK = "/settings/indicators/"


class TargetsPage(WordView):
    """`/settings/indicators/`."""

    word = KEEP

    def get(self, request: HttpRequest) -> HttpResponse:
        held = targets(tenant_of(self.person))

        def cell(indicator: Indicator, name: str) -> tuple[str, str]:
            value = getattr(held.get(indicator.key), name, None)
            return (said(indicator, value) if value is not None else _("none")), ""

        rows = [[(i.title, f"{BACK}{i.key}/"), cell(i, "aim"), cell(i, "line"), (_BETTER[i.better], "")] for i in indicators()]
        acts = [(_("Numbers in the rules"), f"{BACK}rules/", False)] if may_everywhere(self.person, "settings:change") else []
        return table_page(
            request,
            _("Indicators"),
            [Section([_("Indicator"), _("Target"), _("Line"), _("Better is")], rows)],
            intro=_(
                "The target is what you aim at; the line is what a figure must not pass. Charts draw both, and a figure beyond its line says so."
            ),
            acts=acts,
        )


_BETTER = {"up": gettext_lazy("more"), "down": gettext_lazy("less"), "neither": gettext_lazy("neither")}


class TargetForm(forms.Form):
    """Target and line of one indicator, in the unit that people read."""

    aim = NumberField(label=gettext_lazy("Target"), required=False, min_value=0)
    line = NumberField(label=gettext_lazy("Line"), required=False, min_value=0)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = str(SCALE[indicator.unit][1]) if indicator.unit in SCALE else _("a number")


class TargetPage(WordView):
    """`/settings/indicators/<key>/`."""

    word = KEEP

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        indicator = self._indicator(key)
        kept = targets(tenant_of(self.person)).get(key)
        scale = SCALE.get(indicator.unit, (1, ""))[0]
        values = {name: getattr(kept, name, None) for name in ("aim", "line")}
        initial = {name: None if value is None else round(value * scale, 4) for name, value in values.items()}
        return self._page(request, indicator, TargetForm(indicator=indicator, initial=initial))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        indicator = self._indicator(key)
        form = TargetForm(request.POST, indicator=indicator)
        if form.is_valid():
            scale = SCALE.get(indicator.unit, (1, ""))[0]
            given = {name: None if (value := form.cleaned_data[name]) is None else round(float(value) / scale, 9) for name in ("aim", "line")}
            try:
                keep_target(indicator, aim=given["aim"], line=given["line"], by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("“%(title)s” is held against that from now on.") % {"title": indicator.title})
                return HttpResponseRedirect(BACK)
        return self._page(request, indicator, form)

    @staticmethod
    def _indicator(key: str) -> Indicator:
        try:
            return indicator_named(key)
        except UnknownIndicator:
            raise Http404 from None

    def _page(self, request: HttpRequest, indicator: Indicator, form: forms.Form) -> HttpResponse:
        return settings_form(
            request,
            form,
            title=str(indicator.title),
            button=_("Save"),
            back=BACK,
            intro=f"{indicator.rule} {_('Better is')}: {_BETTER[indicator.better]}.",
            more=[(_("Indicators"), BACK)],
        )


class RulesForm(forms.Form):
    """The numbers that rules of indicators use."""

    first_contact_minutes = forms.IntegerField(label=gettext_lazy("Resolved at first contact: within so many minutes"), min_value=1, max_value=1440)
    reopen_days = forms.IntegerField(label=gettext_lazy("Reopened: within so many days"), min_value=1, max_value=365)
    unassigned_hours = forms.IntegerField(label=gettext_lazy("Left with nobody: longer than so many hours"), min_value=1, max_value=720)
    urgent_gap_hours = forms.IntegerField(label=gettext_lazy("Urgent, and quiet for too long: longer than so many hours"), min_value=1, max_value=720)
    freeze_days = forms.IntegerField(
        label=gettext_lazy("A month is frozen so many days after its end"),
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("Later than the days of reopening, else some reopenings come too late to be counted."),
    )
    first_level_teams = forms.MultipleChoiceField(label=gettext_lazy("First-level teams"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_level_teams"].choices = teams  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"freeze_days", "reopen_days"} <= found.keys() and found["freeze_days"] <= found["reopen_days"]:
            self.add_error("freeze_days", _("Freeze later than the %(n)d days within which reopening counts.") % {"n": found["reopen_days"]})
        return found


class RulesPage(WordView):
    """`/settings/indicators/rules/`."""

    word = "settings:change"

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        limits = Limits.of(tenant)
        initial = {name: getattr(limits, name) for name in ("first_contact_minutes", "reopen_days", "unassigned_hours")}
        initial |= {"urgent_gap_hours": gap_hours(tenant), "freeze_days": freeze_days(tenant)}
        initial |= {"first_level_teams": [str(pk) for pk in limits.first_level_teams]}
        return self._page(request, RulesForm(initial=initial, teams=self._teams()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RulesForm(request.POST, teams=self._teams())
        if form.is_valid():
            given = {**form.cleaned_data, "first_level_teams": sorted(map(int, form.cleaned_data["first_level_teams"]))}
            for name, value in given.items():
                keep_setting(tenant_of(self.person), f"indicator_{name}", value, by=self.person, channel=CHANNEL)
            messages.success(request, _("The numbers are kept. Months that are frozen stay as they are."))
            return HttpResponseRedirect(BACK)
        return self._page(request, form)

    def _teams(self) -> list[tuple[str, str]]:
        rows = Team.objects.filter(tenant=tenant_of(self.person), is_active=True).order_by("name")
        return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        return settings_form(request, form, title=_("Numbers in the rules"), button=_("Save"), back=BACK, more=[(_("Indicators"), BACK)])
