"""Tables of what was exported: CSV and XLSX, flat, for people with spreadsheets. Every cell is safe to open.

A cell that a spreadsheet could take for a formula gets an apostrophe before it, and so does one that begins with an apostrophe: so the
way back is sure (`guarded = true` in a map takes one apostrophe off).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from plimsoll.kernel.records.declaration import RecordType

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
LONGEST_CELL = 32_767  # what a spreadsheet holds
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

HEAD = ("reference", "title", "state", "opened_at", "opened_by", "changed_at", "organization", "origin", "source", "external_reference")
ENTRY = ("reference", "external_reference", "position", "at", "by", "action", "channel", "changes", "note")


def guarded(value: Any) -> Any:
    """A cell that no spreadsheet computes; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def head_of(record_type: RecordType, customs: Sequence[str], *, with_history: bool) -> list[str]:
    """The columns: of records, or with their history of entries."""
    if with_history:
        return list(ENTRY)
    fields = [name for name in record_type.fields if name != "title"]
    return [*HEAD, *fields, *(f"extra.{name}" for name in customs), "tags", "links", "comments"]


def rows_of(lines: Iterable[dict[str, Any]], head: Sequence[str], *, with_history: bool) -> Iterator[list[Any]]:
    """The cells of each line, guarded, in the order of the head; with history one row an entry."""
    for line in lines:
        if with_history:
            for position, entry in enumerate(line["trail"], start=1):
                changes = {**entry.get("changes", {}), **entry.get("texts", {})}
                told = {
                    **entry,
                    "position": entry.get("position", position),
                    "reference": line["reference"],
                    "external_reference": line["external_reference"],
                    "changes": changes,
                }
                yield [guarded(told.get(name)) for name in head]
        else:
            told = {**line, **line["fields"], **{f"extra.{name}": value for name, value in line["extra"].items()}}
            told["tags"] = ", ".join(line.get("tags", ()))
            told["links"] = ", ".join(f"{row['meaning']} {row['target']}" for row in line.get("links", ()))
            told["comments"] = len(line.get("comments", ()))
            yield [guarded(told.get(name)) for name in head]


def write_csv(rows: Iterable[Sequence[Any]], head: Sequence[str], file: IO[str]) -> int:
    """Write the table; returns how many rows."""
    writer = csv.writer(file)
    writer.writerow(head)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def write_xlsx(rows: Iterable[Sequence[Any]], head: Sequence[str], file: IO[bytes]) -> int:
    """Write the table as a workbook of one sheet, row by row; texts are texts, whatever they begin with."""
    # Seven megabytes in each process of the server, which nearly always writes no workbook.
    from openpyxl import Workbook  # noqa: PLC0415 (see above)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (see above)

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.append(list(head))
    count = 0
    for row in rows:
        cells = []
        for value in row:
            if isinstance(value, str):
                cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("\ufffd", value)[:LONGEST_CELL])
                cell.data_type = "s"
                cells.append(cell)
            else:
                cells.append(value)
        sheet.append(cells)
        count += 1
    book.save(file)
    return count
