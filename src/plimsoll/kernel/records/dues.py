"""What falls due on which day, of every kind, as one person may see it: the days that records name, and those of their parts.

A kind declares the names of its days (`RecordType.dues`); a room that keeps days in parts declares each such part here. A thing is due
as long as its record is open (a part besides, as long as its own condition holds); what has no day is due at no time and stands nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.functional import Promise

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.declaration import RecordType, declared, type_named
from plimsoll.kernel.records.sources import day_of

MOST = 200  # of each declared day; a window that holds more says so
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that falls due. `key` stays the same as long as the thing does, so that a calendar elsewhere knows it again."""

    day: date
    what: str  # “next review”, “treatment”
    title: str
    reference: str
    href: str
    kind: str
    key: str
    owner: int | None = None
    about: str = ""  # what the part says, where it is one of a record's parts


@dataclass(frozen=True, slots=True)
class PartDue:
    """A part that has a day of its own. `record`, `day`, `words` and `owner` name its fields; `while_` is what holds while it is to be done."""

    model: type[models.Model]
    label: Words
    record: str
    day: str
    words: str
    owner: str = ""
    while_: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.model._meta.get_field(self.record).related_model._meta.model_name)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class OwnDue:
    """Days that a room works out itself: what falls due for a person in a window, at most as many as asked."""

    key: str
    label: Words
    kind: str
    find: Callable[[Person, date | None, date, int], Iterable[Due]]


_parts: dict[tuple[str, str], PartDue] = {}
_own: dict[str, OwnDue] = {}


def declare_part_due(due: PartDue) -> PartDue:
    """Enter a day of parts. Called once for each, when the room's app is ready."""
    _parts[str(due.model._meta.label_lower), due.day] = due
    return due


def declare_own_due(due: OwnDue) -> OwnDue:
    """Enter days that a room works out. Called once for each, when the room's app is ready."""
    _own[due.key] = due
    return due


@dataclass(frozen=True, slots=True)
class Dues:
    """What falls due in a window, by day; `is_whole` is false where a kind had more than was read of it."""

    rows: tuple[Due, ...]
    is_whole: bool = True


def kinds_with_dues() -> list[RecordType]:
    """The kinds of which something can fall due, in the order of their clauses."""
    named = {p.kind for p in _parts.values()} | {o.kind for o in _own.values()}
    return [t for t in declared() if t.dues or t.kind in named]


def find_dues(person: Person, *, since: date | None, until: date, kind: str = "", is_mine: bool = False, most: int = MOST) -> Dues:
    """What falls due from one day (None: from the beginning, so everything that is late) to another, both included, by day.

    Only what this person may see. A constant number of queries: one for each declared day of each kind. A day that is kept as a moment
    counts for the day that it has where the organisation is.
    """
    assert person.tenant is not None
    rows: list[Due] = []
    is_whole = True
    for found in _each(_Window(person, person.tenant, since, until, is_mine, most + 1), kind):
        is_whole = is_whole and len(found) <= most
        rows += found[:most]
    return Dues(tuple(sorted(rows, key=lambda r: (r.day, r.kind, r.reference, r.key))), is_whole)


@dataclass(frozen=True, slots=True)
class _Window:
    person: Person
    tenant: Tenant
    since: date | None
    until: date
    is_mine: bool
    most: int

    def holds(self, model: type[models.Model], name: str) -> dict[str, Any]:
        """The condition that a day or a moment lies in it."""
        if isinstance(model._meta.get_field(name), models.DateTimeField):
            zone = ZoneInfo(self.tenant.timezone)
            begin = {f"{name}__gte": datetime.combine(self.since, time.min, zone)} if self.since else {}
            return {**begin, f"{name}__lt": datetime.combine(self.until + timedelta(days=1), time.min, zone)}
        return {**({f"{name}__gte": self.since} if self.since else {}), f"{name}__lte": self.until}

    def day(self, value: date | datetime) -> date:
        return day_of(self.tenant, value) if isinstance(value, datetime) else value


def _each(window: _Window, kind: str) -> Iterator[list[Due]]:
    for record_type in declared():
        if not kind or record_type.kind == kind:
            for name in record_type.dues:
                yield _of_records(window, record_type, name)
    for part in _parts.values():
        if not kind or part.kind == kind:
            yield _of_parts(window, part)
    for own in _own.values():
        if not kind or own.kind == kind:
            found = own.find(window.person, window.since, window.until, window.most)
            yield [d for d in found if not window.is_mine or d.owner == window.person.pk]


def _of_records(window: _Window, record_type: RecordType, name: str) -> list[Due]:
    has_owner = record_type.has("owner")
    if window.is_mine and not has_owner:
        return []
    own = {"owner": window.person} if window.is_mine else {}
    found = record_type.model.objects.visible_to(window.person).filter(is_open=True, **window.holds(record_type.model, name), **own)
    label = str(record_type.model_field(name).verbose_name)
    return [
        Due(
            day=window.day(getattr(r, name)),
            what=label,
            title=r.title,
            reference=r.reference,
            href=f"/{record_type.plural_kind}/{r.number}/",
            kind=record_type.kind,
            key=f"{record_type.kind}-{r.pk}-{name}",
            owner=r.owner_id if has_owner else None,  # type: ignore[attr-defined]
        )
        for r in found.order_by(name, "pk")[: window.most]
    ]


def _of_parts(window: _Window, part: PartDue) -> list[Due]:
    if window.is_mine and not part.owner:
        return []
    record_type = type_named(part.kind)
    seen = record_type.model.objects.visible_to(window.person).filter(is_open=True).order_by().values("pk")
    own = {part.owner: window.person} if window.is_mine else {}
    rows = part.model._default_manager.filter(**part.while_, **window.holds(part.model, part.day), **own, **{f"{part.record}__in": seen})
    found = []
    for row in rows.select_related(part.record).order_by(part.day, "pk")[: window.most]:
        record = getattr(row, part.record)
        found.append(
            Due(
                day=window.day(getattr(row, part.day)),
                what=str(part.label),
                title=record.title,
                reference=record.reference,
                href=f"/{record_type.plural_kind}/{record.number}/",
                kind=record_type.kind,
                key=f"{part.model._meta.model_name}-{row.pk}-{part.day}",
                owner=getattr(row, f"{part.owner}_id") if part.owner else None,
                about=str(getattr(row, part.words)),
            )
        )
    return found


__all__ = ["MOST", "Due", "Dues", "OwnDue", "PartDue", "declare_own_due", "declare_part_due", "find_dues", "kinds_with_dues"]
