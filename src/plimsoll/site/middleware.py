"""Before each page: addresses that can be read, and the time zone of whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from plimsoll.kernel.ui.context import person_of


@lru_cache(maxsize=700)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


class ReadableAddress:
    """Refuses addresses with a character that no database stores (NUL), in one place for all pages; programs get a problem document instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/") and ("%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path):
            raise BadRequest
        return self.get_response(request)


class ZoneMiddleware:
    """Activates the person's zone, else their tenant's. Without a session nobody is looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        person = person_of(request)
        if person is None:
            return self.get_response(request)
        name = person.timezone or (person.tenant.timezone if person.tenant else "") or "UTC"
        with timezone.override(_zone(name)):
            return self.get_response(request)
