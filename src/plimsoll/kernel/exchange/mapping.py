"""How another tool's file is read as histories: a TOML file, checked with a sentence per fault. It knows no database.

The reference for people is `docs/reference/mapping.md`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHIPPED = Path(__file__).resolve().parents[4] / "content" / "maps"


class MapFaulty(ValueError):
    """A map that can't be used. `faults` are sentences."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(self.faults))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: columns, or a constant; how words are translated; from which rows it may be taken."""

    columns: tuple[str, ...] = ()
    constant: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    only_in: frozenset[str] = frozenset()
    join: str = " / "
    create: bool = False
    kind: str = ""  # of organizations that are created
    as_: str = "text"


@dataclass(frozen=True, slots=True)
class Event:
    """A column that holds when a state was entered, for files with one row for each record."""

    at: str
    state: str


@dataclass(frozen=True, slots=True)
class Map:
    """A whole mapping. `text` is what it was read from; runs keep it."""

    kind: str
    source: str
    title: str
    text: str
    format: str
    encoding: str
    delimiter: str
    quote: str
    guarded: bool
    unknown: frozenset[str]
    zone: str
    dates: tuple[str, ...]
    key: tuple[str, ...]
    order: tuple[tuple[str, str], ...]
    at: str
    opened_at: str
    actor: str
    opened_by: str
    number: str
    row: str
    opening: frozenset[str]
    organization: Source
    title_template: str
    fields: Mapping[str, Source]
    state: Source
    ignored_states: frozenset[str]
    imported: Mapping[str, Source]
    workflow: Mapping[str, Any]
    events: tuple[Event, ...]

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def columns(self) -> list[str]:
        """Every column that the map reads, each once."""
        names = [*self.key, *(name for name, _ in self.order), self.at, self.opened_at, self.actor, self.opened_by, self.number, self.row]
        for source in (self.organization, self.state, *self.fields.values(), *self.imported.values()):
            names += source.columns
        names += [event.at for event in self.events]
        names += placeholders(self.title_template)
        return list(dict.fromkeys(name for name in names if name))


_PLACE = re.compile(r"{([^{}]+)}")


