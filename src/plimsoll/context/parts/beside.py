"""Parts go out and in with their record, and their words are redacted with those of the record. See `kernel.records.beside`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import models
from django.utils.dateparse import parse_date

from plimsoll.context.parts.declaring import PartType
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card


class PartsBeside:
    """The parts of one sort."""

    people: frozenset[str] = frozenset()

    def __init__(self, part_type: PartType) -> None:
        self.type = part_type
        self.name = part_type.plural
        self.texts: Mapping[str, Any] = {part_type.told(n): part_type.field(n).verbose_name for n in part_type.texts}

    def _rows(self, keys: Sequence[int]) -> list[models.Model]:
        rows = self.type.model._default_manager.filter(**{f"{self.type.record}__in": keys})
        return list(rows.select_related(*self.type.cards).order_by("pk"))

    def exported(self, records: Sequence[Record], by: Person) -> dict[int, list[dict[str, Any]]]:
        rows = self._rows([r.pk for r in records])
        named = {getattr(row, f"{name}_id") for row in rows for name in self.type.cards} - {None}
        seen = {pk for part in visible_cards(by, Card.objects.filter(pk__in=named)) for pk in part.values_list("pk", flat=True)} if named else set()
        told: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            said = {n: plain(getattr(row, n)) for n in self.type.fields if n not in self.type.cards}
            cards = {n: card.reference if (card := getattr(row, n)) is not None and card.pk in seen else None for n in self.type.cards}
            told[self.type.of(row)].append(said | cards)
        return dict(told)

    def restore(self, record: Record, rows: Sequence[Mapping[str, Any]]) -> None:
        if self._rows([record.pk]):
            return
        for row in rows:
            values = {n: row.get(n) for n in self.type.fields if n not in self.type.cards and row.get(n) is not None}
            for name, value in values.items():
                if isinstance(self.type.field(name), models.DateField):
                    values[name] = parse_date(str(value))
            for name in self.type.cards:
                if row.get(name):  # by its number here; what has another number, or is not here yet, is left out
                    values[name] = Card.objects.filter(tenant=record.tenant_id, reference=row[name]).first()
            self.type.model._default_manager.create(**{f"{self.type.record}_id": record.pk}, **values)

    def words(self, record: Record) -> dict[str, str]:
        rows = self._rows([record.pk])
        said = {n: "\n".join(filter(None, (cast("str", getattr(row, n)) for row in rows))) for n in self.type.texts}
        return {self.type.told(n): text for n, text in said.items() if text}

    def erase(self, record: Record, names: set[str]) -> None:
        gone = {n: "" for n in self.type.texts if self.type.told(n) in names}
        if gone:
            self.type.model._default_manager.filter(**{self.type.record: record.pk}).update(**gone)
