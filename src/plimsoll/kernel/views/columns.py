"""Which columns a list can have for a person: those of the declaration, other short fields, custom fields. It knows no page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import live_customs
from plimsoll.kernel.records.declaration import RecordType

OWN = "x_"  # before the name of a custom field, as in addresses
ALWAYS = "title"  # the link to the record stands in it
MOST = 12


def sees_internal(person: Person, record_type: RecordType) -> bool:
    """May the person see internal fields of every record that a list can show? Only then may they be columns: a list asks once, not per row."""
    return reach(person, f"{record_type.kind}:internal").everything


def declared_columns(record_type: RecordType) -> list[str]:
    """The columns that the declaration names, in its order, with the moment of change last."""
    return [*(c for c in record_type.columns if c != "changed_at"), "changed_at"]


def columns_for(record_type: RecordType, person: Person) -> list[str]:
    """Every column that this person may choose, the declared ones first. Long texts and lists of things make no column."""
    inside = sees_internal(person, record_type)
    found = declared_columns(record_type)
    for name in (*record_type.fields, "opened_at"):
        field = record_type.model_field(name) if record_type.has(name) else None
        if name in found or field is None or isinstance(field, models.TextField | models.JSONField):
            continue
        found.append(name)
    if person.tenant is not None:
        found += [f"{OWN}{c.name}" for c in live_customs(person.tenant, record_type.kind) if inside or c.is_public]
    return [name for name in found if inside or name not in record_type.internal]


def chosen(record_type: RecordType, person: Person, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The wanted columns that are there for this person, and those that are not (retired, or not theirs to see). None wanted: those declared."""
    known = set(columns_for(record_type, person))
    there = list(dict.fromkeys(name for name in wanted if name in known))
    gone = [name for name in wanted if name not in known]
    if not there:
        return [name for name in declared_columns(record_type) if name in known], gone
    return (there if ALWAYS in there else [ALWAYS, *there]), gone


def unknown(record_type: RecordType, person: Person, wanted: Iterable[str]) -> list[str]:
    """Those that are no columns of this kind for this person."""
    known = set(columns_for(record_type, person))
    return [name for name in wanted if name not in known]
