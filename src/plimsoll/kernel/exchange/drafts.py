"""Rows of one record as the draft of its history: cells checked and translated, people and teams still by name. It writes nothing."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from plimsoll.kernel.exchange.mapping import Map, MapFaulty, Source, filled
from plimsoll.kernel.exchange.report import Report
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty, clean
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.register.models import BIGGEST_NUMBER

_SKIP = object()
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a file names: to be found by its key, and made when the map says so."""

    model: type[models.Model]
    key: str
    name: str
    create: bool = True
    kind: str = ""


@dataclass(slots=True)
class Step:
    """One update of a draft."""

    at: datetime
    by: Named | None
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    mark: str = ""


@dataclass(slots=True)
class Draft:
    """A history before its names are found."""

    reference: str
    organization: Named | None
    opening: Step | None
    steps: list[Step]
    imported: dict[str, Any]
    number: int | None = None


class Drafter:
    """Turns rows into drafts by one map, remembering each cell's translation."""

    def __init__(self, mapping: Map, record_type: RecordType, tenant: Tenant, by: Person, report: Report) -> None:
        self.map, self.type, self.tenant, self.by, self.report = mapping, record_type, tenant, by, report
        self.tz = mapping.tz
        self.place = {name: index for index, name in enumerate(mapping.columns())}
        self.moments: dict[str, tuple[datetime | None, bool]] = {}
        self.translated: dict[Any, Any] = {}
        known = {*record_type.fields}
        if wrong := [n for n in mapping.fields if n not in known and not n.startswith("extra.")]:
            raise MapFaulty([f"[fields.{n}]: {record_type.label} has no field “{n}”. There are: {', '.join(record_type.fields)}." for n in wrong])
        self.sources = [(name, source, tuple(self.place[c] for c in source.columns)) for name, source in mapping.fields.items()]
        self.key_places = tuple(self.place[c] for c in mapping.key)

    def key_of(self, cells: Sequence[str]) -> str:
        """The record that a row belongs to; empty when the row does not say."""
        parts = [cells[place] for place in self.key_places]
        return "" if any(part in self.map.unknown for part in parts) else " / ".join(parts)

    def arranged(self, rows: list[Row]) -> list[Row]:
        """The rows of one record in the order in which they happened."""
        if not self.map.order or len(rows) == 1:
            return rows
        return sorted(rows, key=lambda row: [self._rank(row[1][self.place[name]], how) for name, how in self.map.order])

    def _rank(self, cell: str, how: str) -> Any:
        if how == "number":
            try:
                return float(cell)
            except ValueError:
                return float("inf")
        if how == "time":
            return self.moment(cell)[0] or datetime.max.replace(tzinfo=UTC)
        return cell

    def digests(self, rows: Sequence[Row]) -> list[str]:
        """The digest of the first row, of the first two, …: so that a longer file is known to begin as the shorter one did.

        Counters and values that are only known at the end are left out: tools write those of today on every row.
        """
        running = hashlib.sha256()
        found = []
        for _, cells in rows:
            state = self.state(cells)
            taken = [state]
            for _, source, places in self.sources:
                if not source.only_in or state in source.only_in:
                    taken += [cells[p] for p in places]
            taken += [cells[self.place[c]] for c in (self.map.at, self.map.actor, self.map.row, *(e.at for e in self.map.events)) if c]
            running.update("\x1f".join(taken).encode() + b"\x1e")
            found.append(running.hexdigest())
        return found

    def moment(self, cell: str) -> tuple[datetime | None, bool]:
        """A cell as a moment in UTC, and whether it had to move because the zone skips it. None when it is none."""
        if (found := self.moments.get(cell)) is None:
            found = self.moments[cell] = self._moment(cell)
        return found

    def _moment(self, cell: str) -> tuple[datetime | None, bool]:
        for form in self.map.dates:
            try:
                naive = datetime.fromisoformat(cell) if form == "iso" else datetime.strptime(cell, form)  # noqa: DTZ007 (the zone is the map's)
                if naive.tzinfo is not None:
                    return naive.astimezone(UTC), False
                # fold=0 takes the first of an ambiguous pair; in a gap it counts by the offset before, and so moves forward.
                utc = naive.replace(tzinfo=self.tz).astimezone(UTC)
                return utc, utc.astimezone(self.tz).replace(tzinfo=None) != naive
            except (ValueError, OverflowError):
                continue
        return None, False

    def _time(self, row: int, column: str, cell: str) -> datetime | None:
        if cell in self.map.unknown:
            return None
        at, moved = self.moment(cell)
        if at is None:
            self.report.fault(row, column, cell, f"This is no time as the map writes them ({', '.join(self.map.dates)}).")
        elif moved:
            self.report.move_time(row, column, cell, self.map.zone)
        return at

    def state(self, cells: Sequence[str]) -> str:
        """The state that a row says by the map; empty when it says none, or junk."""
        source = self.map.state
        if not source.columns:
            return str(source.constant or "")
        raw = source.join.join(cells[self.place[c]] for c in source.columns)
        return str(source.values.get(raw, "") if raw not in self.map.ignored_states else "")

    def draft(self, reference: str, rows: Sequence[Row], start: int = 0) -> Draft | None:
        """The history of these rows from row `start` on. None when nothing says when it happened; that is reported."""
        first, first_cells = rows[0]
        opened_at = self._time(first, self.map.opened_at, first_cells[self.place[self.map.opened_at]]) if self.map.opened_at else None
        steps = self._steps(rows, start, opened_at)
        if not steps:
            self.report.fault(first, self.map.at, "", f"{reference} was left out: none of its rows has a usable time.")
            return None
        last = rows[-1][1]
        draft = Draft(reference, self._organization(first, first_cells), None, steps, self._imported(rows[-1]))
        if start == 0:
            opened_at = opened_at or steps[0].at
            values = {n: v for n, v in steps[0].values.items() if n in self.map.opening}
            steps[0].values = {n: v for n, v in steps[0].values.items() if n not in values}
            if self.map.title_template:
                said = {
                    c: "" if last_cell in self.map.unknown else last_cell for c, last_cell in ((c, first_cells[p]) for c, p in self.place.items())
                }
                values["title"] = filled(self.map.title_template, said)[:250]
            if not values.get("title"):
                values["title"] = steps[0].values.pop("title", None) or f"{self.type.label} {reference}".capitalize()[:250]
            draft.opening = Step(opened_at, self._person(first_cells, self.map.opened_by), "", values)
            if self.map.number:
                draft.number = whole("".join(c for c in last[self.place[self.map.number]] if c.isdecimal()), BIGGEST_NUMBER)
        return draft

    def _steps(self, rows: Sequence[Row], start: int, opened_at: datetime | None) -> list[Step]:
        steps: list[Step] = []
        before: dict[str, Any] = {}
        previous = opened_at
        for number, cells in rows[start:]:
            if self.map.events:
                steps += self._events(number, cells, opened_at, before)
                continue
            at = self._time(number, self.map.at, cells[self.place[self.map.at]]) or previous
            if at is None:
                continue
            previous = at
            state = self.state(cells)
            if not state and self.map.state.columns:
                self._say_state(number, cells)
            steps.append(
                Step(
                    at,
                    self._person(cells, self.map.actor),
                    state,
                    self._values(number, cells, state, before),
                    cells[self.place[self.map.row]] if self.map.row else "",
                )
            )
        return steps

    def _events(self, number: int, cells: Sequence[str], opened_at: datetime | None, before: dict[str, Any]) -> list[Step]:
        """A record in one row: each column with a time is a step into its state; the row's own state comes last."""
        timed = [(at, event.state) for event in self.map.events if (at := self._time(number, event.at, cells[self.place[event.at]])) is not None]
        timed.sort(key=lambda pair: pair[0])
        final = self.state(cells)
        if not final and self.map.state.columns:
            self._say_state(number, cells)
        if not timed and opened_at is None:
            return []
        if not timed or (final and timed[-1][1] != final):
            timed.append((timed[-1][0] if timed else opened_at, final))  # type: ignore[arg-type]
        by = self._person(cells, self.map.actor)
        return [Step(at, by, state, self._values(number, cells, state, before)) for at, state in timed]

    def _say_state(self, number: int, cells: Sequence[str]) -> None:
        raw = self.map.state.join.join(cells[self.place[c]] for c in self.map.state.columns)
        if raw in self.map.ignored_states:
            self.report.junk += 1
            if self.report.junk <= 50:
                self.report.notes.append(f"Row {number}, {self.map.state.columns[0]}: “{raw}” is junk by the map; the state stays as it was.")
        elif raw not in self.map.unknown:
            self.report.fault(number, self.map.state.columns[0], raw, "The map gives this state no meaning; the state stays as it was.")

    def _values(self, number: int, cells: Sequence[str], state: str, before: dict[str, Any]) -> dict[str, Any]:
        """What the row says that the row before did not."""
        values = {}
        for name, source, places in self.sources:
            if source.only_in and state not in source.only_in:
                continue
            raw: Any = cells[places[0]] if len(places) == 1 else tuple(cells[p] for p in places)
            if before.get(name, "") == raw and (places or name in before):
                continue
            before[name] = raw
            key = (name, raw)
            if (value := self.translated.get(key, self)) is self:
                value = self.translated[key] = self._translate(name, source, raw)
            if isinstance(value, str) and value.startswith("\x00"):
                column = source.columns[0] if len(places) == 1 else " + ".join(source.columns)
                self.report.fault(number, column, raw if isinstance(raw, str) else source.join.join(raw), value[1:])
            elif value is not _SKIP:
                values[name] = value
        return values

    def _translate(self, name: str, source: Source, raw: Any) -> Any:
        """The value that a cell means; a string that starts with NUL is a fault's sentence."""
        if not source.columns:
            raw = source.constant
        else:
            unknown = self.map.unknown | source.unknown
            parts = [part for part in ((raw,) if isinstance(raw, str) else raw) if part not in unknown]
            if not parts:
                return None
            raw = source.join.join(" ".join(part.split()) if len(part) < 300 else part for part in parts)
            if source.values:
                if raw not in source.values:
                    return f"\x00The map gives “{raw[:40]}” no meaning."
                raw = source.values[raw]
        if raw == "" or raw is None:
            return None
        if name in self.type.foreign:
            return self._named(self.type.foreign[name], str(raw), source)
        if name.startswith("extra."):
            return raw
        try:
            model_field = self.type.model_field(name)
        except FieldDoesNotExist:
            return "\x00There is no such field."
        if isinstance(model_field, models.DateTimeField):
            at, _ = self.moment(raw)
            return at or "\x00This is no time as the map writes them."
        if isinstance(model_field, models.BooleanField):
            return str(raw).lower() in ("true", "1", "yes", "y", "t")
        if isinstance(model_field, models.CharField | models.TextField):
            raw = str(raw)
        try:
            return clean(self.type, self.tenant, {name: raw}, by=self.by)[name]
        except Faulty as error:
            return "\x00" + " ".join(f.sentence for f in error.faults)

    def _named(self, model: type[models.Model], raw: str, source: Source) -> Named:
        key = f"{self.map.source}:{raw}" if issubclass(model, Person) else raw
        return Named(model, key[:200], raw[:150], source.create, source.kind)

    def _person(self, cells: Sequence[str], column: str) -> Named | None:
        if not column or (raw := cells[self.place[column]]) in self.map.unknown:
            return None
        raw = " ".join(raw.split())
        return Named(Person, f"{self.map.source}:{raw}"[:200], raw[:150], True, "provider")  # who acts works for the provider

    def _organization(self, number: int, cells: Sequence[str]) -> Named | None:
        source = self.map.organization
        raw = source.constant if not source.columns else source.join.join(cells[self.place[c]] for c in source.columns)
        if raw is None or raw in self.map.unknown:
            return None
        return Named(Organization, str(raw)[:200], str(raw)[:200], True, source.kind or "customer")

    def _imported(self, row: Row) -> dict[str, Any]:
        """The other tool's own counters and verdicts, as they stand on the last row."""
        number, cells = row
        kept: dict[str, Any] = {}
        for name, source in self.map.imported.items():
            raw = source.join.join(cells[self.place[c]] for c in source.columns)
            if raw in self.map.unknown:
                continue
            kept[name] = raw
            if source.as_ in ("number", "decimal comma"):
                plain = raw.replace(",", ".", 1) if source.as_ == "decimal comma" else raw
                try:
                    kept[name] = _number(plain)
                except ValueError:
                    self.report.fault(number, source.columns[0], raw, "This is no number.")
            elif source.as_ == "truth":
                kept[name] = raw.lower() in ("true", "1", "yes")
        return kept


def _number(text: str) -> int | float:
    """Raises ValueError, also for what no JSON can hold ("nan", "inf")."""
    try:
        return int(text)
    except ValueError:
        if math.isfinite(number := float(text)):
            return number
        raise


__all__ = ["Draft", "Drafter", "Named", "Row", "Step"]
