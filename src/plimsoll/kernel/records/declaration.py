"""A record type is declared once; everything that pages, API, import and tests need to know of it stands in the declaration.

The declaration holds names, not callbacks. Where a kind decides something itself it hands over an ordinary class (`Behaviour`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models

from plimsoll.kernel.lib.faults import Fault
from plimsoll.kernel.workflow import Move, Workflow

if TYPE_CHECKING:
    from plimsoll.kernel.identity.models import Tenant
    from plimsoll.kernel.records.models import Record


class Behaviour:
    """What a kind decides itself. Override what is needed; the defaults decide nothing.

    All methods are called inside the four writes, in this order: `prepare`, `faults`, then for moves `on_move`.
    """

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        """Values that follow from others (a priority from a matrix, a team from a rule). Returns only what it sets.

        At opening `values` has beside the fields its `organization`, `opened_at` and `origin`; history that is brought in has "imported".
        """
        return {}

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        """Contradictions between values that a single field's check can't see."""
        return []

    def inherited_class(self, values: Mapping[str, Any]) -> str:
        """The access class that a new record takes over from what it belongs to; empty: none."""
        return ""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        """The facts that the guards judge, one per record, in a constant number of queries however many there are."""
        return list(records)

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        """Values that a move sets by itself (a moment, a count)."""
        return {}

    def leads_to(self, record: Record, move: Move, flow: Workflow) -> str:
        """The state that a move leads to; where it takes something back, perhaps the one that the record was in."""
        return move.target

    def link_faults(self, source: Record, meaning: str, target: Record) -> list[Fault]:
        """Why a record of this kind can't be linked so to another, whatever the way in. Both are locked."""
        return []

    def due(self, record: Record) -> datetime | None:
        """When a record that is about to be opened will be due; for kinds with a `due_at`. Later its clocks keep it."""
        return None

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        """How an act that only this kind has reads in its trail, from its new values; empty: it is derived from the changes."""
        return ""

    def paper(self, number: int, action: str, values: Mapping[str, Any]) -> str:
        """The address of the file that an act asks somebody to read, for the mail that tells of it; empty where there is none."""
        return ""

    def explain(self, record: Record, name: str) -> str:
        """Why a computed value is what it is, in words; empty when nothing is known."""
        return ""


