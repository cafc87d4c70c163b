"""What a reader may see of an answer: figures whole, records only those that they may read. Computed as a whole, shown by each one's rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import declared


def visible_to(person: Person, bodies: Iterable[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """Which records that answers name a person may read; a query for each kind that is named."""
    named: dict[str, set[int]] = defaultdict(set)
    for body in bodies:
        for source in (*(one.get("source") for one in body.get("shortfalls", ())), *body.get("sources", ())):
            if source:
                named[source["kind"]].add(source["pk"])
    kinds = {t.kind: t for t in declared()}
    seen: set[tuple[str, int]] = set()
    for kind, pks in named.items():
        record_type = kinds.get(kind)
        if record_type is None:  # a kept thing, such as a person: who reads conformity works inside
            seen |= {(kind, pk) for pk in pks}
            continue
        rows: Any = record_type.model.objects
        seen |= {(kind, pk) for pk in rows.visible_to(person).filter(pk__in=pks).values_list("pk", flat=True)}
    return seen


def as_seen(body: Mapping[str, Any], seen: set[tuple[str, int]]) -> dict[str, Any]:
    """An answer's detail without the names of records that are not for the reader; their number stays, and the text says so."""

    def is_seen(source: Mapping[str, Any] | None) -> bool:
        return source is None or (source["kind"], source["pk"]) in seen

    hidden = _("A record that is not for your eyes falls short.")
    shortfalls = [one if is_seen(one.get("source")) else {"sentence": hidden, "source": None, "owner": None} for one in body.get("shortfalls", ())]
    return {**body, "shortfalls": shortfalls, "sources": [one for one in body.get("sources", ()) if is_seen(one)]}