def placeholders(template: str) -> list[str]:
    """The columns that a template names."""
    return _PLACE.findall(template)


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its places filled. A part in [brackets] is left out when one of its places is empty."""

    def part(match: re.Match[str]) -> str:
        return match.group(1) if all(values.get(name) for name in placeholders(match.group(1))) else ""

    return " ".join(_PLACE.sub(lambda m: values.get(m.group(1), ""), re.sub(r"\[([^\[\]]*)\]", part, template)).split()).strip(" /:-")


_TOP = {"kind", "source", "title", "about", "file", "record", "fields", "state", "imported", "workflow", "event"}
_FILE = {"format", "encoding", "delimiter", "quote", "unknown", "zone", "dates", "guarded"}
_RECORD = {"key", "order", "at", "opened_at", "actor", "opened_by", "number", "row", "opening", "organization", "title"}
_SOURCE = {"column", "columns", "value", "values", "unknown", "only_in", "join", "create", "kind", "as", "ignore"}


def read_map(text: str) -> Map:
    """A map from its TOML text. Raises `MapFaulty` with every fault found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MapFaulty([f"The map is not TOML: {error}."]) from None
    faults: list[str] = []
    _unknown_names(data, _TOP, "the map", faults)
    file, record = _table(data, "file", faults), _table(data, "record", faults)
    _unknown_names(file, _FILE, "[file]", faults)
    _unknown_names(record, _RECORD, "[record]", faults)
    for name in ("kind", "source"):
        if not isinstance(data.get(name), str) or not data[name]:
            faults.append(f'The map needs {name} = "…".')
    if len(str(data.get("source", ""))) > 60:
        faults.append("The source's name has at most 60 characters.")
    form = file.get("format", "csv")
    if form not in ("csv", "xes"):
        faults.append(f"[file] format is “{form}”; csv and xes are known.")
    zone = file.get("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (ValueError, KeyError, OSError):
        faults.append(f"[file] zone “{zone}” is not a time zone; write it as Europe/Berlin.")
    if not record.get("key"):
        faults.append('[record] needs key = ["…"]: the columns that name one record.')
    if not record.get("at") and not data.get("event"):
        faults.append('[record] needs at = "…": the column that says when a row happened; or [[event]] tables.')
    order = []
    for item in _list(record.get("order", ())):
        name, _, how = item.rpartition(":") if item.rpartition(":")[2] in ("number", "time", "text") else (item, "", "text")
        order.append((name, how))
    state = _table(data, "state", faults)
    source_of = {name: _source(row, f"[fields.{name}]", faults) for name, row in _table(data, "fields", faults).items()}
    imported = {
        name: _source({"column": row} if isinstance(row, str) else row, f"[imported] {name}", faults)
        for name, row in _table(data, "imported", faults).items()
    }
    organization = _source(record.get("organization", {}), "[record.organization]", faults)
    state_source = _source(state, "[state]", faults)
    events = tuple(Event(str(row.get("at", "")), str(row.get("state", ""))) for row in data.get("event", ()))
    if faults:
        raise MapFaulty(faults)
    return Map(
        kind=data["kind"],
        source=data["source"],
        title=str(data.get("title", data["source"])),
        text=text,
        format=form,
        encoding=file.get("encoding", "utf-8-sig"),
        delimiter=file.get("delimiter", ","),
        quote=file.get("quote", '"'),
        guarded=bool(file.get("guarded", False)),
        unknown=frozenset(map(str, _list(file.get("unknown", ())))) | {""},
        zone=zone,
        dates=tuple(_list(file.get("dates", ("iso",)))),
        key=tuple(_list(record["key"])),
        order=tuple(order),
        at=record.get("at", ""),
        opened_at=record.get("opened_at", ""),
        actor=record.get("actor", ""),
        opened_by=record.get("opened_by", ""),
        number=record.get("number", ""),
        row=record.get("row", ""),
        opening=frozenset(_list(record.get("opening", ()))),
        organization=organization,
        title_template=record.get("title", ""),
        fields=source_of,
        state=state_source,
        ignored_states=frozenset(map(str, _list(state.get("ignore", ())))),
        imported=imported,
        workflow=data.get("workflow", {}),
        events=events,
    )


def _source(row: Any, where: str, faults: list[str]) -> Source:
    if not isinstance(row, dict):
        faults.append(f'{where} must be a table, for example {{ column = "…" }}.')
        return Source()
    _unknown_names(row, _SOURCE, where, faults)
    columns = tuple(_list(row.get("columns", row.get("column", ()))))
    if columns and "value" in row:
        faults.append(f"{where} has both a column and a fixed value; keep one.")
    values = row.get("values", {})
    if not isinstance(values, dict):
        faults.append(f'{where}: values must be a table of "theirs" = ours.')
        values = {}
    return Source(
        columns,
        row.get("value"),
        values,
        frozenset(map(str, _list(row.get("unknown", ())))),
        frozenset(_list(row.get("only_in", ()))),
        row.get("join", " / "),
        bool(row.get("create", False)),
        row.get("kind", ""),
        row.get("as", "text"),
    )


def _unknown_names(row: Mapping[str, Any], known: set[str], where: str, faults: list[str]) -> None:
    for name in row:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(sorted(known))}."
            faults.append(f"“{name}” is unknown in {where}. {hint}")


def _table(data: Mapping[str, Any], name: str, faults: list[str]) -> dict[str, Any]:
    row = data.get(name, {})
    if not isinstance(row, dict):
        faults.append(f"[{name}] must be a table.")
        return {}
    return row


def _list(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


def shipped() -> dict[str, Map]:
    """The maps that come with the project, by file name without ending."""
    return {path.stem: read_map(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.toml"))}


def map_named(name: str) -> Map:
    """A map by path, or one that is shipped by its name. Raises `MapFaulty`."""
    path = Path(name)
    if not path.exists() and (SHIPPED / f"{path.name.removesuffix('.toml')}.toml").exists():
        path = SHIPPED / f"{path.name.removesuffix('.toml')}.toml"
    try:
        return read_map(path.read_text(encoding="utf-8"))
    except OSError:
        raise MapFaulty([f"There is no map “{name}”. Shipped are: {', '.join(p.stem for p in sorted(SHIPPED.glob('*.toml')))}."]) from None