@dataclass(frozen=True)
class RecordType:
    """The declaration of a kind. `fields` are what forms, API and import may set; `columns` what lists show; `filters` what they filter by.

    `internal` fields are never shown to people outside the provider; `plain` text fields hold codes, not people's words, and are
    kept readable in the trail; `requester` names the person field whose person follows the record; `ordering` is the lists' default.
    `derived` follow from more than the record itself (an agreement, a clock): they are computed here, never taken in from elsewhere.
    `asked_outside` are the fields that people outside the provider open with and amend (empty: all that are not internal).
    `ahead` are days that lie ahead when somebody sets them (a next review), `behind` days that lie behind (a signature); brought-in history is free.
    `at_opening` are given when the record is opened, by a page of the room's own, and stay (answers to a form): derived forms leave them out.
    """

    model: type[Record]
    prefix: str
    clause: str
    workflow: Workflow
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    behaviour_class: type[Behaviour] = Behaviour
    required: tuple[str, ...] = ("title",)
    internal: tuple[str, ...] = ()
    asked_outside: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    requester: str = ""
    derived: tuple[str, ...] = ()
    at_opening: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    side: tuple[str, ...] = ()  # fields shown at the side of the record page; default: all but the long texts
    body: str = ""  # the long text shown at the head of the record page
    own_pages: tuple[str, ...] = ()  # long texts that pages of the room show; the record page does not
    dues: tuple[str, ...] = ()  # days on which something of an open record falls due: its review, its end; the calendar shows them
    icon: str = "list-checks"
    group: str = ""  # the navigation group it stands in
    filterset_class: type[Any] | None = None
    plural: str = ""  # the word in addresses, where neither the app's name nor the kind with an s will do

    @cached_property
    def kind(self) -> str:
        return str(self.model._meta.model_name)

    @cached_property
    def plural_kind(self) -> str:
        """The word in addresses and the API: `incidents`."""
        return self.plural or str(self.model._meta.app_label if self.model._meta.app_label.startswith(self.kind[:-1]) else self.kind + "s")

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def plural_label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def behaviour(self) -> Behaviour:
        return self.behaviour_class()

    def model_field(self, name: str) -> models.Field[Any, Any]:
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    @cached_property
    def texts(self) -> frozenset[str]:
        """Fields whose values are people's words: concealed in the trail, erasable."""
        return frozenset(
            name
            for name in (*self.fields, "title")
            if (isinstance(f := self.model_field(name), models.CharField | models.TextField) and not f.choices and name not in self.plain)
            or (isinstance(f, models.JSONField) and name in self.at_opening)
        )

    @cached_property
    def foreign(self) -> dict[str, type[models.Model]]:
        """The fields that point to something else, with what they point to."""
        return {name: f.related_model for name in self.fields if isinstance(f := self.model_field(name), models.ForeignKey)}

    def is_asked_outside(self, name: str) -> bool:
        """May people outside the provider set this field when they open or amend a record?"""
        return name not in self.internal and (not self.asked_outside or name in self.asked_outside)

    def may_open_with(self, name: str) -> bool:
        """The same at opening: there they also say for whom it is."""
        return self.is_asked_outside(name) or name == self.requester

    def has(self, name: str) -> bool:
        """Whether records of this kind have such a field at all."""
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(f.name for f in self.model._meta.get_fields())

    def faults_of_declaration(self) -> list[tuple[str, str]]:
        """What `plimsoll check` reports: (sentence, hint) pairs."""
        faults = []
        known = sorted(self._names)
        for place in (
            "fields",
            "columns",
            "filters",
            "required",
            "internal",
            "asked_outside",
            "plain",
            "searched",
            "side",
            "at_opening",
            "dues",
            "ahead",
            "behind",
        ):
            for name in getattr(self, place):
                if name not in self._names and name != "reference":
                    near = difflib.get_close_matches(name, known, n=1)
                    hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(known)}."
                    faults.append((f"{self.kind.upper()}: {place} names “{name}”, which is not a field.", hint))
        if self.requester and self.requester not in self.fields:
            faults.append((f"{self.kind.upper()}: requester names “{self.requester}”, which is not among its fields.", "Add it to fields."))
        if not (self.prefix.isascii() and self.prefix.isupper()):
            faults.append((f"{self.kind.upper()}: the prefix “{self.prefix}” must be capital letters.", "For example INC."))
        return faults


_declared: dict[str, RecordType] = {}


def declare(record_type: RecordType) -> RecordType:
    """Enter a record type into the house. Called once per kind, in the app's `record.py`."""
    if (there := _declared.get(record_type.kind)) is not None and there.model is not record_type.model:
        raise ValueError(f"There is already a record type “{record_type.kind}”.")
    if any(t.prefix == record_type.prefix and t.kind != record_type.kind for t in _declared.values()):
        raise ValueError(f"The prefix {record_type.prefix} is already taken.")
    _declared[record_type.kind] = record_type
    return record_type


def declared() -> list[RecordType]:
    """Every record type, in the order of its clause."""
    return sorted(_declared.values(), key=lambda t: [int(p) if p.isdigit() else 0 for p in t.clause.split(".")])


def type_named(kind: str) -> RecordType:
    """The record type of a kind, singular or as in addresses. Raises KeyError."""
    if kind in _declared:
        return _declared[kind]
    for record_type in _declared.values():
        if record_type.plural_kind == kind:
            return record_type
    raise KeyError(kind)


def type_of(record: Record) -> RecordType:
    """The record type of a record."""
    return _declared[str(record._meta.model_name)]


def type_of_prefix(prefix: str) -> RecordType | None:
    """The record type whose numbers start with this prefix."""
    return next((t for t in _declared.values() if t.prefix == prefix.upper()), None)


__all__ = ["Behaviour", "Fault", "RecordType", "declare", "declared", "type_named", "type_of", "type_of_prefix"]
