"""The declaration of a part: its table, its record, which of its values are people's words, and while the record is in which states it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field as kept
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plimsoll.kernel.records.models import Record
from plimsoll.kernel.register.models import Card


@dataclass(frozen=True)
class PartType:
    """`name` stands in the trail, `plural` in addresses. `late` are the fields that may still be set while the record stands, in whatever state.

    A field may name another record: any (a foreign key to a card, given by number), one of a kind (a foreign key to its model, chosen from a
    list), or another part of the same record. `offered` says for a field of text what it is chosen from, asked when it is shown.
    """

    model: type[models.Model]
    name: str
    plural: str
    record: str  # the foreign key to the record that it is a part of
    fields: tuple[str, ...]
    title: str | Promise
    one: str | Promise  # as in “entered an exclusion”
    nothing: str | Promise  # what is said while there is none
    open_in: tuple[str, ...]
    closed: str | Promise  # what to do when the record is in another state
    late: tuple[str, ...] = ()
    offered: Mapping[str, Callable[[], list[tuple[str, str]]]] = kept(default_factory=dict)

    def field(self, name: str) -> models.Field[Any, Any]:
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    @cached_property
    def cards(self) -> tuple[str, ...]:
        """The fields that name another record, of whatever kind."""
        return tuple(n for n in self.fields if self.related(n) is Card)

    @cached_property
    def records(self) -> tuple[str, ...]:
        """The fields that name a record of one kind."""
        return tuple(n for n in self.fields if (model := self.related(n)) is not None and issubclass(model, Record))

    @cached_property
    def siblings(self) -> tuple[str, ...]:
        """The fields that name another part of the same record."""
        return tuple(n for n in self.fields if self.related(n) is not None and n not in self.cards and n not in self.records)

    @cached_property
    def foreign(self) -> tuple[str, ...]:
        """All fields that name something."""
        return (*self.cards, *self.records, *self.siblings)

    def related(self, name: str) -> type[models.Model] | None:
        found = getattr(self.field(name), "related_model", None)
        return found if isinstance(found, type) else None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The fields that hold people's words."""
        return tuple(n for n in self.fields if isinstance(f := self.field(n), models.CharField | models.TextField) and not f.choices)

    def told(self, name: str) -> str:
        """How the trail calls a field of it."""
        return f"{self.name}_{name}"

    def of(self, part: models.Model) -> int:
        """The card of the record that it is a part of."""
        return int(getattr(part, f"{self.record}_id"))


def told_of(part_types: Iterable[PartType], action: str) -> str:
    """How an act on a part reads in the trail of its record; empty for other acts."""
    did, _sign, name = action.partition(" ")
    for part_type in part_types:
        if part_type.name == name:
            sentences = {"add": _("entered %(what)s"), "change": _("changed %(what)s"), "remove": _("took %(what)s away")}
            return sentences[did] % {"what": part_type.one} if did in sentences else ""
    return ""
