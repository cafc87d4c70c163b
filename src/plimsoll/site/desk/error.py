"""What went wrong, in a sentence and with a way on. The handlers that Django calls."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not for this person; the two look the same."""
    return render(
        request,
        "ui/error.html",
        {
            "error_title": _("There is nothing here"),
            "error_text": _("This address leads to nothing that you may see. It may be mistyped, or belong to somebody else."),
        },
        status=404,
    )


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: with the sentence of the refusal."""
    said = str(exception) if isinstance(exception, PermissionDenied) and exception.args else _("You may not do this.")
    return render(request, "ui/error.html", {"error_title": _("This is not yours to do"), "error_text": said}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: something in the request cannot be read."""
    return render(
        request,
        "ui/error.html",
        {
            "error_title": _("This could not be understood"),
            "error_text": _("The request holds something that cannot be read. Go back and try again."),
        },
        status=400,
    )
