"""The same creation sent twice makes one record (Idempotency-Key): the first answer is kept for 24 hours, with the record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.api.models import IdempotentAnswer
from plimsoll.kernel.api.problems import Problem, bad_parameter
from plimsoll.kernel.api.reading import JSON
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now

KEPT = timedelta(hours=24)
_HEADERS = ("ETag", "Location")


def once(request: HttpRequest, person: Person, create: Callable[[], HttpResponse]) -> HttpResponse:
    """Create, or give the answer that was given before. Two at the same moment: the second waits for the first, then gets its answer."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return create()
    key = key.strip().strip('"')
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise bad_parameter({"Idempotency-Key": [_("A key has between 1 and 255 printable characters.")]})
    digest = hashlib.sha256(request.body).hexdigest()
    for _attempt in range(2):
        try:
            with writing():
                if (kept := _kept(person, key, request.path, digest)) is not None:
                    return kept
                made = create()
                with transaction.atomic(savepoint=connection.vendor != "sqlite"):
                    IdempotentAnswer.objects.create(
                        person=person,
                        key=key,
                        path=request.path[:200],
                        body_digest=digest,
                        status=made.status_code,
                        answer=made.content.decode(),
                        headers={n: made[n] for n in _HEADERS if n in made},
                        created_at=now(),
                    )
                return made
        except IntegrityError:  # PostgreSQL: the other one committed first, and everything of ours is undone
            continue
    raise Problem("still-answering", headers={"Retry-After": "1"})


def _kept(person: Person, key: str, path: str, digest: str) -> HttpResponse | None:
    found = IdempotentAnswer.objects.filter(person_id=person.pk, key=key).first()
    if found is None:
        return None
    if found.created_at < now() - KEPT:
        found.delete()
        return None
    if (found.path, found.body_digest) != (path[:200], digest):
        raise Problem("key-used")
    again = HttpResponse(found.answer, status=found.status, content_type=JSON)
    for name, value in found.headers.items():
        again[name] = value
    again["Idempotency-Replayed"] = "true"
    return again


def forget_old_answers() -> int:
    """Delete answers older than a day; a scheduled task. Returns how many."""
    return IdempotentAnswer.objects.filter(created_at__lt=now() - KEPT).delete()[0]
