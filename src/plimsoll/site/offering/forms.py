"""Each offer as a form: what may be changed is a field, with the words that are offered in it. It writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.processes.content import starter_named
from plimsoll.context.processes.models import Process
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.queries import people_holding
from plimsoll.kernel.ui.choosing import find_one, label_for
from plimsoll.kernel.ui.context import capital
from plimsoll.kernel.ui.forms import Chooser
from plimsoll.portfolio.services.models import Service
from plimsoll.site.offering.content import Offer

OPTIONAL = ("postcode", "place", "country", "supplier", "edition")
FEW = 60  # up to so many people a list is quicker than a search


class OfferForm(forms.Form):
    """An offer with its tick; what is not ticked is not looked at."""

    take = forms.BooleanField(label=gettext_lazy("Take it over"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, offer: Offer, by: Person) -> None:
        super().__init__(data, prefix=offer.key)
        self.offer, self.by = offer, by
        assert by.tenant is not None
        self.tenant = by.tenant
        self.has_many = Person.objects.filter(tenant=by.tenant, kind="human", is_active=True)[: FEW + 1].count() > FEW
        for name, made in BUILDERS[offer.sort](self).items():
            self.fields[name] = made

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields beside the tick."""
        return [self[name] for name in self.fields if name != "take"]

    @property
    def heading(self) -> str:
        return self.words(self.offer.title)

    @property
    def told(self) -> str:
        """What is entered beside the fields, in words, so that nothing is taken over unseen."""
        offer, said = self.offer, []
        for name, value in offer.values.items():
            if offer.sort == "record" and name not in offer.asks:
                field: Any = type_named(offer.kind).model_field(name)
                shown = dict(field.flatchoices).get(value, value)
                said.append(f"{capital(str(field.verbose_name))}: {_('yes') if shown is True else shown}")
        for name in (*offer.mine, *offer.days):
            if name not in offer.asks:
                shown = self.by if name in offer.mine else date_format(self.day(offer.days[name]), "j F Y")
                said.append(f"{capital(str(type_named(offer.kind).model_field(name).verbose_name))}: {shown}")
        for rows in offer.parts.values():
            said += ["; ".join(str(v) for k, v in row.items() if k in ("name", "text", "amount", "how")) for row in rows]
        return " · ".join(said)

    @property
    def is_taken(self) -> bool:
        return self.is_bound and bool(self["take"].value())

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.is_taken:
            self._errors = forms.utils.ErrorDict()

    def words(self, text: str) -> str:
        """Words of the content, with the name of the organisation in them."""
        provider = provider_of(self.tenant)
        return text.replace("{organization}", provider.name if provider is not None else self.tenant.name)

    def day(self, ahead: int) -> Any:
        return day_of(self.tenant, now()) + timedelta(days=ahead)


def _line(label: Any, initial: str = "", *, required: bool = True, most: int = 200, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, initial=initial, required=required, max_length=most, help_text=hint)


