"""Reading records: by number, by keyset page, across kinds. Rows leave through `visible_to` only."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import declared, type_named, type_of_prefix
from plimsoll.kernel.records.models import Record, scoped
from plimsoll.kernel.register.models import BIGGEST_NUMBER, Card

PAGE = 50


class BadCursor(ValueError):
    """A page mark that this system did not make. `args[0]` is a sentence."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order, and the marks of the pages after and before; None where there is none."""

    rows: list[Any]
    next: str | None
    previous: str | None


def record_of(card: Card, person: Person | None = None) -> Record:
    """The record of a card; with a person only when they may see it. Raises the kind's DoesNotExist."""
    rows = type_named(card.kind).model.objects
    return (rows.visible_to(person) if person else rows).get(pk=card.pk)


def find_by_reference(person: Person, text: str) -> Card | None:
    """The card that a number names ("INC-1042", "inc 1042"), when the person may see it; else None, as if it were not there."""
    letters, number = "".join(c for c in text if c.isalpha()).upper(), whole("".join(c for c in text if c.isdecimal()), BIGGEST_NUMBER)
    record_type = type_of_prefix(letters)
    if record_type is None or number is None or person.tenant_id is None:
        return None
    found = record_type.model.objects.visible_to(person).filter(tenant_id=person.tenant_id, number=number).values_list("pk", flat=True).first()
    return Card.objects.get(pk=found) if found else None


def visible_cards(person: Person, rows: QuerySet[Card] | None = None, kinds: Sequence[str] | None = None) -> list[QuerySet[Card]]:
    """Cards of all kinds that a person may see, as parts to be merged; kinds of one reach share a part."""
    rows = Card.objects.all() if rows is None else rows
    by_reach: dict[Any, list[str]] = {}
    opened: list[QuerySet[Card]] = []
    for record_type in declared():
        if kinds is None or record_type.kind in kinds:
            found = reach(person, f"{record_type.kind}:read")
            if not found.is_empty:
                by_reach.setdefault(found, []).append(record_type.kind)
            if found.own and (keys := record_type.model.opened_to(person)) is not None:
                opened.append(rows.filter(tenant_id=found.tenant or 0, kind=record_type.kind, access_class="", pk__in=keys))
    return [part for found, names in by_reach.items() for part in scoped(rows.filter(kind__in=names), found, person)] + opened


def encode_cursor(direction: str, values: Sequence[Any]) -> str:
    """A page mark: the sort values of a row, and whether to go on after or before it."""
    body = json.dumps([direction, *[v.isoformat() if isinstance(v, datetime) else v for v in values]], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode_cursor(text: str, fields: Sequence[str], model: Any) -> tuple[str, list[Any]]:
    """A page mark read back, each value checked by its column; raises `BadCursor`."""
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if direction not in ("after", "before") or len(values) != len(fields):
            raise ValueError
        for value in values:
            if isinstance(value, bool) or (isinstance(value, int) and abs(value) >= 2**63) or not isinstance(value, str | int | None):
                raise ValueError
        clean = [
            None if value is None else model._meta.get_field(name.removeprefix("-")).to_python(value)
            for name, value in zip(fields, values, strict=True)
        ]
        if any(isinstance(v, datetime) and v.tzinfo is None for v in clean):
            raise ValueError
    except Exception:  # noqa: BLE001 (whatever is wrong with it, it is not a mark of ours)
        raise BadCursor("This page mark is not one of ours. Take it from the link of the page before, or leave it out.") from None
    return direction, clean


def keyset_page(
    parts: Sequence[QuerySet[Any]], order: str, cursor: str | None = None, size: int = PAGE, rows_of: Callable[[QuerySet[Any]], list[Any]] = list
) -> Page:
    """One page of rows merged from parts, without counting. `order` is one column, with "-" for newest first; the key breaks ties."""
    if not parts:
        return Page([], None, None)
    model = parts[0].model
    key = "card_id" if issubclass(model, Record) else "pk"
    column, falls = order.removeprefix("-"), order.startswith("-")
    fields = (order, "-card" if key == "card_id" else "-id") if falls else (order, "card" if key == "card_id" else "id")
    direction, marks = "after", None
    if cursor:
        direction, marks = decode_cursor(cursor, fields, model)
    backwards = direction == "before"
    down = falls != backwards
    found: list[Any] = []
    get = attrgetter(column, key)
    nullable = model._meta.get_field(column).null
    for part in parts:
        kept: list[Any] = []
        for rows, sort in _phases(part, column, key, marks, down, nullable, backwards):
            kept += rows_of(rows.order_by(*sort)[: size + 1 - len(kept)])
            if len(kept) > size:
                break
        found.append(kept)
    if len(found) == 1:
        merged = found[0]
    else:
        seen: set[Any] = set()
        merged = []
        for row in heapq.merge(*found, key=lambda r: ((get(r)[0] is None) != falls, *get(r)) if nullable else get(r), reverse=down):
            if getattr(row, key) not in seen:
                seen.add(getattr(row, key))
                merged.append(row)
                if len(merged) > size:
                    break
    more = len(merged) > size
    rows = merged[:size]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else True
    has_previous = (marks is not None) if not backwards else more
    return Page(
        rows,
        encode_cursor("after", get(rows[-1])) if rows and has_next else None,
        encode_cursor("before", get(rows[0])) if rows and has_previous else None,
    )


def _phases(
    part: QuerySet[Any], column: str, key: str, marks: list[Any] | None, down: bool, nullable: bool, backwards: bool
) -> Iterator[tuple[QuerySet[Any], list[str]]]:
    """The rows after a mark as queries to be asked in turn, each with its order. What has no value comes last, whichever way the others go:
    neither database walks an index for that, so it is a question of its own, and rarely asked."""
    sign = "-" if down else ""
    by_key = f"{sign}{'card' if key == 'card_id' else 'pk'}"
    side = "lt" if down else "gt"
    valued = part.filter(**{f"{column}__isnull": False}) if nullable else part
    empty = part.filter(**{f"{column}__isnull": True})
    if marks is not None and marks[0] is not None:
        # The first condition alone lets the index jump; the second breaks the tie.
        value, pk = marks
        valued = valued.filter(Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"{key}__{side}": pk}), **{f"{column}__{side}e": value})
    elif marks is not None:
        empty = empty.filter(**{f"{key}__{side}": marks[1]})
    with_value, without = (valued, [f"{sign}{column}", by_key]), (empty, [by_key])
    if not nullable:
        yield with_value
    elif backwards:
        if marks is None or marks[0] is None:
            yield without
        yield with_value
    else:
        if marks is None or marks[0] is not None:
            yield with_value
        yield without
