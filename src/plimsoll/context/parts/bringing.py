"""Parts of records in import files: entered and changed by the ordinary writes of parts. See `kernel.exchange.configuring`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.parts.operations import add_part, change_part
from plimsoll.kernel.exchange.configuring.keeping import CHANNEL, Names, Parts, brief, fold, truth, written_name
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.beside import references

Change = tuple[str, str, str]


class DeclaredParts(Parts):
    """The parts of one sort. Those that have the same values where one is needed are the same part. `named` are the kinds that a record
    they name may be of; of any when there are none."""

    def __init__(self, part_type: PartType, *named: str) -> None:
        self.type, self.named = part_type, named
        self.name, self.fields = part_type.plural, part_type.fields
        needed = [n for n in part_type.fields if not part_type.field(n).blank and not part_type.field(n).has_default()]
        days = [n for n in needed if isinstance(part_type.field(n), models.DateField)]
        self.known_by = tuple(n for n in needed if n not in days) or part_type.fields[:1]

    def keep(self, record: Any, rows: Sequence[Mapping[str, Any]], names: Names) -> list[Change]:
        changes: list[Change] = []
        manager = self.type.model._default_manager
        there = list(manager.filter(**{self.type.record: record.pk}).select_related(*self.type.foreign))
        for n, row in enumerate(rows, 1):
            where = f"{self.name}.{n}."
            values = {name: self._value(name, given, record, names, f"{where}{name}") for name, given in row.items()}
            same = [part for part in there if all(_same(getattr(part, k), values.get(k)) for k in self.known_by)]
            try:
                if not same:
                    made = add_part(self.type, record, values, by=names.by, channel=CHANNEL)
                    there.append(made)
                    changes.append((self.name, "–", brief(str(made))))
                    continue
                part = same[0]
                differing = {k: v for k, v in values.items() if not _same(getattr(part, k), v)}
                if differing:
                    changes += [(f"{self.name}.{k}", brief(getattr(part, k)), brief(v)) for k, v in differing.items()]
                    change_part(self.type, part, differing, by=names.by, channel=CHANNEL)
            except Faulty as error:
                raise Faulty([Fault(f"{where}{f.field}".rstrip("."), f.sentence) for f in error.faults]) from None
        return changes

    def _value(self, name: str, given: Any, record: Any, names: Names, column: str) -> Any:
        field, related = self.type.field(name), self.type.related(name)
        if name in self.type.cards:
            return names.card(str(given), self.named, column) if given else None
        if name in self.type.siblings:
            return self._sibling(related, record, str(given), column)
        if related is not None:
            return names.find(related, str(given), column) if given else None
        if isinstance(field, models.BooleanField):
            return truth(given, column)
        if isinstance(given, dict | list):
            raise Faulty([Fault(column, _("A single value is needed here."))])
        if field.choices:
            labels = {fold(str(word)): value for value, label in field.flatchoices for word in (label, value)}
            return labels.get(fold(str(given)), given)
        try:
            return field.to_python(given) if given != "" else given
        except ValidationError as error:
            raise Faulty([Fault(column, " ".join(error.messages))]) from None

    def _sibling(self, model: Any, record: Any, text: str, column: str) -> models.Model:
        for one in model._default_manager.filter(**{self.type.record: record.pk}):
            if fold(str(one)) == fold(text):
                found: models.Model = one
                return found
        said = _("“%(name)s” is none of the %(what)s of this record. Name it there first, in the same words.")
        raise Faulty([Fault(column, said % {"name": text[:80], "what": model._meta.verbose_name_plural})])

    def told(self, record: Any, by: Person) -> list[dict[str, Any]]:
        rows = list(self.type.model._default_manager.filter(**{self.type.record: record.pk}).select_related(*self.type.foreign))
        seen = references([getattr(row, f"{n}_id") for row in rows for n in (*self.type.cards, *self.type.records)], by)
        found = []
        for row in rows:
            said: dict[str, Any] = {}
            for name in self.type.fields:
                value = getattr(row, name)
                if name in self.type.siblings:
                    said[name] = str(value)
                elif isinstance(value, models.Model):
                    if value.pk in seen:  # what somebody may not see is not named
                        said[name] = written_name(value)
                elif value not in (None, ""):
                    said[name] = plain(value)
            found.append(said)
        return found


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, models.Model) or isinstance(new, models.Model):
        return getattr(old, "pk", None) == getattr(new, "pk", None)
    return bool(old == new) or (old in (None, "") and new in (None, ""))
