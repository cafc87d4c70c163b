"""Pages of services that the derived ones cannot be: for whom a service is delivered, and which services it stands on."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.ui.choosing import rows_for
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.portfolio.services.models import Service, ServiceCustomer
from plimsoll.portfolio.services.operations import add_customer, add_support, end_customer
from plimsoll.portfolio.services.panels import StandsOn
from plimsoll.portfolio.services.record import SERVICE

CHANNEL = "page"


class DayField(forms.DateField):
    """A day up to today; empty is now."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value > localdate():
            raise forms.ValidationError(_("This day is still to come. Say it when it is there."))


def moment_of(day: date | None) -> datetime | None:
    """The beginning of a day in the reader's zone; None for today and for nothing, which both mean now."""
    return None if day is None or day >= localdate() else make_aware(datetime.combine(day, time.min))


class CustomerForm(forms.Form):
    """An organization, and since when."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["organization"] = ReferenceField(Organization, person, label=_("Organisation"))
        self.fields["since"] = DayField(label=_("Since"), required=False, help_text=_("Empty means from now on."))

    def clean_organization(self) -> Organization:
        found = rows_for(self.person, Organization).filter(pk=self.cleaned_data["organization"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no such organisation."))
        assert isinstance(found, Organization)
        return found


class SupportForm(forms.Form):
    """The service that carries this one."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["target"] = ReferenceField(
            Service, person, label=_("Service that it stands on"), help_text=_("Its number, or words of its name.")
        )

    def clean_target(self) -> Service:
        rows: Any = Service.objects.visible_to(self.person)
        found = rows.filter(pk=self.cleaned_data["target"]).select_related("organization", "tenant").first()
        if found is None:
            raise forms.ValidationError(_("There is no such service that you may see."))
        assert isinstance(found, Service)
        return found


class EndForm(forms.Form):
    """Until when; and why."""

    until = DayField(label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty means until now."))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


class ServicePage(DeclaredView):
    """Shared: the service, for whoever may amend it."""

    record_type = SERVICE

    def service(self, number: int) -> Service:
        found = self.found(number)
        assert isinstance(found, Service)
        if not may(self.person, "service:amend", found):
            raise Refused(sentence(self.person, "service:amend"))
        return found


def put_faults(form: forms.Form, error: Faulty) -> None:
    for fault in error.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)


class CustomersPage(ServicePage):
    """`…/customers/`: every customer of a service, now and before; add one, end one."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._insiders(number), CustomerForm(person=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        service = self._insiders(number)
        if key := request.POST.get("end", ""):
            return self._end(service, key)
        form = CustomerForm(request.POST, person=self.person)
        if form.is_valid():
            organization: Organization = form.cleaned_data["organization"]
            try:
                add_customer(service, organization, by=self.person, channel=CHANNEL, at=moment_of(form.cleaned_data["since"]))
            except Faulty as error:
                put_faults(form, error)
            else:
                messages.success(request, _("%(service)s is delivered to %(name)s.") % {"service": service.title, "name": organization})
                return HttpResponseRedirect(address_of(service, SERVICE, "customers"))
        return self._show(service, form)

    def _insiders(self, number: int) -> Service:
        service = self.service(number)
        if not is_inside(self.person, service):
            raise Http404
        return service

    def _end(self, service: Service, key: str) -> HttpResponse:
        number = whole(key)
        part = None if number is None else ServiceCustomer.objects.filter(pk=number, service=service).select_related("organization").first()
        if part is None:
            raise Http404
        form = EndForm(self.request.POST)
        if not form.is_valid():
            return self._show(service, CustomerForm(person=self.person), end_form=form, ending=part.pk)
        end_customer(part, by=self.person, channel=CHANNEL, note=form.cleaned_data["note"], at=moment_of(form.cleaned_data["until"]))
        told = _("%(service)s is no longer delivered to %(name)s.") % {"service": service.title, "name": part.organization}
        messages.success(self.request, told)
        return HttpResponseRedirect(address_of(service, SERVICE, "customers"))

    def _show(self, service: Service, form: CustomerForm, end_form: EndForm | None = None, ending: int = 0) -> HttpResponse:
        parts = list(service.customers.select_related("organization").order_by("ended_at", "organization__name", "pk"))
        rows = [
            (
                part,
                (end_form if end_form is not None and part.pk == ending else EndForm(auto_id=f"id_{part.pk}_%s")) if part.ended_at is None else None,
            )
            for part in sorted(parts, key=lambda p: p.ended_at is not None)
        ]
        return self.show(
            "services/customers.html",
            {
                "record": service,
                "base": address_of(service, SERVICE),
                "rows": rows,
                "ending": ending,
                "form": form,
                "crumbs": self.record_crumbs(service, (_("Customers"), "")),
            },
            422 if form.errors or (end_form is not None and end_form.errors) else 200,
        )


class SupportingPage(ServicePage):
    """`…/supporting/`: the services that carry this one; say one more."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.service(number), SupportForm(person=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        service = self.service(number)
        form = SupportForm(request.POST, person=self.person)
        if form.is_valid():
            supporting: Service = form.cleaned_data["target"]
            try:
                add_support(supporting, service, by=self.person, channel=CHANNEL)
            except Faulty as error:
                put_faults(form, error)
            except Refused as error:
                form.add_error("target", str(error))
            else:
                messages.success(request, _("%(one)s stands on %(other)s.") % {"one": service.title, "other": supporting.title})
                return HttpResponseRedirect(address_of(service, SERVICE, "supporting"))
        return self._show(service, form)

    def _show(self, service: Service, form: SupportForm) -> HttpResponse:
        return self.show(
            "services/supporting.html",
            {
                "record": service,
                "base": address_of(service, SERVICE),
                "rows": StandsOn().rows(service, self.person),
                "form": form,
                "crumbs": self.record_crumbs(service, (_("Stands on"), "")),
            },
            422 if form.errors else 200,
        )


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("services/<int:number>/customers/", CustomersPage.as_view(), name="service_customers"),
        path("services/<int:number>/supporting/", SupportingPage.as_view(), name="service_supporting"),
    ]
