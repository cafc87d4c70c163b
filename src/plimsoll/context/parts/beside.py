"""Parts go out and in with their record, and their words are redacted with those of the record. See `kernel.records.beside`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date

from plimsoll.context.parts.declaring import PartType
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.beside import Beside, Taking, Told, Words, references
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.redaction import REPLACEMENT


class PartsBeside(Beside):
    """The parts of one sort."""

    def __init__(self, part_type: PartType) -> None:
        self.type = part_type

    def _rows(self, keys: Sequence[int]) -> list[models.Model]:
        return list(self.type.model._default_manager.filter(**{f"{self.type.record}__in": keys}).select_related(*self.type.siblings).order_by("pk"))

    def told(self, records: Sequence[Any], by: Person) -> Told:
        rows = self._rows([r.pk for r in records])
        others = (*self.type.cards, *self.type.records)
        names = references([getattr(row, f"{name}_id") for row in rows for name in others], by)
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            said = {n: plain(getattr(row, n)) for n in self.type.fields if n not in self.type.foreign}
            said |= {n: str(getattr(row, n)) for n in self.type.siblings}
            found[self.type.of(row)].append(said | {n: names.get(getattr(row, f"{n}_id") or 0) for n in others})
        return {key: {self.type.plural: members} for key, members in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        left: list[dict[str, Any]] = []
        for row in told.get(self.type.plural, ()):
            values = {n: row.get(n) for n in self.type.fields if n not in self.type.foreign and row.get(n) is not None}
            for name, value in values.items():
                if isinstance(self.type.field(name), models.DateField):
                    values[name] = parse_date(str(value))
            for name in (*self.type.cards, *self.type.records):
                values[f"{name}_id"] = taking.card(row.get(name))
            for name in self.type.siblings:
                values[name] = self._sibling(name, record, str(row.get(name, "")))
            if any(not self.type.field(n).null and values.get(f"{n}_id", values.get(n)) is None for n in self.type.foreign):
                left.append(dict(row))  # what it names did not come along
                continue
            self.type.model._default_manager.create(**{f"{self.type.record}_id": record.pk}, **values)
        return {self.type.plural: left} if left else {}

    def _sibling(self, name: str, record: Record, said: str) -> models.Model | None:
        """The part of the same record that goes by some words; it was taken in before."""
        model = self.type.related(name)
        assert model is not None
        return next((one for one in model._default_manager.filter(**{self.type.record: record.pk}) if str(one) == said), None)

    def held(self, record: Record) -> list[Words]:
        return [
            Words(self._key(name, row.pk), str(self.type.field(name).verbose_name), getattr(row, name), self.type.told(name), is_one_of_many=True)
            for row in self._rows([record.pk])
            for name in self.type.texts
        ]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        for row in self._rows([record.pk]):
            if gone := {name: REPLACEMENT for name in self.type.texts if self._key(name, row.pk) in keys}:
                self.type.model._default_manager.filter(pk=row.pk).update(**gone)

    def _key(self, name: str, pk: int) -> str:
        return f"{self.type.told(name)}-{pk}"
