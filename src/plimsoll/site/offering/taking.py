"""Taking offers over: each by the ordinary writes, in the name of whoever ticked it, all that were ticked or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.pages.forms import frozen_hours
from plimsoll.agreements.levels.rules import USUAL_PAUSES, Target, Terms, read_span
from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.content import starter_named
from plimsoll.context.processes.operations import begin
from plimsoll.context.processes.parts import DUTIES
from plimsoll.context.scopes.parts import MILESTONES, RESOURCES
from plimsoll.kernel.access.queries import forget_grants
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.invitations import invite
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.operations import keep_organization, keep_person
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, Refused, move, open_record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role
from plimsoll.kernel.roles.queries import people_holding
from plimsoll.kernel.ui.context import address_of
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.operations import add_customer
from plimsoll.site.offering.content import Offer
from plimsoll.site.offering.forms import OfferForm, roles_of

CHANNEL = "page"
PARTS = {"requirements": REQUIREMENTS, "milestones": MILESTONES, "resources": RESOURCES}
REVIEWED_IN = 360  # days until what is begun here is looked at again


@dataclass(frozen=True, slots=True)
class There:
    """What an offer would give and is there already."""

    label: str
    href: str


def there(offer: Offer, by: Person) -> There | None:
    """What is there of an offer already; None while it may be taken over. At most two queries."""
    tenant = by.tenant
    assert tenant is not None
    rows: Any
    match offer.sort:
        case "customer" | "requirement" | "processes":
            return None  # one after the other
        case "person":
            others = people_holding(tenant, "top_management") - {by.pk}
            found = Person.objects.filter(pk__in=others).order_by("pk").first()
            return There(_("%(name)s is top management") % {"name": found}, f"/people/{found.pk}/") if found is not None else None
        case "holders":
            return None if roles_of(offer, by) else There(_("Every role has a holder"), "/assignments/")
        case "service":
            rows = Service.objects.filter(tenant=tenant)
        case "agreement":
            rows = Agreement.objects.filter(tenant=tenant, type="sla")
        case _:
            rows = type_named(offer.kind).model._default_manager.filter(tenant=tenant, **offer.there)
    kind = offer.kind or offer.sort
    gone = [state.name for state in workflow_of(tenant, kind).states if state.category in ("closed", "dropped")]
    records = list(rows.exclude(state__in=gone).order_by("pk")[offer.place : offer.place + 1])
    return There(f"{records[0].reference} {records[0].title}", address_of(records[0], type_named(kind))) if records else None


def take_all(forms: Sequence[OfferForm], by: Person) -> list[str] | None:
    """Take over what is ticked: what was done in words, or None when something is refused; then nothing was written, and the forms say why."""
    ticked = [form for form in forms if form.is_taken]
    if not all([form.is_valid() for form in ticked]):
        return None
    said: list[str] = []
    try:
        with writing():
            for form in ticked:
                said.append(_taken(form, by))
    except _Refusal:
        return None
    finally:
        forget_grants(by)
    return said


class _Refusal(Exception):
    """Something was refused; its form says what."""


def _taken(form: OfferForm, by: Person) -> str:
    try:
        return TAKERS[form.offer.sort](form, by)
    except Faulty as error:
        for fault in error.faults:
            form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
    except MoveRefused as error:
        for reason in error.reasons:
            form.add_error(None, str(reason))
    except Refused as error:
        form.add_error(None, str(error))
    raise _Refusal


def _told(record: Record) -> str:
    return f"{record.reference} {record.title}"


def _record(form: OfferForm, by: Person) -> str:
    offer = form.offer
    values: dict[str, Any] = dict(offer.values) | {name: by for name in offer.mine} | {name: form.day(n) for name, n in offer.days.items()}
    values |= {"title": form.words(offer.title)} | {name: form.cleaned_data[name] for name in offer.asks}
    if offer.roles:
        roles = {role.code: role for role in Role.objects.filter(tenant=form.tenant, code__in=offer.roles.values())}
        values |= {name: roles.get(code) for name, code in offer.roles.items()}
    made = open_record(type_named(offer.kind), by=by, channel=CHANNEL, **values)
    for name, rows in offer.parts.items():
        for row in rows:
            ahead = {k: form.day(int(v)) if isinstance(v, str) and v.startswith("+") and v[1:].isdecimal() else v for k, v in row.items()}
            add_part(PARTS[name], made, ahead, by=by, channel=CHANNEL)
    for name in offer.moves:
        made = move(made, name, by=by, channel=CHANNEL)
    return _told(made)


def _person(form: OfferForm, by: Person) -> str:
    provider = provider_of(form.tenant)
    made = keep_person(by=by, channel=CHANNEL, name=form.cleaned_data["name"], email=form.cleaned_data["email"], organization=provider)
    give_role(role=Role.objects.get(tenant=form.tenant, code="top_management"), person=made, by=by, channel=CHANNEL)
    link = invite(person=made, by=by, channel=CHANNEL)
    said = _("%(name)s is top management and is invited by mail. The link, should the mail not arrive: %(link)s It works once, for seven days.")
    return said % {"name": made, "link": link}


def _customer(form: OfferForm, by: Person) -> str:
    return keep_organization(by=by, channel=CHANNEL, kind="customer", name=form.cleaned_data["name"]).name


def _holders(form: OfferForm, by: Person) -> str:
    given = []
    for role in roles_of(form.offer, by):
        if (person := form.cleaned_data.get(f"role_{role.pk}")) is not None:
            give_role(role=role, person=person, by=by, channel=CHANNEL)
            given.append(_("%(role)s: %(name)s") % {"role": role.title, "name": person})
            by = Person.objects.select_related("tenant", "organization").get(pk=by.pk)
    if not given:
        raise Faulty([Fault("", _("Choose somebody for at least one role."))])
    return ", ".join(given)


def _service(form: OfferForm, by: Person) -> str:
    data = form.cleaned_data
    hours = Calendar.objects.filter(tenant=form.tenant, is_default=True).first()
    made = open_record(
        type_named("service"), by=by, channel=CHANNEL, title=data["title"], description=data["description"], owner=data["owner"], hours=hours
    )
    assert isinstance(made, Service)
    for customer in data["customers"]:
        add_customer(made, customer, by=by, channel=CHANNEL)
    return _told(move(made, "go_live", by=by, channel=CHANNEL))


def _requirement(form: OfferForm, by: Person) -> str:
    data = form.cleaned_data
    values = {name: data[name] for name in ("service", "organization", "title", "text")}
    made = open_record(type_named("servicerequirement"), by=by, channel=CHANNEL, owner=by, **values)
    made = move(made, "analyse", by=by, channel=CHANNEL)
    fields = {"accepted_by": data["accepted_by"], "accepted_on": form.day(0)}
    return _told(move(made, "agree", by=by, channel=CHANNEL, fields=fields))


def _agreement(form: OfferForm, by: Person) -> str:
    data = form.cleaned_data
    targets = []
    for name in ("respond", "resolve"):
        try:
            targets.append(Target(name, None, read_span(data[name])))
        except ValueError as error:
            raise Faulty([Fault(name, str(error))]) from error
    hours = Calendar.objects.filter(tenant=form.tenant, is_default=True).first()
    made = open_record(
        type_named("agreement"),
        by=by,
        channel=CHANNEL,
        organization=data["organization"],
        title=data["title"],
        type="sla",
        owner=by,
        review_on=form.day(REVIEWED_IN),
    )
    assert isinstance(made, Agreement)
    terms = Terms(hours=frozen_hours(hours) if hours is not None else {}, targets=tuple(targets), pauses=USUAL_PAUSES)
    draft = draft_terms(made, terms, by=by, channel=CHANNEL)
    put_in_force(draft, started_at=None, by=by, channel=CHANNEL, flow=workflow_of(form.tenant, "incident"))
    signed = {name: data[name] for name in ("signed_by_us", "signed_by_them", "signed_on")}
    moved = move(move(made, "negotiate", by=by, channel=CHANNEL), "sign", by=by, channel=CHANNEL, fields=signed)
    return _told(move(moved, "activate", by=by, channel=CHANNEL))


def _processes(form: OfferForm, by: Person) -> str:
    data, made = form.cleaned_data, []
    for key in data["starters"]:
        starter = starter_named(key)
        assert starter is not None
        roles = {name: data[name] for name in ("owner_role", "manager_role")}
        process = begin(starter, by=by, channel=CHANNEL, review_on=form.day(REVIEWED_IN), **roles)
        for activity in process.activities.all():
            for letter, name in (("A", "owner_role"), ("R", "manager_role")):
                add_part(DUTIES, process, {"activity": activity, "role": data[name], "letter": letter}, by=by, channel=CHANNEL)
        made.append(_told(move(process, "put_in_force", by=by, channel=CHANNEL)))
    return ", ".join(made)


TAKERS = {
    "record": _record,
    "person": _person,
    "customer": _customer,
    "holders": _holders,
    "service": _service,
    "requirement": _requirement,
    "agreement": _agreement,
    "processes": _processes,
}
__all__ = ["There", "take_all", "there"]
