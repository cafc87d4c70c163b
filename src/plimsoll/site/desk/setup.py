"""The first visit: makes the tenant with its administrator, calendar and starter roles. Closed for good once that is done."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.identity.operations import keep_person
from plimsoll.kernel.identity.setup import forget_setup_code, is_set_up, is_setup_code
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.duties import ADMINISTRATOR
from plimsoll.kernel.roles.operations import SET_UP, give_role, load_starter_roles
from plimsoll.site.desk.setup_forms import SetupForm
from plimsoll.support.tools.operations import register_this_product


def set_up(
    *,
    name: str,
    email: str,
    password: str,
    organization: str,
    timezone: str,
    week: dict[str, list[list[str]]],
    is_demonstration: bool = False,
    registers_product: bool = False,
) -> Person:
    """Make an empty system usable: tenant, provider, system person, administrator, service hours, starter roles in force.

    Raises `Faulty`, also when it was set up meanwhile; then nothing was written. Returns the administrator.
    """
    with writing():
        if is_set_up():
            raise Faulty([Fault("", _("Plimsoll is set up already. Sign in."))])
        tenant = Tenant.objects.create(
            name=organization.strip(),
            slug=slugify(organization)[:50] or "organisation",
            timezone=timezone,
            is_demonstration=is_demonstration,
            set_up_at=now(),
        )
        provider = Organization.objects.create(tenant=tenant, kind="provider", name=organization.strip())
        system = system_person(tenant)
        publish(
            KeptChanged(
                tenant_id=tenant.pk,
                kind="tenant",
                subject_id=tenant.pk,
                action="set up",
                by_id=system.pk,
                channel="set-up",
                changes={"name": (None, tenant.name), "timezone": (None, timezone)},
            )
        )
        publish(
            KeptChanged(
                tenant_id=tenant.pk,
                kind="organization",
                subject_id=provider.pk,
                action="add",
                by_id=system.pk,
                channel="set-up",
                changes={"kind": (None, "provider"), "name": (None, provider.name)},
            )
        )
        administrator = keep_person(by=system, channel="set-up", name=name, email=email, organization=provider, timezone=timezone)
        administrator.set_password(password)
        administrator.save(update_fields=["password"])
        calendar = Calendar.objects.create(tenant=tenant, name=_("Service hours"), timezone=timezone, week=week, is_default=True)
        publish(
            KeptChanged(
                tenant_id=tenant.pk,
                kind="calendar",
                subject_id=calendar.pk,
                action="add",
                by_id=administrator.pk,
                channel="set-up",
                changes={"name": (None, calendar.name), "timezone": (None, timezone), "week": (None, week)},
            )
        )
        roles = load_starter_roles(tenant=tenant, by=system, channel="set-up")
        give_role(role=roles[ADMINISTRATOR], person=administrator, by=system, channel="set-up")
        fresh = Person.objects.select_related("tenant", "organization").get(pk=administrator.pk)
        # the words to fill the system alone are given by the administrator to themselves, so that they are listed as the conflict they are
        give_role(role=roles[SET_UP], person=fresh, by=fresh, channel="set-up")
        if registers_product:
            entered_by = Person.objects.select_related("tenant", "organization").get(pk=administrator.pk)  # with the words just given
            register_this_product(by=entered_by, channel="set-up")
    forget_setup_code()
    return fresh


@never_cache
@sensitive_post_parameters("password", "password_again", "code")
def setup(request: HttpRequest) -> HttpResponse:
    """`/setup/`: the page of the first visit. After it, the address leads home."""
    if is_set_up():
        return HttpResponseRedirect("/")
    form = SetupForm(request.POST or None)
    if request.method == "POST" and not ratelimit.consume(request, action="setup"):
        form.add_error("code", _("Too many attempts. Wait 5 minutes, then try again."))
    elif request.method == "POST" and form.is_valid():
        if not is_setup_code(form.cleaned_data["code"]):
            form.add_error("code", _("That is not the code. It stands in the file “setup-code” in the data folder."))
        elif (administrator := _set_up_from(form)) is not None:
            get_adapter(request).login(request, administrator)
            return HttpResponseRedirect("/guide/")
    return render(request, "desk/setup.html", {"form": form}, status=400 if form.errors else 200)


def _set_up_from(form: forms.Form) -> Person | None:
    data: dict[str, Any] = form.cleaned_data
    try:
        return set_up(
            name=data["name"],
            email=data["email"],
            password=data["password"],
            organization=data["organization"],
            timezone=data["timezone"],
            week=data["week"],
            registers_product=data["registers_product"],
        )
    except Faulty as error:
        for fault in error.faults:
            form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
        return None
