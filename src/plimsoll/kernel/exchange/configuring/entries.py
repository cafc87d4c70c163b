"""An import file as entries: what each sets up, where in the file it stands, and its values by name. TOML, JSON and CSV; no database."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.reading import Unreadable
from plimsoll.kernel.identity.imports import read_table
from plimsoll.kernel.lib.faults import Faulty

ABOUT = ("source", "title", "about", "licence")  # what a file says of itself
MOST_BYTES = 5_000_000
MOST_ENTRIES = 5_000
ENDINGS = (".toml", ".json", ".csv")
CONTINUES = ("key", "title", "name")  # by which a row of a table is known to go on with the one above


@dataclass(slots=True)
class Entry:
    """One thing to set up. `row` is its place as people find it in the file, `rows` those of its parts where they have their own."""

    kind: str
    row: str
    values: dict[str, Any]
    source: str = ""
    rows: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.values.get("key") or "")

    @property
    def title(self) -> str:
        return str(self.values.get("title") or self.values.get("name") or self.key)

    def place(self, column: str) -> str:
        """Where a value stands: the row of its part, where that has one of its own."""
        return next((row for path, row in self.rows.items() if column == path or column.startswith(f"{path}.")), self.row)


def read_bytes(path: Path) -> bytes:
    """The content of a file that is small enough to be one of these. Raises `Unreadable`."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Unreadable(_("There is no file “%(file)s”.") % {"file": path}) from None
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _("The file is larger than %(n)d MB. Split it: whatever is not named in a file stays as it is.") % {"n": MOST_BYTES // 1_000_000}
        )
    return content


def read_data(name: str, content: bytes) -> Any:
    """TOML or JSON as data. Raises `Unreadable`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("The file is not UTF-8. Save it so, and send that.")) from None
    try:
        return plain(tomllib.loads(text) if name.lower().endswith(".toml") else json.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(_("The file is not TOML: %(fault)s.") % {"fault": error}) from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("The file is not JSON: %(fault)s.") % {"fault": error}) from None


def plain(value: Any) -> Any:
    """Days and moments as text, as JSON would have them. Raises `Unreadable` for text that can't be stored."""
    if isinstance(value, str) and ("\x00" in value or not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)):
        raise Unreadable(_("The file holds a character that can't be stored, in “%(text)s”. Take it out.") % {"text": ascii(value[:40])})
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def from_data(data: Any, known: Collection[str]) -> list[Entry]:
    """The entries of a file of ours: tables of what it sets up under the word of each. Raises `Unreadable`."""
    if not isinstance(data, dict):
        raise Unreadable(_("The file holds no tables. It begins as [[roles]] in TOML, or {“roles”: […]} in JSON."))
    source = str(data.get("source") or "")[:60]
    found: list[Entry] = []
    for kind, rows in data.items():
        if kind in ABOUT:
            continue
        if kind not in known:
            raise Unreadable(_("“%(kind)s” can't be set up by a file. There are: %(known)s.") % {"kind": kind, "known": ", ".join(sorted(known))})
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreadable(_("“%(kind)s” must be a list of tables: [[%(kind)s]] in TOML, [{…}, …] in JSON.") % {"kind": kind})
        found += [Entry(kind, f"{kind} {n}", dict(row), str(row.get("source") or source)[:60]) for n, row in enumerate(rows, 1)]
    return few_enough(found)


def few_enough(found: list[Entry]) -> list[Entry]:
    if not found:
        raise Unreadable(_("The file sets nothing up."))
    if len(found) > MOST_ENTRIES:
        raise Unreadable(_("The file has more than %(n)d entries. Split it: whatever is not named in a file stays as it is.") % {"n": MOST_ENTRIES})
    return found


def from_table(content: bytes, kind: str, lists: Collection[str]) -> list[Entry]:
    """The entries of a CSV table of one kind. A column `activities.name` is a value of a part; a row that has the key of the row above, or
    none, goes on with it. An empty cell says nothing. Raises `Unreadable`."""
    try:
        headings, rows = read_table(content)
    except Faulty as error:
        raise Unreadable(" ".join(fault.sentence for fault in error.faults)) from None
    if twice := next((h for n, h in enumerate(headings) if h and h in headings[:n]), ""):
        raise Unreadable(_("Two columns are headed “%(heading)s”. Rename one.") % {"heading": twice})
    names = [name for name in CONTINUES if name in headings]
    if not names:
        raise Unreadable(_("No column says what each row sets up. Head one “key” or “title”."))
    found: list[Entry] = []
    for number, cells in enumerate(rows, 2):
        said = {heading: cell.strip() for heading, cell in zip(headings, cells, strict=False) if heading and cell.strip()}
        if not said:
            continue
        row = _("row %(n)d") % {"n": number}
        own = {name: said[name] for name in names if name in said}
        if not own and not found:
            raise Unreadable(_("Row %(n)d says neither key nor title.") % {"n": number})
        if found and all(found[-1].values.get(name) == text for name, text in own.items()):
            entry = found[-1]
        else:
            entry = Entry(kind, row, {}, said.get("source", "")[:60])
            found.append(entry)
        _put_row(entry, {heading: cell for heading, cell in said.items() if heading != "source"}, row, lists)
    return few_enough(found)


def _put_row(entry: Entry, said: Mapping[str, str], row: str, lists: Collection[str]) -> None:
    """The cells of one row: values of the entry, and at most one part of each sort."""
    begun: dict[str, dict[str, Any]] = {}
    for heading, cell in said.items():
        part = next((path for path in lists if heading.startswith(f"{path}.")), "")
        if part:
            if part not in begun:
                begun[part] = {}
                rows = _list_at(entry.values, part)
                rows.append(begun[part])
                entry.rows[f"{part}.{len(rows)}"] = row
            begun[part][heading.removeprefix(f"{part}.")] = cell
            continue
        table, name = entry.values, heading
        while "." in name:
            first, _dot, name = name.partition(".")
            table = table.setdefault(first, {})
        if table.get(name, cell) != cell:
            said_twice = _("%(row)s, %(column)s: another row of the same key says “%(other)s”. Leave one of them empty.")
            raise Unreadable(said_twice % {"row": row.capitalize(), "column": heading, "other": str(table[name])[:40]})
        table[name] = cell


def _list_at(values: dict[str, Any], path: str) -> list[dict[str, Any]]:
    *above, last = path.split(".")
    for name in above:
        values = values.setdefault(name, {})
    rows: list[dict[str, Any]] = values.setdefault(last, [])
    return rows
