"""Files as rows: CSV and XES (IEEE 1849), gzipped or not. It knows the layout of files and nothing of what they mean.

XES is read safely: no entities, no network, one trace in memory at a time.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from plimsoll.kernel.exchange.mapping import Map

LONGEST_CELL = 1_000_000
Fault = Callable[[int, str, str, str], None]  # row, column, value, sentence
Row = tuple[int, tuple[str, ...]]


class Unreadable(ValueError):
    """A file that is not what its map says; nothing can be taken from it. `args[0]` is a sentence."""


def opened(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked when it is gzipped (seen by its first bytes, not by its name)."""
    file = path.open("rb")
    start = file.read(2)
    file.seek(0)
    if start != b"\x1f\x8b":
        return file
    file.close()  # gzip closes only what it opened itself
    return gzip.open(path)  # type: ignore[return-value]


def digest_of(path: Path) -> str:
    """SHA-256 of the file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path, mapping: Map, fault: Fault) -> Iterator[Row]:
    """The cells that the map asks for, row by row with the row's number, in the order of `mapping.columns()`."""
    try:
        yield from (_xes if mapping.format == "xes" else _csv)(path, mapping, fault)
    except (OSError, EOFError, UnicodeError, LookupError) as error:
        raise Unreadable(f"{path.name} can't be read: {error}.") from error


def unguarded(text: str) -> str:
    """A cell of our own export without the apostrophe that keeps spreadsheets from computing it."""
    return text[1:] if text.startswith("'") else text


def _csv(path: Path, mapping: Map, fault: Fault) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with opened(path) as raw, io.TextIOWrapper(raw, encoding=mapping.encoding, errors="replace", newline="") as text:
        lines = csv.reader(text, delimiter=mapping.delimiter, quotechar=mapping.quote)
        try:
            header = [name.strip() for name in next(lines, [])]
            places = _places(header, mapping.columns(), path)
            wanted = list(zip(places, mapping.columns(), strict=True))
            for number, cells in enumerate(lines, start=2):
                if not cells:
                    continue
                if len(cells) != len(header):
                    fault(number, "", "", f"The row has {len(cells)} cells, the head {len(header)}.")
                    cells += [""] * (len(header) - len(cells))
                row = []
                for place, name in wanted:
                    cell = cells[place].strip()
                    if "\ufffd" in cell or "\x00" in cell:
                        fault(number, name, cell, "The cell holds bytes that are no text in the file's encoding.")
                        cell = ""
                    row.append(unguarded(cell) if mapping.guarded else cell)
                yield number, tuple(row)
        except csv.Error as error:
            raise Unreadable(f"{path.name}, line {lines.line_num}: {error}.") from error


def _places(header: Sequence[str], wanted: Sequence[str], path: Path) -> list[int]:
    missing = [name for name in wanted if name not in header]
    if missing:
        near = difflib.get_close_matches(missing[0], header, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else f" There are: {', '.join(header[:40])}."
        raise Unreadable(f"{path.name} has no column “{missing[0]}”.{hint}")
    return [header.index(name) for name in wanted]


def _xes(path: Path, mapping: Map, fault: Fault) -> Iterator[Row]:
    """Each event is a row; the attributes of its trace are columns that start with `case:`. Rows are numbered by event, from 1."""
    from lxml import etree  # noqa: PLC0415 (four megabytes in each process of the server, which nearly always reads no log)

    names = mapping.columns()
    number = 0
    with opened(path) as file:
        try:
            for _, trace in etree.iterparse(
                file,
                events=("end",),
                tag="{*}trace",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                case = {f"case:{key}": value for key, value in _attributes(trace)}
                for event in trace.iterfind("{*}event"):
                    number += 1
                    cells = {**case, **dict(_attributes(event))}
                    yield number, tuple(cells.get(name, "").strip() for name in names)
                trace.clear()
                while (before := trace.getprevious()) is not None:
                    before.getparent().remove(before)
        except etree.XMLSyntaxError as error:
            if number == 0:
                raise Unreadable(f"{path.name} is not XES: {error}.") from error
            fault(number, "", "", f"The file breaks off after event {number}: {error}.")


def _attributes(element: Any) -> Iterator[tuple[str, str]]:
    for child in element:
        if (key := child.get("key")) is not None and child.get("value") is not None:
            yield key, child.get("value")
