"""Is what was computed still what it should be? Projections of records compared with the records, all or a random sample."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.register.models import Card

CHUNK = 500


@dataclass(slots=True)
class Comparison:
    """How many records were compared, of how many, and what differs (sentences)."""

    compared: int = 0
    of: int = 0
    faults: list[str] = field(default_factory=list)


def _sample(most: int | None) -> Iterator[list[int]]:
    """Ids of cards in chunks: all of them, or about `most`, drawn without reading the whole table."""
    cards = Card.objects.order_by("id").values_list("id", flat=True)
    if most is None:
        last = 0
        while found := list(cards.filter(id__gt=last)[:CHUNK]):
            yield found
            last = found[-1]
        return
    first, newest = cards.first(), cards.last()
    if first is None or newest is None:
        return
    span = range(first, newest + 1)
    # Twice as many as wanted, as some numbers were never used.
    drawn = random.sample(span, min(2 * most, len(span)))
    left = most
    for start in range(0, len(drawn), CHUNK):
        found = list(cards.filter(id__in=drawn[start : start + CHUNK])[:left])
        left -= len(found)
        yield found
        if left <= 0:
            return


def compare_projections(most: int | None = None) -> Comparison:
    """Compare every projection of all records, or of a random sample of about `most`."""
    outcome = Comparison(of=Card.objects.count())
    for ids in _sample(most):
        kinds: dict[str, list[int]] = {}
        for pk, kind in Card.objects.filter(id__in=ids).values_list("id", "kind"):
            kinds.setdefault(kind, []).append(pk)
        for kind, keys in kinds.items():
            records: list[Any] = list(type_named(kind).model._base_manager.filter(pk__in=keys).select_related("tenant", "card"))
            if len(records) < len(keys):
                outcome.faults.append(f"{len(keys) - len(records)} cards of the kind {kind} have no record.")
            for record in records:
                outcome.compared += 1
                for projection in projections():
                    outcome.faults.extend(projection.compare(record))
    return outcome
