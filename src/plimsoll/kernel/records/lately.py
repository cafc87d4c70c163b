"""When something was last done with records, by their trails: what claims on intervals count from. It writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max

from plimsoll.kernel.trail.models import Entry


def last_done(cards: Collection[int], *actions: str, until: datetime) -> dict[int, datetime]:
    """By record when one of some acts was last done with it, up to a moment. One query."""
    rows = Entry.objects.filter(card__in=cards, action__in=actions, at__lte=until).order_by().values("card").annotate(last=Max("at"))
    return dict(rows.values_list("card", "last"))


__all__ = ["last_done"]
