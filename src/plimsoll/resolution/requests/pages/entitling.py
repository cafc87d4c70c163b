"""Who may order something, and who decides for a customer what its people order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.text import seen_mark, whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.ui.context import SignedInView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.resolution.requests.models import Decider, Entitlement, RequestModel
from plimsoll.resolution.requests.operations import entitle, keep_deciders, take_entitlement
from plimsoll.resolution.requests.pages.editing import ModelPage
from plimsoll.resolution.requests.pages.ordering import CHANNEL
from plimsoll.resolution.requests.record import REQUEST_MODEL

NAMED: dict[str, Any] = {"organization": Organization, "team": Team, "role": Role, "person": Person}


class EntitlementForm(forms.Form):
    """One more row: whoever meets all that is named."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"organization": _("Of the organisation"), "team": _("In the team"), "role": _("With the role"), "person": _("This person")}
        for name, model in NAMED.items():
            self.fields[name] = ReferenceField(model, person, label=labels[name], required=False)

    def named(self, tenant_id: int) -> dict[str, Any]:
        """What was chosen, as things."""
        found: dict[str, Any] = {}
        for name, model in NAMED.items():
            key = self.cleaned_data.get(name)
            if key is not None:
                row = model._default_manager.filter(pk=key, tenant_id=tenant_id).first()
                if row is None:
                    raise Http404
                found[name] = row
        return found


class EntitlementsPage(ModelPage):
    """`…/audience/`: who may order it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "internal")
        return self._show(model, EntitlementForm(person=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        if (gone := whole(request.POST.get("take", ""))) is not None:
            row = Entitlement.objects.select_related("request_model").filter(pk=gone, request_model=model.pk).first()
            if row is not None:
                take_entitlement(row, by=self.person, channel=CHANNEL)
                messages.success(request, _("They may order it no more."))
            return HttpResponseRedirect(request.path)
        form = EntitlementForm(request.POST, person=self.person)
        if form.is_valid():
            try:
                entitle(model, by=self.person, channel=CHANNEL, **form.named(model.tenant_id))
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("They may order it."))
                return HttpResponseRedirect(request.path)
        return self._show(model, form)

    def _show(self, model: RequestModel, form: EntitlementForm) -> HttpResponse:
        rows = Entitlement.objects.filter(request_model=model.pk).select_related("organization", "team", "role", "person")
        return self.show(
            "requests/audience.html",
            {
                "record": model,
                "base": address_of(model, REQUEST_MODEL),
                "rows": list(rows),
                "can_amend": may(self.person, "requestmodel:amend", model),
                "form": form,
                "crumbs": self.record_crumbs(model, (_("Who may order it"), "")),
            },
            422 if form.errors else 200,
        )


class DecidersForm(forms.Form):
    """Who decides for one organization."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # who decided when the form was shown

    def __init__(self, *args: Any, person: Person, present: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.rows = person, max(3, len(present) + 1)
        self.fields["organization"] = ReferenceField(Organization, person, label=_("Organisation"))
        for n in range(self.rows):
            self.fields[f"person_{n}"] = ReferenceField(Person, person, label=_("Person %(n)d") % {"n": n + 1}, required=False)

    def people(self) -> list[Person]:
        """Those who were named; whoever has left is a fault at their field."""
        found = []
        for n in range(self.rows):
            if (pk := self.cleaned_data.get(f"person_{n}")) is None:
                continue
            person = Person.objects.filter(pk=pk, tenant=self.person.tenant).first()
            if person is None or not person.is_active:
                self.add_error(f"person_{n}", _("%(who)s is not here any more.") % {"who": person.name if person else _("This person")})
            elif person not in found:
                found.append(person)
        return found

    def ask_again(self, organization: Organization, gone: Sequence[Person]) -> None:
        """Who would be removed without having been seen is said first; sent again it is done."""
        said = _("For %(name)s now decide: %(who)s. Who is not named above decides no longer. Send it again if that is meant.")
        names = ", ".join(p.name for p in present_of(organization))
        self.add_error(None, said % {"name": organization, "who": names})
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": seen_of(organization)}


class DecidersPage(SignedInView):
    """`/requestmodels/deciders/`: who decides for which customer, where a step of an approval asks for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "organization:keep")
        chosen = Organization.objects.filter(pk=whole(request.GET.get("organization", "")) or 0, tenant=self.person.tenant).first()
        return self._show(self._form(chosen))

    def post(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "organization:keep")
        key = whole(request.POST.get("organization", ""))
        organization = Organization.objects.filter(pk=key or 0, tenant=self.person.tenant).first()
        form = self._form(organization, request.POST)
        if form.is_valid():
            if organization is None:
                raise Http404
            people = form.people()
            gone = [p for p in present_of(organization) if p not in people]
            if gone and form.cleaned_data["seen"] != seen_of(organization):
                form.ask_again(organization, gone)
            elif not form.errors:
                try:
                    keep_deciders(organization, people, by=self.person, channel=CHANNEL)
                except Faulty as error:
                    for fault in error.faults:
                        form.add_error(None, fault.sentence)
                else:
                    said = _("Kept.")
                    if gone:
                        said += " " + _("For %(name)s no longer decide: %(who)s.") % {"name": organization, "who": ", ".join(p.name for p in gone)}
                    messages.success(request, said)
                    return HttpResponseRedirect(request.path)
        return self._show(form)

    def _form(self, organization: Organization | None, data: Any = None) -> DecidersForm:
        present = [p.pk for p in present_of(organization)] if organization is not None else []
        initial: dict[str, Any] = {f"person_{n}": pk for n, pk in enumerate(present)}
        if organization is not None:
            initial |= {"organization": organization.pk, "seen": seen_of(organization)}
        return DecidersForm(data, person=self.person, present=present, initial=initial)

    def _show(self, form: DecidersForm) -> HttpResponse:
        rows = Decider.objects.filter(organization__tenant=self.person.tenant).select_related("organization", "person")
        by_home: dict[int, tuple[Organization, list[str]]] = {}
        for row in rows.order_by("organization__name", "organization", "person__name"):
            by_home.setdefault(row.organization_id, (row.organization, []))[1].append(row.person.name)
        context = {"rows": list(by_home.values()), "form": form, "crumbs": [(_("Request models"), "/requestmodels/"), (_("Who decides"), "")]}
        return render(self.request, "requests/deciders.html", context, status=422 if form.errors else 200)


def present_of(organization: Organization) -> list[Person]:
    """Who decides for it now, whether they are still here or not."""
    return [row.person for row in Decider.objects.filter(organization=organization).select_related("person").order_by("pk")]


def seen_of(organization: Organization) -> str:
    return seen_mark(organization.pk, [p.pk for p in present_of(organization)])
