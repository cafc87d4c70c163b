"""Writes of parts: add, change, take away. Each locks the record, asks for `kind:amend`, and stands in the record's trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.register.models import Card

MOST = 500  # of one sort on one record; more are no parts but a register


def add_part(part_type: PartType, record: Record, values: Mapping[str, Any], *, by: Person, channel: str, at: datetime | None = None) -> models.Model:
    """Enter a part. Needs `kind:amend`; raises `Refused` or `Faulty`."""
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        _check_state(part_type, fresh, set(part_type.fields))
        if part_type.model._default_manager.filter(**{part_type.record: fresh.pk}).count() >= MOST:
            raise Faulty([Fault("", _("There are %(n)d already; that is the most that one record holds.") % {"n": MOST})])
        made = part_type.model(**{part_type.record: fresh})
        changes = _set(part_type, made, values, fresh)
        made.save()
        parts.tell(fresh, f"add {part_type.name}", by=by, channel=channel, changes=changes, texts=_texts(part_type, changes), at=at)
    return made


def change_part(
    part_type: PartType, part: models.Model, values: Mapping[str, Any], *, by: Person, channel: str, at: datetime | None = None
) -> models.Model:
    """Change values of a part. Writes nothing, not even an entry, when nothing changes."""
    with writing():
        kept, fresh = _locked(part_type, part)
        check(by, f"{fresh.kind}:amend", fresh)
        changes = _set(part_type, kept, values, fresh)
        if changes:
            _check_state(part_type, fresh, {name.removeprefix(f"{part_type.name}_") for name in changes})
            kept.save()
            parts.tell(fresh, f"change {part_type.name}", by=by, channel=channel, changes=changes, texts=_texts(part_type, changes), at=at)
    return kept


def remove_part(part_type: PartType, part: models.Model, *, by: Person, channel: str, at: datetime | None = None) -> None:
    """Take a part away; the trail keeps what it said."""
    with writing():
        kept, fresh = _locked(part_type, part)
        check(by, f"{fresh.kind}:amend", fresh)
        _check_state(part_type, fresh, set(part_type.fields))
        old = {n: getattr(kept, n) for n in part_type.fields}
        changes = {part_type.told(n): (_plain(v), None) for n, v in old.items() if v not in (None, "")}
        try:
            kept.delete()
        except ProtectedError as error:
            raise Faulty([Fault("", _("Something else on this record names it. Take that away first."))]) from error
        parts.tell(fresh, f"remove {part_type.name}", by=by, channel=channel, changes=changes, texts=_texts(part_type, changes), at=at)


def _locked(part_type: PartType, part: models.Model) -> tuple[models.Model, Record]:
    fresh = locked(getattr(part, part_type.record))
    return part_type.model._default_manager.select_related(*part_type.foreign).get(pk=part.pk), fresh


def _check_state(part_type: PartType, record: Record, touched: set[str]) -> None:
    if record.state not in part_type.open_in and not (touched and touched <= set(part_type.late) and record.is_open):
        raise Faulty([Fault("", str(part_type.closed))])


def _texts(part_type: PartType, changes: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({part_type.told(n) for n in part_type.texts} & set(changes))


def _plain(value: Any) -> Any:
    if isinstance(value, Card | Record):
        return value.reference
    return str(value) if isinstance(value, models.Model) else value


def _set(part_type: PartType, part: models.Model, values: Mapping[str, Any], record: Record) -> dict[str, tuple[Any, Any]]:
    """Put values on a part that is not saved yet; what changes, as the trail tells it. Raises `Faulty` with every fault."""
    faults = [Fault(name, _("There is no such field to set.")) for name in values if name not in part_type.fields]
    changes = {}
    for name in part_type.fields:
        if name not in values:
            continue
        is_empty = name in part_type.foreign and getattr(part, f"{name}_id") is None
        old, new = None if is_empty else getattr(part, name), values[name]
        if isinstance(new, str) and not isinstance(new, date):
            new = new.strip()
            if "\x00" in new:
                faults.append(Fault(name, _("The text holds a character that can't be stored (NUL). Take it out.")))
                continue
        if isinstance(new, Card | Record) and new.tenant_id != record.tenant_id:
            faults.append(Fault(name, _("There is no such record, or you may not see it.")))
            continue
        if name in part_type.siblings and new is not None and getattr(new, f"{part_type.record}_id") != record.pk:
            faults.append(Fault(name, _("It belongs to another record.")))
            continue
        setattr(part, name, new)
        if old != new and not (old in (None, "") and new in (None, "")):
            changes[part_type.told(name)] = (_plain(old), _plain(new))
    try:
        part.full_clean(exclude=[part_type.record, *part_type.cards])
    except ValidationError as error:
        faults += [Fault("" if n == "__all__" else n, " ".join(m)) for n, m in error.message_dict.items()]
    if faults:
        raise Faulty(faults)
    return changes
