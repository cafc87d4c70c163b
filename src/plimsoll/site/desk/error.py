"""What went wrong, in a sentence and with a way on. The handlers that Django calls."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.ui.context import person_of
from plimsoll.site.portal.leading import is_customer

NAMES_A_RIGHT = "none of your roles allows"  # see `access.queries.sentence`


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not for this person; the two look the same."""
    return render(
        request,
        "ui/error.html",
        {
            "error_title": _("There is nothing here"),
            "error_text": _("This address leads to nothing that you may see. It may be mistyped, or belong to somebody else."),
            **_ways(request),
        },
        status=404,
    )


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: with the sentence of the refusal."""
    said = str(exception) if isinstance(exception, PermissionDenied) and exception.args else _("You may not do this.")
    ways = _ways(request)
    if ways and NAMES_A_RIGHT in said:  # which right is missing helps those who give out rights, and they work here
        said = _("This is not open to you. Whoever speaks for your organisation may see more than you do; ask them if you need it.")
    return render(request, "ui/error.html", {"error_title": _("This is not yours to do"), "error_text": said, **ways}, status=403)


def _ways(request: HttpRequest) -> dict[str, Any]:
    """Where customers' people go on from here: to their own places, not to those of the house."""
    person = person_of(request) if hasattr(request, "user") else None
    if person is None or not is_customer(person):
        return {}
    return {"ways": [{"label": _("Help and services"), "href": "/portal/"}, {"label": _("Your requests"), "href": "/portal/mine/"}]}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: something in the request cannot be read."""
    return render(
        request,
        "ui/error.html",
        {
            "error_title": _("This could not be understood"),
            "error_text": _("The request holds something that cannot be read. Go back and try again."),
            **_ways(request),
        },
        status=400,
    )
