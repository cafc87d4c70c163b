"""Who asks: a bearer token, or for the reference pages the browser's own session. Nothing is kept between requests."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from plimsoll.kernel.api.problems import Problem
from plimsoll.kernel.identity.models import ApiToken, Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now

CHALLENGE = 'Bearer realm="Plimsoll"'
MOST_FAILURES = 30
WITHIN = 60  # seconds
USED_EVERY = timedelta(minutes=1)


def digest_of(token: str) -> str:
    """What is kept of a token. It is long and random, so a plain SHA-256 can't be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuth(AuthBase):
    """`Authorization: Bearer …`: one query for token, person, tenant and organization."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Person | None:
        given = request.META.get("HTTP_AUTHORIZATION")
        if given is None:
            return None
        scheme, _space, token = given.partition(" ")
        found = _token(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
        if found is None:
            raise _failed(request, _("The token is unknown, expired or revoked."), ' error="invalid_token"')
        if found.last_used_at is None or found.last_used_at < now() - USED_EVERY:
            with writing():
                ApiToken.objects.filter(pk=found.pk).update(last_used_at=now())
        person = found.person
        person.__dict__["token_scopes"] = frozenset(s for s in found.scopes if isinstance(s, str))
        return person


# Only the statement is prepared; whom it finds is read and judged at every request.
_TOKENS = ApiToken.objects.select_related("person__tenant", "person__organization")


def _token(token: str) -> ApiToken | None:
    """The token, if it is good now: neither revoked nor expired, of a person who is here and belongs to a tenant."""
    found = next(iter(_TOKENS.filter(digest=digest_of(token))), None)
    if found is None or found.revoked_at is not None or found.expires_at <= now():
        return None
    person = found.person
    is_here = person.is_active and person.left_at is None and person.erased_at is None and person.kind == "human" and person.tenant is not None
    return found if is_here else None


def _failed(request: HttpRequest, detail: str, error: str = "") -> Problem:
    """A refusal that is counted. Only failures are slowed down: a good token is never kept out by somebody else's guessing."""
    key = f"api-failures:{request.META.get('REMOTE_ADDR', '')}"
    if not cache.add(key, 1, WITHIN):
        try:
            if cache.incr(key) > MOST_FAILURES:
                return Problem("too-many-attempts", headers={"Retry-After": str(WITHIN)})
        except ValueError:  # it ran out between the two
            pass
    return Problem("not-signed-in", detail, headers={"WWW-Authenticate": CHALLENGE + ("," + error if error else "")})


class SessionAuth(AuthBase):
    """The browser's session, for the reference pages. A write must carry the CSRF token, as a form does."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Person:
        user: Any = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            raise Problem("not-signed-in", _("Send a token: “Authorization: Bearer …”."), headers={"WWW-Authenticate": CHALLENGE})
        if request.method not in ("GET", "HEAD") and check_csrf(request):
            raise Problem("refused", _("A write from a browser's session needs the X-CSRFToken header. Programs use a token instead."))
        found = Person.objects.select_related("tenant", "organization").filter(pk=user.pk, is_active=True, erased_at=None, left_at=None).first()
        if found is None or found.tenant is None:
            raise Problem("not-signed-in", headers={"WWW-Authenticate": CHALLENGE})
        return found
