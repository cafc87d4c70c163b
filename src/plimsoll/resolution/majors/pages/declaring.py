"""Declaring an incident a major one, or saying why it is none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.record import INCIDENT
from plimsoll.resolution.majors.models import MajorProposal
from plimsoll.resolution.majors.panels import may_declare
from plimsoll.resolution.majors.proposing import declare_major, decline
from plimsoll.resolution.majors.queries import overseers_of, running_major_of, steps_of
from plimsoll.resolution.majors.record import MAJOR

CHANNEL = "page"


class DeclareForm(forms.Form):
    """What is said at declaring; all but the reason has a beginning."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=250)
    began_at = forms.DateTimeField(
        label=gettext_lazy("First symptom"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        required=False,
        help_text=gettext_lazy("When it began, as far as is known. Left as it is: when the incident was reported."),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, by: Person, is_proposed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_proposed
        self.fields["owner"] = ReferenceField(
            Person, by, label=_("Who manages it"), required=False, help_text=_("Empty: somebody takes the role in the room.")
        )


class NoneForm(forms.Form):
    """Why it is none."""

    reason = forms.CharField(
        label=gettext_lazy("It is no major incident, because"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why it is no major incident; it stands in the trail, and it is not proposed again for that.")},
    )


class DeclarePage(DeclaredView):
    """`/incidents/{number}/major/`."""

    record_type = INCIDENT

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record, proposal = self._checked(number)
        if (major := running_major_of([record.pk]).get(record.pk)) is not None:
            return HttpResponseRedirect(address_of(major, MAJOR))
        return self._show(record, proposal, self._form(record, proposal), NoneForm(prefix="none"))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record, proposal = self._checked(number)
        form, none = self._form(record, proposal), NoneForm(prefix="none")
        if request.POST.get("act") == "none":
            none = NoneForm(request.POST, prefix="none")
            if none.is_valid():
                try:
                    decline(record, reason=none.cleaned_data["reason"], by=self.person, channel=CHANNEL)
                except Faulty as error:
                    for fault in error.faults:
                        none.add_error("reason", fault.sentence)
                else:
                    messages.success(request, _("%(incident)s stays an incident; the reason stands in its trail.") % {"incident": record.reference})
                    return HttpResponseRedirect(address_of(record, INCIDENT))
            return self._show(record, proposal, form, none, 422)
        form = self._form(record, proposal, request.POST)
        if form.is_valid():
            said = form.cleaned_data
            owner = Person.objects.filter(pk=said["owner"], tenant_id=self.person.tenant_id or 0).first() if said["owner"] else None
            began = said["began_at"] if "began_at" in form.changed_data else None
            try:
                major = declare_major(
                    record, by=self.person, channel=CHANNEL, title=said["title"], reason=said["reason"], owner=owner, began_at=began
                )
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("%(major)s is declared. Its clocks run.") % {"major": major.reference})
                return HttpResponseRedirect(address_of(major, MAJOR))
        return self._show(record, proposal, form, none, 422)

    def _checked(self, number: int) -> tuple[Incident, MajorProposal | None]:
        record = self.found(number)
        assert isinstance(record, Incident)
        if not may_declare(record, self.person):
            raise Refused(sentence(self.person, "majorincident:open"))
        return record, MajorProposal.objects.filter(incident=record, decided_at=None).first()

    def _form(self, record: Incident, proposal: MajorProposal | None, data: Any = None) -> DeclareForm:
        initial = {"title": record.title, "began_at": record.opened_at}
        return DeclareForm(data, by=self.person, is_proposed=proposal is not None, initial=initial)

    def _show(self, record: Incident, proposal: MajorProposal | None, form: forms.Form, none: forms.Form, status: int = 200) -> HttpResponse:
        tenant = self.person.tenant
        assert tenant is not None
        return self.show(
            "majors/declare.html",
            {
                "record": record,
                "base": address_of(record, INCIDENT),
                "proposal": proposal,
                "form": form,
                "none": none,
                "steps": steps_of(tenant),
                "told": [person.name for person in overseers_of(tenant)],
                "crumbs": self.record_crumbs(record, (_("Declare a major incident"), "")),
            },
            status,
        )
