"""Orders that are placed again and again: the list of them, keeping one, letting it rest, ending it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.resolution.requests.models import Occurrence, Recurrence, RequestModel
from plimsoll.resolution.requests.pages.editing import ModelPage
from plimsoll.resolution.requests.pages.forms import OrderForm
from plimsoll.resolution.requests.pages.ordering import CHANNEL
from plimsoll.resolution.requests.queries import form_of, today_of, version_in_force
from plimsoll.resolution.requests.recurring import end_recurrence, keep_recurrence, pause_recurrence

MOST = 200


class RecurrencesPage(SignedInView):
    """`/requestmodels/recurring/`: every order that recurs, when next, and what stands in its way."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "requestmodel:amend")
        rows = self._rows().select_related("request_model", "requester")
        shown = list(rows.order_by(F("ended_at").asc(nulls_first=True), "next_on", "pk")[:MOST])
        newest = Occurrence.objects.filter(recurrence=OuterRef("recurrence")).order_by("-due_on").values("pk")[:1]
        occurrences = Occurrence.objects.filter(recurrence__in=shown, pk=Subquery(newest)).select_related("request")
        last = {o.recurrence_id: o for o in occurrences}
        context = {
            "rows": [(row, last.get(row.pk)) for row in shown],
            "crumbs": [(_("Request models"), "/requestmodels/"), (_("Recurring orders"), "")],
        }
        return render(request, "requests/recurrences.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "requestmodel:amend")
        key = whole(request.POST.get("row", ""))
        row = self._rows().select_related("request_model").filter(pk=key or 0).first()
        if row is None:
            raise Http404
        act = request.POST.get("act")
        if act == "end":
            end_recurrence(row, by=self.person, channel=CHANNEL)
        elif act in ("pause", "resume"):
            pause_recurrence(row, is_paused=act == "pause", by=self.person, channel=CHANNEL)
        return HttpResponseRedirect(request.path)

    def _rows(self) -> Any:
        """Those of the models that this person sees, as their own page shows them."""
        models: Any = RequestModel.objects.visible_to(self.person)
        return Recurrence.objects.filter(tenant=self.person.tenant, request_model__in=models.values("pk"))


class RhythmForm(OrderForm):
    """The answers, for whom, and how often."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, is_inside=True, has_note=False, **kwargs)
        tenant = kwargs["person"].tenant
        assert tenant is not None
        self.today = today_of(tenant)
        self.fields["every"] = forms.ChoiceField(label=_("How often"), choices=list(Recurrence.RHYTHMS))
        self.fields["starts_on"] = forms.DateField(
            label=_("First on"), initial=self.today.isoformat(), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        )

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError(_("It starts today or later."))
        return day


class RecurrencePage(ModelPage):
    """`…/recurring/`: have this thing ordered again and again."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        return self._show(model, self._form(model))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        form = self._form(model, request.POST)
        if form.is_valid():
            data = form.cleaned_data
            rows = Person.objects.select_related("tenant", "organization").filter(tenant=self.person.tenant, is_active=True)
            asker = rows.filter(pk=data.get("requester") or self.person.pk).first()
            if asker is None:
                raise Http404
            try:
                keep_recurrence(
                    model, form.answers(), requester=asker, every=data["every"], starts_on=data["starts_on"], by=self.person, channel=CHANNEL
                )
            except Faulty as error:
                form.faulty(error.faults)
            else:
                messages.success(request, _("It is ordered from then on by itself."))
                return HttpResponseRedirect("/requestmodels/recurring/")
        return self._show(model, form)

    def _form(self, model: RequestModel, *args: Any) -> RhythmForm:
        version = version_in_force(model)
        if version is None:
            raise Http404
        return RhythmForm(*args, plan=form_of(version), person=self.person)

    def _show(self, model: RequestModel, form: RhythmForm) -> HttpResponse:
        title = _("Order “%(title)s” again and again") % {"title": model.title}
        return self.show(
            "requests/recurring.html",
            {
                "form": form,
                "title": title,
                "save": _("Keep it"),
                "back": f"/requestmodels/{model.number}/",
                "crumbs": self.record_crumbs(model, (_("Recurring"), "")),
            },
            422 if form.errors else 200,
        )
