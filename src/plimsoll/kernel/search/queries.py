"""Finding records by words, the same on both databases. The only place with SQL of its own besides guarded migrations.

Two texts per record: outsiders query the public one only, so that neither hits, nor their number, nor snippets betray internal words.
All words must occur; the last may be a beginning. Newest first, not ranked: of thousands of hits nobody reads the best of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from plimsoll.kernel.access.queries import Reach, reach, teams_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import fold, words
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.register.models import Card

PAGE = 20
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found: its card, and a piece of text around the first word."""

    card: Card
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """Hits newest first; `jump` when the text was a number; `next` is the card to go on before, or None."""

    hits: list[Hit]
    jump: Card | None
    next: int | None


def find(
    person: Person, text: str, *, kinds: Sequence[str] | None = None, before: int | None = None, size: int = PAGE, snippets: bool = True
) -> Found:
    """Search all kinds that the person may read. `before` is the mark of the page before (a card's number in the house)."""
    wanted = words(text)[:MOST_WORDS]
    jump = find_by_reference(person, text) if before is None else None
    if not wanted or person.tenant_id is None:
        return Found([], jump, None)
    parts = _parts(person, kinds)
    keys = sorted({key for part in parts for key in _matching(person, part, wanted, before, size + 1)}, reverse=True)
    more = len(keys) > size
    cards = {card.pk: card for card in Card.objects.filter(pk__in=keys[:size]).select_related("organization")}
    chosen = [cards[key] for key in keys[:size] if key in cards]
    shown = _snippets(person, chosen, wanted) if snippets else {}
    return Found([Hit(card, shown.get(card.pk, "")) for card in chosen], jump, keys[size - 1] if more else None)


@dataclass(frozen=True, slots=True)
class _Part:
    """Kinds that one reach and one text share."""

    kinds: tuple[str, ...]
    reach: Reach
    is_inside: bool
    is_shared: bool
    opened: Any = None  # the keys that an audience may read, as a queryset of one kind


def _parts(person: Person, kinds: Sequence[str] | None) -> list[_Part]:
    grouped: dict[tuple[Reach, bool], list[str]] = {}
    for record_type in declared():
        if kinds is None or record_type.kind in kinds:
            found = reach(person, f"{record_type.kind}:read")
            inside = reach(person, f"{record_type.kind}:internal")
            # Internal words only where internal reading carries just as far; else the public text, which hides rather than betrays.
            is_inside = (
                inside.everything
                if found.everything
                else (bool(found.organizations) and found.organizations <= inside.organizations) or inside.everything
            )
            if not found.is_empty:
                grouped.setdefault((found, is_inside), []).append(record_type.kind)
    parts = []
    for (found, is_inside), names in grouped.items():
        if found.own:
            parts += [
                _Part((name,), found, False, is_shared=False, opened=keys)
                for name in names
                if (keys := type_named(name).model.opened_to(person)) is not None
            ]
        if found.everything or found.organizations or found.services:
            parts.append(_Part(tuple(names), found, is_inside, is_shared=False))
        if found.own or (not found.everything_classified and (not found.everything or _has_classified(person))):
            parts.append(_Part(tuple(names), found, is_inside and found.everything, is_shared=True))
    return parts


def _has_classified(person: Person) -> bool:
    return bool(person.tenant and person.tenant.settings.get("classes_used"))


def _matching(person: Person, part: _Part, wanted: list[str], before: int | None, size: int) -> list[int]:
    """The newest cards of one part that hold all words."""
    conditions = ["r.tenant_id = %s"]
    values: list[Any] = [person.tenant_id]
    if len(part.kinds) < len(declared()):
        conditions.append(f"r.kind IN ({', '.join(['%s'] * len(part.kinds))})")
        values += part.kinds
    if part.opened is not None:
        # The public text only, and nothing with an access class: the same answer as `visible_to` gives.
        keys, values_of_keys = part.opened.order_by().values("pk").query.sql_with_params()
        conditions.append(f"r.access_class = '' AND r.card_id IN ({keys})")
        values += values_of_keys
    elif part.is_shared:
        mine = ["s.person_id = %s"]
        values_of_share: list[Any] = [person.pk]
        if teams := sorted(teams_of(person)):
            mine.append(f"s.team_id IN ({', '.join(['%s'] * len(teams))})")
            values_of_share += teams
        conditions.append(
            f"EXISTS (SELECT 1 FROM records_share s WHERE s.card_id = r.card_id AND ({' OR '.join(mine)}) AND (s.until IS NULL OR s.until > %s))"
        )
        values += [*values_of_share, now()]
    else:
        if not part.reach.everything:
            allowed = sorted(part.reach.organizations)
            conditions.append(f"r.organization IN ({', '.join(['%s'] * len(allowed)) or 'NULL'})")
            values += allowed
        if not part.reach.everything_classified:
            classes = ["", *sorted(part.reach.classes)]
            conditions.append(f"r.access_class IN ({', '.join(['%s'] * len(classes))})")
            values += classes
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            query = " AND ".join(f'"{w}"' + ("*" if i == len(wanted) - 1 else "") for i, w in enumerate(wanted))
            matched = query if part.is_inside else f"{{public}} : ({query})"
            beyond = "AND f.rowid < %s" if before is not None else ""
            # CROSS JOIN pins the order: the index first, newest first, and it stops as soon as the page is full.
            sql = (
                f"SELECT f.rowid FROM search_fts f CROSS JOIN search_searchrow r ON r.card_id = f.rowid WHERE f.search_fts MATCH %s {beyond} "
                f"AND {' AND '.join(conditions)} ORDER BY f.rowid DESC LIMIT %s"
            )
            cursor.execute(sql, [matched, *([before] if before is not None else []), *values, size])
        else:
            column = "all_words" if part.is_inside else "public_words"
            query = " & ".join(f"'{w}'" + (":*" if i == len(wanted) - 1 else "") for i, w in enumerate(wanted))
            beyond = "AND r.card_id < %s" if before is not None else ""
            sql = (
                f"SELECT r.card_id FROM search_searchrow r WHERE r.{column} @@ %s::tsquery {beyond} AND {' AND '.join(conditions)} "
                "ORDER BY r.card_id DESC LIMIT %s"
            )
            cursor.execute(sql, [query, *([before] if before is not None else []), *values, size])
        return [row[0] for row in cursor.fetchall()]


def _snippets(person: Person, cards: list[Card], wanted: list[str]) -> dict[int, str]:
    """A piece of the record's own public text around the first word found; one query per kind."""
    by_kind: dict[str, list[int]] = {}
    for card in cards:
        by_kind.setdefault(card.kind, []).append(card.pk)
    found: dict[int, str] = {}
    for kind, keys in by_kind.items():
        record_type = type_named(kind)
        names = [n for n in record_type.searched if n != "title" and n not in record_type.internal]
        if names:
            for key, *texts in record_type.model.objects.visible_to(person).filter(pk__in=keys).values_list("pk", *names):
                found[key] = next((piece for text in texts if text and (piece := snippet(str(text), wanted))), "")
    return found


def snippet(text: str, wanted: list[str], around: int = 70) -> str:
    """Some words around the first of the wanted ones in a text; empty when none is in it."""
    folded = fold(text)
    at = min((i for w in wanted if (i := folded.find(w)) >= 0), default=-1)
    if at < 0:
        return ""
    start, end = max(0, at - around), min(len(text), at + around)
    if start:  # whole words only
        start = text.find(" ", start, at) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", at, end), at + 1) if " " in text[at:end] else end
    return ("… " if start else "") + " ".join(text[start:end].split()) + (" …" if end < len(text) else "")