def _text(label: Any, initial: str = "") -> forms.CharField:
    return forms.CharField(label=label, initial=initial, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


def _person(form: OfferForm, label: Any, *, initial: Person | None = None, required: bool = True) -> forms.Field:
    """Somebody of the provider: from a list while they are few, by a typed search beyond."""
    rows = Person.objects.filter(tenant=form.tenant, organization__kind__in=("provider", "unit"), kind="human", is_active=True).order_by("name")
    made = forms.ModelChoiceField(
        rows, label=label, required=required, initial=initial and initial.pk, empty_label="" if required else _("nobody yet")
    )
    if form.has_many:
        by = form.by
        made.widget = Chooser(
            "/choose/person/", label_of=lambda key: label_for(by, Person, key), find=lambda text: find_one(by, Person, text) or text
        )
    return made


def _customers(form: OfferForm) -> Any:
    return Organization.objects.filter(tenant=form.tenant, kind="customer", is_active=True).order_by("name")


def _services(form: OfferForm) -> Any:
    return Service.objects.filter(tenant=form.tenant, state="live").order_by("title")


def _only(rows: Any) -> Any:
    """The one there is, as what a field begins with; nothing where there are several."""
    found = list(rows[:2])
    return found[0].pk if len(found) == 1 else None


def _of_record(form: OfferForm) -> dict[str, forms.Field]:
    offer, made = form.offer, {}
    for name in offer.asks:
        field: Any = type_named(offer.kind).model_field(name).formfield()
        field.label = capital(str(field.label))
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 3
        if name in offer.days:
            field.initial = form.day(offer.days[name])
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        else:
            field.initial = form.words(offer.title) if name == "title" else offer.values.get(name)
        field.required = not isinstance(field, forms.BooleanField) and name not in OPTIONAL
        made[name] = field
    return made


def _of_person(form: OfferForm) -> dict[str, forms.Field]:
    return {"name": _line(_("Name")), "email": forms.EmailField(label=_("Work e-mail"), max_length=254)}


def _of_customer(form: OfferForm) -> dict[str, forms.Field]:
    return {"name": _line(_("Name of the customer"))}


def _of_holders(form: OfferForm) -> dict[str, forms.Field]:
    made: dict[str, forms.Field] = {}
    for role in roles_of(form.offer, form.by):
        made[f"role_{role.pk}"] = _person(form, role.title, required=False)
    return made


def roles_of(offer: Offer, by: Person) -> list[Role]:
    """The roles of an offer that nobody holds yet, in its order."""
    assert by.tenant is not None
    found = {role.code: role for role in Role.objects.filter(tenant=by.tenant, code__in=offer.codes, edition__gt=0)}
    return [found[code] for code in offer.codes if code in found and not people_holding(by.tenant, code)]


def _of_service(form: OfferForm) -> dict[str, forms.Field]:
    customers = _customers(form)
    return {
        "title": _line(_("Name"), form.offer.title),
        "description": _text(_("What it does for the customer"), form.offer.values["description"]),
        "owner": _person(form, _("Who answers for it"), initial=form.by),
        "customers": forms.ModelMultipleChoiceField(
            customers, label=_("Delivered to"), required=False, initial=[c.pk for c in customers[:20]], widget=forms.CheckboxSelectMultiple
        ),
    }


def _of_requirement(form: OfferForm) -> dict[str, forms.Field]:
    services, customers = _services(form), _customers(form)
    return {
        "service": forms.ModelChoiceField(services, label=_("Service"), initial=_only(services)),
        "organization": forms.ModelChoiceField(customers, label=_("Customer"), initial=_only(customers)),
        "title": _line(_("Name"), form.offer.title),
        "text": _text(_("What is needed"), form.offer.values["text"]),
        "accepted_by": _line(_("Who of the customer agreed"), most=150),
    }


def _of_agreement(form: OfferForm) -> dict[str, forms.Field]:
    customers = _customers(form)
    return {
        "organization": forms.ModelChoiceField(customers, label=_("Customer"), initial=_only(customers)),
        "title": _line(_("Name"), form.offer.title),
        "respond": _line(_("Answered within"), form.offer.values["respond"], most=40, hint=_("Of the service hours, such as 30 min or 4 h.")),
        "resolve": _line(_("Resolved within"), form.offer.values["resolve"], most=40),
        "signed_by_us": _person(form, _("Signed for us by")),
        "signed_by_them": _line(_("Signed for the customer by"), most=150),
        "signed_on": forms.DateField(label=_("Signed on"), initial=form.day(0), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})),
    }


def _of_processes(form: OfferForm) -> dict[str, forms.Field]:
    there = {title.casefold() for title in Process.objects.filter(tenant=form.tenant).values_list("title", flat=True)}
    found = [s for s in map(starter_named, form.offer.codes) if s is not None and s.title.casefold() not in there]
    roles = Role.objects.filter(tenant=form.tenant, edition__gt=0).exclude(code__in=("set_up", "administrator")).order_by("title")
    manager = roles.filter(code="sms_manager").first()
    return {
        "starters": forms.MultipleChoiceField(
            label=_("Processes"), choices=[(s.key, f"{s.title}: {s.purpose}") for s in found], widget=forms.CheckboxSelectMultiple
        ),
        "owner_role": forms.ModelChoiceField(roles, label=_("Role that answers for them"), initial=manager and manager.pk),
        "manager_role": forms.ModelChoiceField(roles, label=_("Role that runs them"), initial=manager and manager.pk),
    }


BUILDERS = {
    "record": _of_record,
    "person": _of_person,
    "customer": _of_customer,
    "holders": _of_holders,
    "service": _of_service,
    "requirement": _of_requirement,
    "agreement": _of_agreement,
    "processes": _of_processes,
}


def forms_of(offers: list[Offer], by: Person, data: Mapping[str, Any] | None = None) -> list[OfferForm]:
    return [OfferForm(data, offer=offer, by=by) for offer in offers]
