"""By which records something that a version says came to be otherwise: of those that it names, the ones that were written since its approval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from plimsoll.kernel.figures.blanks import Row, Source, Value
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.trail.models import Entry


def named_by(*sides: Value | Row | None) -> tuple[Source, ...]:
    """The sources that two sides of a difference name, each once, and as the later side calls it."""
    found: dict[str, Source] = {}
    for side in sides:
        told = () if side is None else side.all_sources() if isinstance(side, Value) else (*((side.source,) if side.source else ()), *side.also)
        for source in told:
            found[source.key] = source
    return tuple(found.values())


def written_since(tenant: Tenant, sources: Iterable[Source], since: datetime) -> frozenset[str]:
    """The keys of those that were written after a moment; a role also where somebody began or ceased to hold it. Three queries at most."""
    wanted = {source.key: source for source in sources}
    keys = {source.pk for source in wanted.values()}
    if not wanted:
        return frozenset()
    cards = Card.objects.filter(tenant=tenant, pk__in=keys, changed_at__gt=since).values_list("kind", "pk")
    things = Entry.objects.filter(tenant=tenant, card=None, kind__in={s.kind for s in wanted.values()}, subject__in=keys, at__gt=since)
    found = {f"{kind}:{pk}" for kind, pk in (*cards, *things.values_list("kind", "subject").distinct())}
    if roles := {source.pk for source in wanted.values() if source.kind == "role"}:
        held = Assignment.objects.filter(tenant=tenant, role__in=roles, changed_at__gt=since).values_list("role", flat=True)
        found |= {f"role:{pk}" for pk in held}
    return frozenset(found & wanted.keys())


def causes_of(was: Value | Row | None, is_now: Value | Row | None, written: frozenset[str]) -> tuple[Source, ...]:
    """What a difference came from: the records that were written since; else those that only one side names; else the first that is named."""
    named = named_by(was, is_now)
    if found := tuple(source for source in named if source.key in written):
        return found
    old, new = ({source.key for source in named_by(side)} for side in (was, is_now))
    return tuple(source for source in named if (source.key in old) != (source.key in new)) or named[:1]


def plain(causes: Sequence[Source]) -> list[dict[str, str]]:
    """Causes as they are kept with a drift."""
    return [{"key": one.key, "label": one.label[:300], "href": one.href[:300]} for one in causes]


__all__ = ["causes_of", "named_by", "plain", "written_since"]
