"""The declaration of a part: its table, its record, which of its values are people's words, and while the record is in which states it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plimsoll.kernel.register.models import Card


@dataclass(frozen=True)
class PartType:
    """`name` stands in the trail, `plural` in addresses. `late` are the fields that may still be set while the record stands, in whatever state."""

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

    def field(self, name: str) -> models.Field[Any, Any]:
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    @cached_property
    def cards(self) -> tuple[str, ...]:
        """The fields that name another record."""
        return tuple(n for n in self.fields if getattr(self.field(n), "related_model", None) is Card)

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
