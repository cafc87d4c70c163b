"""How a record is written in JSON: which columns are read, in one query with its names, and what outsiders are not given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import allows, reach
from plimsoll.kernel.api.problems import BASE, bad_parameter
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType, type_named, type_of_prefix
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import BIGGEST_NUMBER

COMMON = (
    "kind",
    "number",
    "reference",
    "url",
    "title",
    "state",
    "state_label",
    "category",
    "is_open",
    "organization",
    "opened_at",
    "opened_by",
    "changed_at",
    "version",
    "origin",
    "source",
    "external_reference",
)
_PLAIN = ("number", "title", "state", "category", "is_open", "opened_at", "changed_at", "version", "origin", "source", "external_reference")
_BASE_NAMES = frozenset(f.name for f in Record._meta.get_fields())


def label_column(model: type[models.Model]) -> str:
    """The column by which people know a thing."""
    names = {f.name for f in model._meta.get_fields()}
    return next(name for name in ("path", "title", "name", "reference", "id") if name in names)


@dataclass(frozen=True, eq=False)
class Shape:
    """The JSON form of one kind. `own` are its own members, `computed` those of them that nobody sets and outsiders see only as columns."""

    record_type: RecordType

    @cached_property
    def computed(self) -> tuple[str, ...]:
        return tuple(
            f.name
            for f in self.record_type.model._meta.concrete_fields
            if f.name not in self.record_type.fields
            and f.name not in _BASE_NAMES
            and not isinstance(f, models.JSONField)
            and (f.name not in self.record_type.derived or f.name in self.record_type.columns)  # its own endpoint says more
        )

    @cached_property
    def own(self) -> tuple[str, ...]:
        return (*(n for n in self.record_type.fields if n != "title"), *self.computed)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Every member, in its order."""
        return (*COMMON, *self.own, "extra")

    @cached_property
    def long(self) -> frozenset[str]:
        """Long texts: left out of lists unless asked for by name."""
        return frozenset(n for n in self.own if isinstance(self.record_type.model_field(n), models.TextField))

    @cached_property
    def hidden(self) -> frozenset[str]:
        """What outsiders are not given."""
        return frozenset({*self.record_type.internal, *(n for n in self.computed if n not in self.record_type.columns)})

    def foreign(self, name: str) -> type[models.Model] | None:
        """What a member points to."""
        if name in ("organization", "opened_by") or name in self.own:
            field = self.record_type.model_field(name)
            return field.related_model if isinstance(field, models.ForeignKey) else None
        return None

    @cache  # noqa: B019 (shapes live as long as the process)
    def columns(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """The columns to read for some members, with what paging and the walls need."""
        found = ["card_id", "tenant_id", "organization_id", "access_class", "number", "state", "version", "changed_at", "opened_at"]
        if self.record_type.has("service"):
            found.append("service_id")
        if self.record_type.has("priority"):
            found.append("priority")
        for name in members:
            if (target := self.foreign(name)) is not None:
                found += [f"{name}_id", f"{name}__{label_column(target)}"]
                if issubclass(target, Record):
                    found.append(f"{name}__number")
            elif name in self.own or name in _PLAIN or name == "extra":
                found.append(name)
        return tuple(dict.fromkeys(found))

    @cache  # noqa: B019 (shapes live as long as the process)
    def rows(self, members: tuple[str, ...]) -> Any:
        """The rows of some members, as a query that is never run itself: naming forty columns costs more than running it."""
        return self.record_type.model.objects.values_list(*self.columns(members), named=True)

    def chosen(self, wanted: str | None, *, is_list: bool) -> tuple[str, ...]:
        """The members that `fields=a,b` asks for; without it all, in lists all but the long texts."""
        if wanted is None:
            return tuple(n for n in self.members if n not in self.long) if is_list else self.members
        names = [n.strip() for n in wanted.split(",") if n.strip()]
        if unknown := [n for n in names if n not in self.members]:
            raise bad_parameter(
                {"fields": [_("There is no field “%(name)s”. There are: %(known)s.") % {"name": unknown[0][:40], "known": ", ".join(self.members)}]}
            )
        return tuple(n for n in self.members if n in names or n in ("number", "reference"))

    def writer(self, members: Sequence[str], person: Person) -> Callable[[Any, bool], dict[str, Any]]:
        """A function that writes a row, for an insider or an outsider."""
        kind, prefix, plural = self.record_type.kind, self.record_type.prefix, self.record_type.plural_kind
        flow = workflow_of(person.tenant, kind)
        public = frozenset(c.name for c in customs_of(person.tenant, kind) if c.is_public)
        simple = [n for n in members if n in _PLAIN or (n in self.own and self.foreign(n) is None)]
        pointing = [
            (
                n,
                f"{n}_id",
                f"{n}__{label_column(t)}",
                f"{n}__number" if issubclass(t, Record) else "",
                type_named(str(t._meta.model_name)) if issubclass(t, Record) else None,
            )
            for n in members
            if (t := self.foreign(n)) is not None
        ]
        hidden, asked = self.hidden, frozenset(members)

        def write(row: Any, is_inside: bool) -> dict[str, Any]:
            done: dict[str, Any] = {"kind": kind} if "kind" in asked else {}
            done["reference"] = f"{prefix}-{row.number}"
            if "url" in asked:
                done["url"] = f"{BASE}/{plural}/{row.number}"
            if "state_label" in asked:
                done["state_label"] = str(flow.state(row.state).label)
            for name in simple:
                if is_inside or name not in hidden:
                    done[name] = getattr(row, name)
            for name, key, label, number, target in pointing:
                if is_inside or name not in hidden:
                    pk = getattr(row, key)
                    done[name] = None if pk is None else {"id": pk, "name": str(getattr(row, label))}
                    if pk is not None and target is not None:
                        done[name]["reference"] = f"{target.prefix}-{getattr(row, number)}"
            if "extra" in asked:
                done["extra"] = row.extra if is_inside else {k: v for k, v in row.extra.items() if k in public}
            return done

        return write


_shapes: dict[str, Shape] = {}


def shape_of(record_type: RecordType) -> Shape:
    """The shape of a kind, made once."""
    return _shapes.get(record_type.kind) or _shapes.setdefault(record_type.kind, Shape(record_type))


def insiders(record_type: RecordType, person: Person, rows: Sequence[Any]) -> list[bool]:
    """For each row, whether this person sees what is internal: from the grants, with at most one query however many rows."""
    found = reach(person, f"{record_type.kind}:internal")
    if found.is_empty:
        return [False] * len(rows)
    shared: set[int] | None = None

    def is_shared(card: int) -> bool:
        nonlocal shared
        if shared is None:
            shared = set(Share.objects.of(person).filter(card_id__in=[r.card_id for r in rows]).values_list("card_id", flat=True))
        return card in shared

    return [
        allows(
            found,
            tenant=r.tenant_id,
            organization=r.organization_id,
            service=getattr(r, "service_id", None),
            access_class=r.access_class,
            shared=partial(is_shared, r.card_id),
        )
        for r in rows
    ]


def written(record_type: RecordType, person: Person, rows: Sequence[Any], members: Sequence[str]) -> list[dict[str, Any]]:
    """Rows as they are answered."""
    write = shape_of(record_type).writer(members, person)
    return [write(row, inside) for row, inside in zip(rows, insiders(record_type, person, rows), strict=True)]


def row_of(record_type: RecordType, person: Person, number: int, members: tuple[str, ...]) -> Any:
    """The row of a number, when the person may see it; else Http404."""
    rows = shape_of(record_type).rows(members).visible_to(person).filter(number=number)
    row = next(iter(rows), None) if number < 2**31 else None
    if row is None:
        raise Http404
    return row


def record_by(record_type: RecordType, person: Person, number: int) -> Record:
    """The record of a number, when the person may see it; else Http404."""
    found = record_type.model.objects.visible_to(person).filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise Http404
    return found


def shown(record: Record, record_type: RecordType, person: Person) -> dict[str, Any]:
    """A record that was just written, as it is answered. Read anew with its names; the writer may no longer see it (a 404 would lie)."""
    shape = shape_of(record_type)
    return written(record_type, person, list(shape.rows(shape.members).filter(pk=record.pk)), shape.members)[0]


class _InHand:
    """A record that was just opened, read like a row: all that it points to came with the write, so no query is needed to name it."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def __getattr__(self, name: str) -> Any:
        pointer, _dunder, column = name.partition("__")
        value = getattr(self.record, pointer)
        return getattr(value, column) if column and value is not None else value


def shown_in_hand(record: Record, record_type: RecordType, person: Person) -> dict[str, Any]:
    """A record that was just opened, as it is answered."""
    return written(record_type, person, [_InHand(record)], shape_of(record_type).members)[0]


def value_in(record_type: RecordType, name: str, value: Any, person: Person) -> Any:
    """A value as it was answered, taken back: `{"id": 3, …}` is 3, and a record's reference is its id."""
    if name not in record_type.foreign:
        return value
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    target = record_type.foreign[name]
    if isinstance(value, str) and issubclass(target, Record) and "-" in value:
        prefix, _dash, digits = value.partition("-")
        pointed = type_of_prefix(prefix)
        if pointed is not None and pointed.model is target and (number := whole(digits, BIGGEST_NUMBER)) is not None:
            return target.objects.visible_to(person).filter(number=number).values_list("pk", flat=True).first() or 0
    return value
