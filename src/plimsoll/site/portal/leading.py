"""Customers' people who come to an inside address, from a mail or an old bookmark, are led to the portal's page of the same thing."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.ui.context import person_of

# The portal's page of each inside address; everything else is left alone (files, live updates, one's account).
LEADS = tuple(
    (re.compile(pattern), target)
    for pattern, target in (
        (r"^/$", "/portal/"),
        (r"^/(?:incidents|requests)/$", "/portal/mine/"),
        (r"^/incidents/new/$", "/portal/report/"),
        (r"^/requests/(?:new|order)/$", "/portal/order/"),
        (r"^/requests/order/(\d+)/$", r"/portal/order/\1/"),
        (r"^/(incidents|requests)/(\d+)/(?:approvals/)?$", r"/portal/\1/\2/"),
        (r"^/(incidents|requests)/(\d+)/moves/(\w+)/$", r"/portal/\1/\2/moves/\3/"),
        (r"^/search/$", "/portal/search/"),
        (r"^/articles/$", "/portal/articles/"),
        (r"^/articles/(\d+)/$", r"/portal/articles/\1/"),
        (r"^/accessrights/$", "/portal/accesses/"),
        (r"^/accessrights/(\d+)/$", r"/portal/accesses/#ACC-\1"),
        (r"^/agreements/(?:\d+/)?$", "/portal/promises/"),
    )
)


def lead(path: str) -> str:
    """The portal's address of an inside one; empty where there is none."""
    for pattern, target in LEADS:
        if (found := pattern.match(path)) is not None:
            return found.expand(target)
    return ""


def is_customer(person: Person) -> bool:
    """Somebody of a customer's: they are served, and do not work here. A supplier's people do."""
    return person.organization is not None and person.organization.kind == "customer"


def goes_somewhere(request: HttpRequest) -> bool:
    """Is it a browser that goes to an address? Over plain HTTP browsers do not say so; there whoever asks for a page of its own does."""
    if mode := request.headers.get("Sec-Fetch-Mode"):
        return mode == "navigate"
    is_script = "HX-Request" in request.headers or "X-Requested-With" in request.headers
    return not is_script and request.headers.get("Accept", "").startswith("text/html")


class LeadToPortal:
    """Leads a browser that goes somewhere, and nobody else: what a program or a script of a page asks for, it gets where it asked.

    It is a convenience and no wall: who sees what is decided where rows are read, and both pages of a thing read them alike.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.method == "GET"
            and goes_somewhere(request)
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and (target := lead(request.path))
            and (person := person_of(request)) is not None
            and is_customer(person)
        ):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{target}?{query}" if query and target == "/portal/search/" else target)
        return self.get_response(request)
