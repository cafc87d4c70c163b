"""Reporting that something does not work: a form that asks only what it needs, with answers beside it while one types."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records import files, parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.ui.sent_files import SentFiles
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.record import INCIDENT
from plimsoll.site.portal.home import found_for
from plimsoll.site.portal.rules import says_impact
from plimsoll.site.portal.shell import CHANNEL, PortalView, may_report

MOST_SERVICES = 200


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ReportForm(forms.Form):
    """What is wrong, with which service, and how bad it is."""

    title = forms.CharField(
        label=gettext_lazy("What is wrong, in one sentence"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in one sentence what is wrong.")},
    )
    description = forms.CharField(
        label=gettext_lazy("What happened, and what have you tried"), required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=100_000
    )
    service = forms.ChoiceField(label=gettext_lazy("With which service"), required=False)
    harm = forms.ChoiceField(
        label=gettext_lazy("How bad is it"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how bad it is.")},
        choices=(
            ("stopped", gettext_lazy("Many people can't work at all")),
            ("many", gettext_lazy("It hinders several people, and can't wait")),
            ("mine", gettext_lazy("I can't work myself")),
            ("slow", gettext_lazy("It is annoying, but work goes on")),
            ("question", gettext_lazy("It can wait, or is a question")),
        ),
    )
    location = forms.CharField(label=gettext_lazy("Where are you"), required=False, max_length=150)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: Any = Service.objects.visible_to(person)
        self.services: dict[str, Service] = {str(s.pk): s for s in rows.order_by("title")[:MOST_SERVICES]}
        self.fields["service"].choices = [("", _("I don't know")), *((key, s.title) for key, s in self.services.items())]  # type: ignore[attr-defined]
        if not self.services:
            del self.fields["service"]


def attach_sent(sent: SentFiles, record: Record, person: Person) -> None:
    """Put files on a record, openly. Raises `Faulty` for one that is too large or empty."""
    for name, content in sent.read():
        parts.attach(record, name=name, content=content, is_public=True, by=person, channel=CHANNEL)


class ReportPage(PortalView):
    """`/portal/report/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self._check()
        wanted = " ".join(request.GET.get("title", "").split())[:200]
        return self._show(ReportForm(person=self.person, initial={"title": wanted}), wanted)

    def post(self, request: HttpRequest) -> HttpResponse:
        self._check()
        form = ReportForm(request.POST, person=self.person)
        sent = SentFiles.of(request, self.person)
        if form.is_valid():
            said = form.cleaned_data
            impact, urgency = says_impact(said["harm"])
            values = {"title": said["title"], "description": said["description"], "impact": impact, "urgency": urgency, "location": said["location"]}
            if service := form.services.get(said.get("service", "")):
                values["service"] = service
            try:
                with writing():  # with its files or not at all, so that nothing is reported twice
                    made = open_record(INCIDENT, by=self.person, channel=CHANNEL, requester=self.person, **values)
                    attach_sent(sent, made, self.person)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            except Refused as error:
                form.add_error(None, str(error))
            else:
                sent.done()
                return HttpResponseRedirect(f"/portal/incidents/{made.number}/?new=1")
        return self._show(form, form["title"].value() or "", 422, sent.hold())

    def _check(self) -> None:
        if not may_report(self.person):
            raise PermissionDenied(sentence(self.person, "incident:open"))

    def _show(self, form: ReportForm, text: str, status: int = 200, sent: SentFiles | None = None) -> HttpResponse:
        found = found_for(self.person, text) if len(text) > 2 else {}
        limit = files.most_bytes() // 1_000_000
        return self.show("portal/report.html", {"form": form, "articles": found.get("articles", []), "file_limit": limit, "sent": sent}, status)


class SimilarPage(PortalView):
    """`/portal/similar/?title=`: articles that may answer it, as a piece of the form."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("title", "").split())[:200]
        return render(request, "portal/_similar.html", {"articles": found_for(self.person, text)["articles"] if len(text) > 2 else []})
