"""News of the portal's lists: which of the things that stand there changed meanwhile, as far as the list itself shows it.

A page says what it shows by a short mark of each row. Asked again, the list is read as then and the marks are compared: what a reader can't see
of a thing (a note among ourselves, who of us has it) is in no row, and so is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import sign_of_access
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.site.portal.shell import followed

MOST = 50
SHOWN = ("title", "state", "steps", "asks", "asker")


def marks(rows: Iterable[Mapping[str, Any]], **others: Sequence[Any]) -> str:
    """What a page shows, for its address of news: a mark of each row by its number, and of other things by a name."""
    named = [(row["ref"], _sign([row[name] for name in SHOWN], row["said"].pk if row["said"] else 0, _due(row))) for row in rows]
    return ",".join(f"{name}.{sign}" for name, sign in (*named, *((name, _sign(*values)) for name, values in others.items())))


def _due(row: Mapping[str, Any]) -> str:
    return str(row["promise"].due_at) if row["promise"] else ""


def _sign(*shown: Any) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:8]


def read_marks(text: str) -> dict[str, str]:
    """Marks by number or name, as an address gives them; what is none is left out."""
    pairs = (part.rpartition(".") for part in text.split(",")[:MOST])
    return {name: sign for name, _dot, sign in pairs if name and sign}


def news_of(request: HttpRequest, person: Person, now: str, page: str, *, is_full: bool) -> HttpResponse:
    """The answer to a list that stands open: which of it changed. 304 while nothing did.

    Of a list that `is_full` only what stands there still counts: others come and go with what is done to them among ourselves too.
    """
    seen, there = read_marks(request.GET.get("seen", "")), read_marks(now)
    left = [name for name in seen if name not in there]
    gone = _gone(person, left)
    came = [] if is_full else [name for name in there if name not in seen] + left
    changed = [name for name, sign in there.items() if name in seen and seen[name] != sign] + came
    told = {"sentence": _sentence([name for name in changed if name not in gone]), "href": page, "is_gone": bool(gone)}
    tag = f'"{_sign(told, sign_of_access(person))}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    return JsonResponse(told, headers={"ETag": tag})


def _gone(person: Person, references: list[str]) -> set[str]:
    """Those that left the list since they may no longer be read; the others are over, or fit its filters no more."""
    numbered = [name for name in references if "-" in name]
    if not numbered:
        return set()
    parts = visible_cards(person, Card.objects.filter(reference__in=numbered), [t.kind for t in followed()])
    return set(numbered) - {card.reference for part in parts for card in part}


def _sentence(changed: list[str]) -> str:
    things = [name for name in changed if "-" in name]
    if not changed:
        return ""
    if len(things) == 1 == len(changed):
        return _("There is news of %(ref)s. Show it") % {"ref": things[0]}
    if len(things) == len(changed):
        return ngettext("There is news of %(n)d. Show it", "There is news of %(n)d. Show it", len(things)) % {"n": len(things)}
    return _("There is news. Show it")


__all__ = ["marks", "news_of", "read_marks"]
