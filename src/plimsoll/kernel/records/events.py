"""What others may want to know of records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plimsoll.kernel.events import Event

if TYPE_CHECKING:
    from plimsoll.kernel.identity.models import Person
    from plimsoll.kernel.records.models import Comment, Record
    from plimsoll.kernel.trail.models import Entry


@dataclass(frozen=True, slots=True)
class Written(Event):
    """A record was opened, amended, moved, commented or linked. The only event that carries the objects themselves: the write has
    them in hand, and every listener would read them again."""

    record: Record
    entry: Entry
    by: Person
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    comment: Comment | None = None


@dataclass(frozen=True, slots=True)
class Replayed(Event):
    """An importer wrote whole histories. No notices follow; the search index does."""

    kind: str
    card_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Redacted(Event):
    """Texts of a record were erased by order; whoever keeps a copy erases it too. `fields` of the record, and the `entries` that told of them."""

    card_id: int
    kind: str
    person_id: int | None = None
    fields: frozenset[str] = frozenset()
    entries: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Event):
    """A person was erased. Rooms take out the words of the records that are about that person alone."""

    person_id: int
    reason: str
