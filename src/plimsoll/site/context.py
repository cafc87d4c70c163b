"""What every page of a signed-in person shows around its content. Worked out only when a template asks; one query of its own,
and one more for those who read what records prove."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity.fitness import newest_line
from plimsoll.evaluation.conformity.operations import READ
from plimsoll.evaluation.conformity.words import fitness_said, line_said
from plimsoll.kernel.access.queries import may_everywhere
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.notifications.operations import unread_count
from plimsoll.kernel.ui.choosing import is_of_provider
from plimsoll.kernel.ui.context import exists, person_of
from plimsoll.kernel.ui.way_back import way_back
from plimsoll.site.navigation import navigation, new_links
from plimsoll.site.portal.leading import is_customer
from plimsoll.site.portal.shell import frame


def only_tenant_name() -> str:
    """Whose house this is, for those who stand at the door; nothing where several organisations share it."""
    tenants = list(Tenant.objects.only("name", "is_demonstration")[:2])
    return shown_name(tenants[0]) if len(tenants) == 1 else ""


def shown_name(tenant: Tenant | None) -> str:
    """The name of the house as pages show it; the demonstration says so wherever its name stands: window, side, print, sign-in."""
    if tenant is None:
        return ""
    return _("%(name)s (demonstration)") % {"name": tenant.name} if tenant.is_demonstration else tenant.name


def fitness(person: Person) -> dict[str, Any]:
    """Where the whole system stands to its line, for the foot of the side bar; nothing for those who don't read what records prove."""
    if person.tenant is None or not may_everywhere(person, READ):
        return {}
    line = newest_line(person.tenant)
    return {"level": line.drawn, "word": fitness_said(line), "sentence": line_said(line), "href": "/conformity/"}


def desk(request: HttpRequest) -> dict[str, Any]:
    """The context processor: the person, the navigation, what may be created, how much is unread."""
    if not hasattr(request, "user"):
        return {}
    person = person_of(request)
    if person is None:
        return {"tenant_name": SimpleLazyObject(only_tenant_name)}
    is_served = is_customer(person)
    return {
        "person": person,
        # Customers' people have the portal around every page that they come to; `is_served` leaves out what only those who work here need.
        "is_served": is_served,
        "frame_template": "portal/around.html" if is_served else "ui/base.html",
        "portal": SimpleLazyObject(partial(frame, request, person)),
        "tenant_name": shown_name(person.tenant),
        "is_demonstration": bool(person.tenant and person.tenant.is_demonstration),
        "nav": SimpleLazyObject(lambda: navigation(person, request.path, request.META.get("QUERY_STRING", ""), exists)),
        "fitness": SimpleLazyObject(partial(fitness, person)),
        "new_links": SimpleLazyObject(partial(new_links, person)),
        "way_back": way_back(request),
        "own_href": "/me/" if is_of_provider(person) else "",
        "unread_count": SimpleLazyObject(partial(unread_count, person)),
    }
