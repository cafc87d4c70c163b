"""What every page of the portal begins with: who asks, what they may do here, and the light frame around it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.ui.context import SignedInView

CHANNEL = "portal"


def followed() -> list[RecordType]:
    """The kinds that somebody asks for and then follows. What is kept of our own people names somebody too, and nobody is served by it."""
    return [t for t in declared() if t.requester and t.group == "desk"]


def sees_organization(person: Person) -> bool:
    """Does this person speak for an organisation, so that they see more than what they asked for themselves?"""
    return any(found.organizations or found.everything for found in (reach(person, f"{t.kind}:read") for t in followed()))


def may_report(person: Person) -> bool:
    return not reach(person, "incident:open").is_empty


def may_order(person: Person) -> bool:
    return not reach(person, "request:open").is_empty


def frame(request: HttpRequest, person: Person) -> dict[str, Any]:
    """The places of the portal that this person may go to, and whom it is for; `site/context.py` works it out when a page of the portal asks."""
    places = [(_("Help"), "/portal/"), (_("Your requests"), "/portal/mine/")]
    if may_order(person):
        places.append((_("Order"), "/portal/order/"))
    if not reach(person, "article:read").is_empty:
        places.append((_("Guides"), "/portal/articles/"))
    if not reach(person, "agreement:read").is_empty:
        places.append((_("Promises"), "/portal/promises/"))
    here = request.path
    return {
        "places": [(label, href, here == href if href == "/portal/" else here.startswith(href)) for label, href in places],
        "organization_name": person.organization.name if person.organization else "",
        "first_name": person.name.split()[0] if person.name else "",
    }


class PortalView(SignedInView):
    """A page of the portal."""

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return render(self.request, template, context, status=status)
