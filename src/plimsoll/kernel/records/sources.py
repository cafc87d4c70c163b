"""Records as the sources of what documents print: their name and page, and the records of a kind that they are linked to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language

from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import type_named, type_of
from plimsoll.kernel.records.models import Link, Record
from plimsoll.kernel.register.models import Card


def source_of(record: Record) -> Source:
    """A record as a source: its number and title, and its page."""
    return Source(record.kind, record.pk, f"{record.reference} {record.title}", f"/{type_of(record).plural_kind}/{record.number}/")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a document needs to know of a record that another one is linked to."""

    pk: int
    kind: str
    reference: str
    number: int
    title: str
    state: str


def source_of_card(card: Card | Neighbour) -> Source:
    """A card, or what is known of a neighbour, as a source."""
    return Source(card.kind, card.pk, f"{card.reference} {card.title}", f"/{type_named(card.kind).plural_kind}/{card.number}/")


def linked(records: QuerySet[Any], *kinds: str) -> dict[int, list[Neighbour]]:
    """For each of some records those of some kinds that it is linked to, whichever end names the other, by title; two queries."""
    keys = records.order_by().values("pk")
    known: dict[int, Neighbour] = {}
    found: dict[int, set[int]] = defaultdict(set)
    for near, far in (("source", "target"), ("target", "source")):
        rows = Link.objects.filter(**{f"{near}__in": keys, f"{far}__kind__in": kinds}).order_by()
        columns = (f"{far}_id", *(f"{far}__{name}" for name in ("kind", "reference", "number", "title", "state")))
        for here, *there in rows.values_list(f"{near}_id", *columns):
            if there[0] not in known:
                known[there[0]] = Neighbour(*there)
            found[here].add(there[0])
    place = {pk: n for n, pk in enumerate(sorted(known, key=lambda pk: (known[pk].title.casefold(), pk)))}
    return {key: [known[pk] for pk in sorted(others, key=place.__getitem__)] for key, others in found.items()}


def day_of(tenant: Tenant, moment: datetime) -> date:
    """The day that a moment is of, where the tenant is."""
    return moment.astimezone(ZoneInfo(tenant.timezone)).date()


def day_words(day: date | None) -> str:
    """A day as documents print it, “1 January 2031”; empty for none."""
    return "" if day is None else _day_words(day, get_language() or "")


@lru_cache(maxsize=5000)
def _day_words(day: date, language: str) -> str:
    """Kept, as a document prints the same days a thousand times; the language is the one that is in force."""
    return date_format(day, "j F Y")


__all__ = ["Neighbour", "day_of", "day_words", "linked", "source_of", "source_of_card"]
