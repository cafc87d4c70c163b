"""A caller of the API with a token, for tests that read as sentences."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from plimsoll.kernel.api.auth import digest_of
from plimsoll.kernel.identity.models import ApiToken, Person
from plimsoll.kernel.lib.time import now

_counter = itertools.count(1)


def token_of(person: Person, *, scopes: tuple[str, ...] = ("*",), **values: Any) -> str:
    """A token of a person, as text."""
    text = f"plim_test_{next(_counter)}_{person.pk}"
    ApiToken.objects.create(
        person=person,
        name="test",
        prefix=text[:12],
        digest=digest_of(text),
        scopes=list(scopes),
        last_used_at=now(),
        **{"expires_at": now() + timedelta(days=1), **values},
    )
    return text


class Caller:
    """Somebody's program: `ines.get("incidents")`."""

    def __init__(self, person: Person, *, scopes: tuple[str, ...] = ("*",), **values: Any) -> None:
        self.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token_of(person, scopes=scopes, **values)}"})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(address(path), headers=headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.client.generic(method, address(path), _json(body), content_type="application/json", headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body if body is not None else {}, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("PUT", path, body if body is not None else {})

    def delete(self, path: str) -> HttpResponse:
        return self.send("DELETE", path)

    def upload(self, path: str, **form: Any) -> HttpResponse:
        return self.client.post(address(path), form)


def address(path: str) -> str:
    """`incidents` is /api/v1/incidents; an absolute path stays."""
    return path if path.startswith("/") else f"/api/v1/{path}"


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
