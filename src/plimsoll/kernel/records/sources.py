"""Records as the sources of what documents print: their name and page, and the records of a kind that they are linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import type_named, type_of
from plimsoll.kernel.records.models import Link, Record
from plimsoll.kernel.register.models import Card


def source_of(record: Record) -> Source:
    """A record as a source: its number and title, and its page."""
    return Source(record.kind, record.pk, f"{record.reference} {record.title}", f"/{type_of(record).plural_kind}/{record.number}/")


def source_of_card(card: Card) -> Source:
    """The same of a card."""
    return Source(card.kind, card.pk, f"{card.reference} {card.title}", f"/{type_named(card.kind).plural_kind}/{card.number}/")


def linked(records: QuerySet[Any], *kinds: str, meanings: Iterable[str] = ()) -> dict[int, list[Card]]:
    """For each of some records the cards of some kinds that it is linked to, whichever end names the other, by title; two queries."""
    keys = records.order_by().values("pk")
    found: dict[int, dict[int, Card]] = defaultdict(dict)
    for near, far in (("source", "target"), ("target", "source")):
        rows = Link.objects.filter(**{f"{near}__in": keys, f"{far}__kind__in": kinds}).select_related(far)
        for link in rows.filter(meaning__in=list(meanings)) if meanings else rows:
            card = getattr(link, far)
            found[getattr(link, f"{near}_id")][card.pk] = card
    return {key: sorted(cards.values(), key=lambda card: (card.title.casefold(), card.pk)) for key, cards in found.items()}


def day_of(tenant: Tenant, moment: datetime) -> date:
    """The day that a moment is of, where the tenant is."""
    return moment.astimezone(ZoneInfo(tenant.timezone)).date()


__all__ = ["day_of", "linked", "source_of", "source_of_card"]
