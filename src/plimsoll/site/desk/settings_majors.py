"""Settings of major incidents: the criteria with a trial, the procedure and its minutes, and who is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.targets.words import priority_name
from plimsoll.kernel.ui.forms_derived import LinesField
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.keeping import WORD, keep_criterion, keep_procedure
from plimsoll.resolution.majors.models import KeptCriterion, MajorProposal
from plimsoll.resolution.majors.proposing import looked_at, matching
from plimsoll.resolution.majors.queries import (
    criteria_of,
    criterion_of,
    manager_minutes,
    minutes_between_updates,
    overseers_of,
    review_days,
    steps_of,
    top_minutes,
)
from plimsoll.resolution.majors.rules import AMOUNTS, LEVELS, MEASURES, Criterion, explain
from plimsoll.site.desk.people_common import WordView, carry
from plimsoll.site.desk.settings_common import CHANNEL, Section, kept_or_404, settings_form, table_page, tenant_of

HERE = "/settings/majors/"
TOLD = gettext_lazy("be told of each major incident at once")


def _levels(choices: Any) -> list[tuple[str, str]]:
    """At least as grave as: the gravest alone, then each with those above it."""
    rows = list(choices)
    return [("", _("not asked")), *((str(n), str(label) if n == rows[0][0] else _("%(label)s or graver") % {"label": label}) for n, label in rows)]


class CriterionForm(forms.Form):
    """A criterion: what is left empty is not asked."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("People read it on the incident."))
    needs_all = forms.ChoiceField(
        label=gettext_lazy("It is met when"),
        choices=[("all", gettext_lazy("all of these hold")), ("any", gettext_lazy("one of these holds"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    incidents = forms.IntegerField(label=gettext_lazy("Incidents that belong together, at least"), min_value=1, max_value=10_000, required=False)
    reporters = forms.IntegerField(label=gettext_lazy("People who reported it, at least"), min_value=1, max_value=10_000, required=False)
    minutes = forms.IntegerField(label=gettext_lazy("Open for minutes, at least"), min_value=1, max_value=100_000, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, choices in (
            ("criticality", _("Criticality of the service"), Service.CRITICALITIES),
            ("impact", _("Impact"), Incident.LEVELS),
            ("urgency", _("Urgency"), Incident.LEVELS),
            ("priority", _("Priority"), Incident.PRIORITIES),
        ):
            self.fields[name] = forms.TypedChoiceField(label=label, choices=_levels(choices), required=False, coerce=int, empty_value=None)
            self.fields[name].is_asked = True  # type: ignore[attr-defined]  # “not asked” is an answer
        self.order_fields(["name", "needs_all", *LEVELS, *AMOUNTS, "is_active"])

    def conditions(self) -> dict[str, int]:
        return {m: n for m in MEASURES if (n := self.cleaned_data.get(m)) is not None}


class MajorsPage(WordView):
    """`/settings/majors/`: criteria, procedure, who is told."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        kept = list(KeptCriterion.objects.filter(tenant=tenant))
        rows: list[list[tuple[Any, str]]] = [
            [
                (c.name, f"{HERE}{c.pk}/"),
                (explain(criterion_of(c)), ""),
                ("" if c.is_active else _("not in use"), ""),
                (_("Try it"), f"{HERE}{c.pk}/try/"),
            ]
            for c in kept
        ] or [
            [(c.name, f"{HERE}new/?as={n}"), (explain(c), ""), (_("as shipped"), ""), (_("Try it"), f"{HERE}0/try/?name={n}")]
            for n, c in enumerate(criteria_of(tenant))
        ]
        declined = MajorProposal.objects.filter(incident__tenant=tenant).exclude(decided_at=None)
        declared = declined.exclude(major=None).count()
        told = ", ".join(p.name for p in overseers_of(tenant)) or _("nobody")
        kept_role = Role.objects.filter(tenant=tenant, pk=(tenant.settings or {}).get("major_told_role") or 0).first()
        whose = (
            _("who hold the role “%(role)s”") % {"role": kept_role.title}
            if kept_role
            else _("whose roles have the permission “%(what)s”") % {"what": TOLD}
        )
        minutes = [(priority_name(n), minutes_between_updates(tenant, n)) for n in (1, 2)] + [(_("Others"), minutes_between_updates(tenant, None))]
        facts = [
            [(_("Updates"), ""), ("; ".join(_("%(who)s: every %(n)d min") % {"who": who, "n": n} for who, n in minutes), "")],
            [(_("A manager within"), ""), (_("%(n)d min") % {"n": manager_minutes(tenant)}, "")],
            [(_("Top management told within"), ""), (_("%(n)d min") % {"n": top_minutes(tenant)}, "")],
            [(_("Top management, told at once"), ""), (_("%(people)s (those %(whose)s)") % {"people": told, "whose": whose}, "")],
            [(_("Review within"), ""), (ngettext("%(n)d working day", "%(n)d working days", n := review_days(tenant)) % {"n": n}, "")],
            [(_("Met a criterion and declared"), ""), (str(declared), "/majors/?open=")],
            [(_("Met a criterion and declined, with the reason"), ""), (str(declined.count() - declared), "")],
        ]
        return table_page(
            request,
            _("Major incidents"),
            [
                Section([_("Criterion"), _("Met when"), _("State"), _("Test")], rows, title=_("Criteria")),
                Section([_("What"), _("Value")], facts, title=_("Procedure")),
                Section(
                    [_("Step"), _("What is done")],
                    [[(str(n), ""), (step, "")] for n, step in enumerate(steps_of(tenant), start=1)],
                    title=_("Steps of the procedure"),
                    intro=_("Each major incident that is declared gets these as its list."),
                ),
            ],
            intro=_("An incident that meets a criterion is proposed as a major one; somebody declares it, or says why it is none."),
            acts=[(_("New criterion"), f"{HERE}new/", True), (_("Change the procedure"), f"{HERE}procedure/", False)],
        )


class CriterionPage(WordView):
    """`/settings/majors/new/` and `/settings/majors/{id}/`."""

    word = WORD

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(KeptCriterion, self.person, number)
        meant = criterion_of(kept) if kept else self._shipped(request)
        initial: dict[str, Any] | None = None
        if meant is not None:
            limits = {c.measure: c.limit for c in meant.conditions}
            initial = {**limits, "name": meant.name, "needs_all": "all" if meant.needs_all else "any", "is_active": kept.is_active if kept else True}
        return self._page(request, CriterionForm(initial=initial))

    def _shipped(self, request: HttpRequest) -> Criterion | None:
        """The criterion as shipped that the address means, while the organization has none of its own."""
        tenant, place = tenant_of(self.person), request.GET.get("as", "")
        shipped = () if KeptCriterion.objects.filter(tenant=tenant).exists() else criteria_of(tenant)
        return shipped[int(place)] if place.isdecimal() and len(place) < 3 and int(place) < len(shipped) else None

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(KeptCriterion, self.person, number)
        shipped = None if kept else self._shipped(request)
        form = CriterionForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                saved = keep_criterion(
                    by=self.person,
                    channel=CHANNEL,
                    criterion=kept,
                    name=said["name"],
                    conditions=form.conditions(),
                    needs_all=said["needs_all"] == "all",
                    is_active=said["is_active"],
                    instead_of=shipped.name if shipped else "",
                )
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("“%(name)s” is kept. What is opened or changed from now on is proposed by it.") % {"name": saved.name})
                return HttpResponseRedirect(f"{HERE}{saved.pk}/try/")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        return settings_form(
            request,
            form,
            title=_("Criterion of a major incident"),
            button=_("Save and try"),
            back=HERE,
            more=[(_("Major incidents"), HERE)],
        )


class TryCriterionPage(WordView):
    """`/settings/majors/{id}/try/`: which open incidents meet it now. It changes nothing."""

    word = WORD

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        tenant = tenant_of(self.person)
        kept = kept_or_404(KeptCriterion, self.person, number)
        if kept is None:
            place = request.GET.get("name", "0")
            shipped = criteria_of(tenant)
            criterion: Criterion = shipped[int(place)] if place.isdecimal() and int(place) < len(shipped) else shipped[0]
        else:
            criterion = criterion_of(kept)
        looked, is_cut = looked_at(tenant, criterion, among=Q(pk__in=Incident.objects.visible_to(self.person).values("pk")))
        found = matching(criterion, looked)
        rows: list[list[tuple[Any, str]]] = [
            [(i.reference, f"/incidents/{i.number}/"), (i.title, ""), (i.service.title if i.service else _("no service"), "")] for i in found
        ]
        told = ngettext(
            "Of the open incidents that you may see it matches %(n)d.", "Of the open incidents that you may see it matches %(n)d.", len(found)
        ) % {"n": len(found)}
        told += " " + _("An incident that is open already is proposed when its priority, service or children change; declare it by hand before.")
        if is_cut:
            told += " " + _("Only the %(n)d most urgent of them were looked at.") % {"n": len(looked)}
        return table_page(
            request,
            _("Try “%(name)s”") % {"name": criterion.name},
            [Section([_("Number"), _("Title"), _("Service")], rows, intro=f"{explain(criterion)}. {told}", empty=_("None."))],
            acts=[(_("Change the criterion"), f"{HERE}{kept.pk}/", False)] if kept else [],
            more=[(_("Major incidents"), HERE)],
        )


class ProcedureForm(forms.Form):
    """The steps and the minutes."""

    steps = LinesField(
        label=gettext_lazy("Steps of the procedure"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("One a line. What is declared from now on gets these."),
    )
    update_1 = forms.IntegerField(label=gettext_lazy("Minutes between updates, priority Critical"), min_value=5, max_value=10_080)
    update_2 = forms.IntegerField(label=gettext_lazy("Minutes between updates, priority High"), min_value=5, max_value=10_080)
    update_other = forms.IntegerField(label=gettext_lazy("Minutes between updates, all others"), min_value=5, max_value=10_080)
    manager_minutes = forms.IntegerField(label=gettext_lazy("Minutes until it has a manager"), min_value=1, max_value=10_080)
    top_minutes = forms.IntegerField(label=gettext_lazy("Minutes until top management was told"), min_value=1, max_value=10_080)
    review_days = forms.IntegerField(label=gettext_lazy("Working days until it is reviewed"), min_value=1, max_value=90)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_role"] = forms.ModelChoiceField(
            Role.objects.filter(tenant=tenant_of(by), is_open=True).order_by("title"),
            label=_("Top management is"),
            required=False,
            empty_label=_("everybody whose role has the permission “%(what)s”") % {"what": TOLD},
            help_text=_("They are told at once when one is declared, and of each update."),
        )


class ProcedurePage(WordView):
    """`/settings/majors/procedure/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        return self._page(
            request,
            ProcedureForm(
                by=self.person,
                initial={
                    "told_role": (tenant.settings or {}).get("major_told_role"),
                    "steps": list(steps_of(tenant)),
                    "update_1": minutes_between_updates(tenant, 1),
                    "update_2": minutes_between_updates(tenant, 2),
                    "update_other": minutes_between_updates(tenant, None),
                    "manager_minutes": manager_minutes(tenant),
                    "top_minutes": top_minutes(tenant),
                    "review_days": review_days(tenant),
                },
            ),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProcedureForm(request.POST, by=self.person)
        if form.is_valid():
            said = form.cleaned_data
            try:
                keep_procedure(
                    by=self.person,
                    channel=CHANNEL,
                    steps=said["steps"],
                    update_minutes={"1": said["update_1"], "2": said["update_2"], "other": said["update_other"]},
                    top_minutes=said["top_minutes"],
                    manager_minutes=said["manager_minutes"],
                    review_days=said["review_days"],
                    told_role=said["told_role"],
                )
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("The procedure is kept."))
                return HttpResponseRedirect(HERE)
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        return settings_form(request, form, title=_("Procedure of major incidents"), button=_("Save"), back=HERE, more=[(_("Major incidents"), HERE)])
