"""Records of one kind set up by a file: by their declaration, with the parts that rooms say, through the ordinary writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.configuring.entries import Entry
from plimsoll.kernel.exchange.configuring.keeping import CHANNEL, Awaited, Keeper, Kept, Names, Parts, brief, check_known, fold, truth, written_name
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.clean import clean, same
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.operations import amend, open_record

OF_EACH = ("key", "source", "organization")


class RecordKeeper(Keeper):
    """Records of a kind. What moves set (a state, a moment) is not set by a file: everything begins as it does when a person opens it."""

    def __init__(self, record_type: RecordType, *parts: Parts, leave: Sequence[str] = ()) -> None:
        self.type, self.parts = record_type, {one.name: one for one in parts}
        self.name = record_type.plural_kind
        self.fields = tuple(name for name in record_type.fields if name not in leave and name not in record_type.derived)
        self.lists = tuple(self.parts)

    # Into the house

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        check_known(entry.values, {*OF_EACH, *self.fields, *self.parts})
        found = self.find(entry, names)
        values = self.values(entry, names)
        organization = self._organization(entry, names)
        if found is None:
            if not values.get("title"):
                raise Faulty([Fault("title", _("Say what it is called."))])
            made = open_record(
                self.type,
                by=names.by,
                channel=CHANNEL,
                note=note,
                organization=organization or provider_of(names.tenant),
                source=entry.source if entry.key else "",
                external_reference=entry.key[:200],
                **values,
            )
            return Kept(made, is_new=True)
        if organization is not None and organization.pk != found.organization_id:
            said = _("%(record)s is for %(there)s, and that stays. Give it another key, or mend the file.")
            raise Faulty([Fault("organization", said % {"record": found.reference, "there": found.organization})])
        cleaned = clean(self.type, names.tenant, values, by=names.by)
        changes = [(n, brief(getattr(found, n)), brief(v)) for n, v in cleaned.items() if not same(getattr(found, n), v)]
        if not changes:
            return Kept(found, is_new=False)
        ready = self.ready(found, names, note)
        changed = amend(ready, by=names.by, channel=CHANNEL, note=note, **{n: values[n] for n, _old, _new in changes})
        return Kept(changed, is_new=False, changes=changes)

    def ready(self, record: Any, names: Names, note: str) -> Any:
        """The record, so that it may be changed."""
        return record

    def find(self, entry: Entry, names: Names) -> Any:
        """The record that an entry means: by the key of its source, else by code or title. Raises `Faulty` when several could be meant."""
        rows: Any = self.type.model.objects.visible_to(names.by)
        if entry.key:
            if (found := rows.filter(source=entry.source, external_reference=entry.key).first()) is not None:
                return found
            if len(ones := [r for r in names.living(self.type.model, entry.key) if not r.external_reference]) == 1:
                return ones[0]
        title = str(entry.values.get("title") or "")
        ones = [r for r in names.living(self.type.model, title) if not entry.key or not r.external_reference] if title else []
        if len(ones) > 1:
            said = _("Several are called so: %(ones)s. Say with “key” which one is meant: its number.")
            raise Faulty([Fault("title", said % {"ones": ", ".join(r.reference for r in ones)})])
        return ones[0] if ones else None

    def _organization(self, entry: Entry, names: Names) -> Organization | None:
        text = str(entry.values.get("organization") or "")
        found: Organization | None = names.find(Organization, text, "organization") if text else None
        return found

    def values(self, entry: Entry, names: Names) -> dict[str, Any]:
        """The values of the record's own fields; those that name what comes later in the file wait for `finish`. Raises `Faulty` with all faults."""
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        for name in self.fields:
            if name in entry.values:
                try:
                    found[name] = self.value(name, entry.values[name], names)
                except Awaited:
                    continue
                except Faulty as error:
                    faults += error.faults
        if faults:
            raise Faulty(faults)
        return found

    def value(self, name: str, given: Any, names: Names) -> Any:
        """What a cell or a value of the file means for a field."""
        field = self.type.model_field(name)
        if isinstance(field, models.ForeignKey):
            return names.find(field.related_model, str(given), name) if given not in (None, "") else None
        if isinstance(field, models.BooleanField):
            return truth(given, name)
        if isinstance(field, models.JSONField):
            return _structure(given, name) if isinstance(given, str) else given
        if field.choices and isinstance(given, str):
            return _choice(field, given, name)
        if isinstance(field, models.TextField) and isinstance(given, list):
            return "\n".join(str(line) for line in given)
        if isinstance(field, models.CharField | models.TextField) and isinstance(given, int | float) and not isinstance(given, bool):
            return str(given)
        if isinstance(given, dict | list):
            raise Faulty([Fault(name, _("A single value is needed here."))])
        return given

    def finish(self, entry: Entry, kept: Kept, names: Names, note: str) -> None:
        late = {n: entry.values[n] for n in self.fields if n in entry.values and isinstance(self.type.model_field(n), models.ForeignKey)}
        values = {n: names.find(self.type.model_field(n).related_model, str(given), n) for n, given in late.items() if given}  # type: ignore[arg-type]
        open_ones = {n: v for n, v in values.items() if getattr(kept.thing, f"{n}_id") != v.pk}
        if open_ones:
            kept.changes += [] if kept.is_new else [(n, brief(getattr(kept.thing, n)), brief(v)) for n, v in open_ones.items()]
            kept.thing = amend(self.ready(kept.thing, names, note), by=names.by, channel=CHANNEL, note=note, **open_ones)
        for name, parts in self.parts.items():
            if (rows := entry.values.get(name)) is None:
                continue
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise Faulty([Fault(name, _("These are parts: a list of tables, one for each."))])
            for n, row in enumerate(rows, 1):
                check_known(row, parts.fields, f"{name}.{n}.")
            kept.changes += parts.keep(kept.thing, rows, names)

    # Out of the house

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        rows: Any = self.type.model.objects.visible_to(by)
        foreign = [n for n in self.fields if n in self.type.foreign]
        for record in rows.exclude(category__in=("closed", "dropped")).select_related("organization", *foreign).order_by("number"):
            yield self.told_of(record, by)

    def told_of(self, record: Any, by: Person) -> dict[str, Any]:
        """One record as a file says it: what is empty is left out."""
        said: dict[str, Any] = {}
        if record.external_reference:
            said |= {"key": record.external_reference, "source": record.source}
        if record.organization.kind != "provider":
            said["organization"] = record.organization.name
        for name in self.fields:
            value = getattr(record, name)
            if isinstance(value, models.Model):
                said[name] = written_name(value)
            elif value not in (None, "", [], {}):
                said[name] = plain(value)
        for name, parts in self.parts.items():
            if rows := parts.told(record, by):
                said[name] = rows
        return said


def _structure(text: str, column: str) -> Any:
    """What a cell says where a list or a table belongs: JSON, or a list parted by lines or semicolons."""
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except ValueError as error:
            raise Faulty([Fault(column, _("This is not JSON: %(fault)s.") % {"fault": error})]) from None
    return [one.strip() for one in text.replace("\n", ";").split(";") if one.strip()]


def _choice(field: Any, given: str, column: str) -> str:
    """One of what there is to choose from, by its stored word or by the one that people read."""
    for value, label in field.flatchoices:
        if fold(given) in (fold(str(value)), fold(str(label))):
            return str(value)
    known = ", ".join(str(value) for value, _label in field.flatchoices)
    raise Faulty([Fault(column, _("“%(value)s” is none of these: %(known)s.") % {"value": given[:40], "known": known})])
