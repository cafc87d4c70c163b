"""Requests that carry a token go straight to the API: sessions, messages, languages and sign-in serve browsers only.

Put it first among the middlewares. A request of a browser's session goes the whole way, so that its user and CSRF token are there.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation

from plimsoll.kernel.api.problems import BASE, problem_of


class TokenRequestsFirst:
    """Middleware: `/api/v1/…` with an Authorization header is answered here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_AUTHORIZATION" not in request.META or not request.path_info.startswith(f"{BASE}/"):
            return self.get_response(request)
        # The thread may still speak the language of the page that it answered before.
        translation.activate(settings.LANGUAGE_CODE)
        try:
            request.get_host()  # refuses a foreign Host header, as the middlewares that are left out would
            match = resolve(request.path_info)
            request.resolver_match = match
            return match.func(request, *match.args, **match.kwargs)
        except Exception as error:  # noqa: BLE001 (an address that is not there, or a host that is not ours)
            return problem_of(error).answer(request)
