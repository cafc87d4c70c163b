"""`plimsoll import` and `plimsoll export`: the options, the progress bar, the report. The actor is the tenant's system person, or
whom the site hands in."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.exchange.exporting import as_json_line, exported
from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import MapFaulty, map_named, shipped
from plimsoll.kernel.exchange.own import import_own
from plimsoll.kernel.exchange.reading import Unreadable
from plimsoll.kernel.exchange.report import Report
from plimsoll.kernel.exchange.sheets import head_of, rows_of, write_csv, write_xlsx
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType, declared, type_named

Actor = Callable[[argparse.Namespace], Person]


def add_import(subparsers: Any, actor: Actor | None = None) -> argparse.ArgumentParser:
    """The parser of `plimsoll import`. `actor` gives the person in whose name it runs, by the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "import",
        help="bring records with their history in from a file",
        description="Bring records in from a file of another tool (CSV or XES, gzipped or not) by a map, or from our own export (JSON lines, "
        "without a map). Run again, it goes on where it was stopped; what is in already is left alone. Damaged cells are reported "
        "by row and column.",
    )
    parser.add_argument("kind", help="what the records are, for example incidents")
    parser.add_argument("file", type=Path)
    parser.add_argument("--map", metavar="MAP.toml", help=f"a map file, or the name of one that is shipped: {', '.join(shipped())}")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; report what would come of it")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--organization", metavar="NAME", help="the short name of the organisation whose system this is (default: the only one)")
    parser.set_defaults(run=lambda options: run_import(options, (actor or system_of)(options)))
    return parser


def add_export(subparsers: Any, actor: Actor | None = None) -> argparse.ArgumentParser:
    """The parser of `plimsoll export`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export",
        help="write records out, one a line",
        description="Write every record of a kind: as JSON lines (all of it but the content of attached files; goes in again with plimsoll import), "
        "or as a table for spreadsheets. Attached files are counted and stay where they are; a backup carries them.",
    )
    parser.add_argument("kind", help="what the records are, for example incidents")
    parser.add_argument("--history", action="store_true", help="with the trail of each record")
    parser.add_argument("--format", choices=("jsonl", "csv", "xlsx"), default="jsonl")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write here (default: to the screen, or into a pipe)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, when an output file is named")
    parser.add_argument("--organization", metavar="NAME", help="the short name of the organisation whose system this is (default: the only one)")
    parser.set_defaults(run=lambda options: run_export(options, (actor or system_of)(options)))
    return parser


def system_of(options: argparse.Namespace) -> Person:
    """The system person of the tenant that the options name, else of the only one. Raises `Unreadable` with a sentence."""
    slug = getattr(options, "organization", None)
    tenants = list(Tenant.objects.filter(slug=slug) if slug else Tenant.objects.order_by("slug"))
    if not tenants:
        raise Unreadable(
            _("There is no organisation “%(slug)s”.") % {"slug": slug} if slug else _("There is no organisation yet. Set the system up first.")
        )
    if len(tenants) > 1:
        raise Unreadable(
            _("There are several organisations: %(known)s. Say which one with --organization.") % {"known": ", ".join(t.slug for t in tenants)}
        )
    return system_person(tenants[0])


class Bar:
    """A bar on stderr while somebody watches."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.began = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        if not self.shown:
            return
        rate = done / max(time.monotonic() - self.began, 0.001)
        share = f"{'█' * (done * 30 // of):<30} {done * 100 // of:3d} % " if of else ""
        print(f"\r{share}{done:,} · {rate:,.0f}/s", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.shown:
            print(file=sys.stderr)


def run_import(options: argparse.Namespace, by: Person) -> int:
    """Import, and tell what came of it. Returns 1 when the file or the map can't be used."""
    bar = Bar()
    try:
        record_type = _type(options.kind)
        if not options.file.is_file():
            raise Unreadable(_("There is no file “%(file)s”.") % {"file": options.file})
        if options.map:
            mapping = map_named(options.map)
            if mapping.kind != record_type.kind:
                raise MapFaulty([_("The map is for %(map)s, not for %(asked)s.") % {"map": mapping.kind, "asked": record_type.kind}])
            report = import_file(options.file, mapping, by=by, is_dry=options.dry_run, progress=bar)
        elif ".jsonl" in options.file.name:
            report = import_own(options.file, kind=record_type.kind, by=by, is_dry=options.dry_run, progress=bar)
        else:
            raise MapFaulty(
                [
                    _("Say with --map how the file is to be read. Shipped maps: %(maps)s. Only our own exports (.jsonl) need none.")
                    % {"maps": ", ".join(shipped())}
                ]
            )
    except (MapFaulty, Unreadable) as error:
        bar.end()
        for sentence in getattr(error, "faults", None) or [str(error)]:
            print(sentence, file=sys.stderr)
        return 1
    bar.end()
    if options.json:
        print(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        print("\n".join(told(report)))
    return 0


def told(report: Report) -> list[str]:
    """The report for people."""
    would = _("Nothing was written; this would come of it.") if report.is_dry else ""
    lines = [would] if would else []
    lines += [
        _(
            "%(rows)s rows of %(records)s records: %(created)s new, %(appended)s continued, %(unchanged)s unchanged, %(differs)s differ, "
            "%(out)s left out."
        )
        % {
            "rows": f"{report.rows:,}",
            "records": f"{report.records:,}",
            "created": f"{report.created:,}",
            "appended": f"{report.appended:,}",
            "unchanged": f"{report.unchanged:,}",
            "differs": f"{report.differs:,}",
            "out": f"{report.left_out:,}",
        },
        _("%(updates)s updates in %(seconds)s s (%(rate)s/s).")
        % {
            "updates": f"{report.updates:,}",
            "seconds": f"{report.seconds:.1f}",
            "rate": f"{report.updates / report.seconds if report.seconds else 0:,.0f}",
        },
    ]
    if report.made:
        lines.append(_("Made: %(made)s.") % {"made": ", ".join(f"{count:,} {what}" for what, count in report.made.items())})
    if report.moved_times:
        lines.append(_("%(n)s times do not exist in the map's zone and moved forward.") % {"n": f"{report.moved_times:,}"})
    lines += report.notes[:50]
    if report.faults:
        lines.append(_("%(n)s damaged cells or rows; the rest went in:") % {"n": f"{report.faults:,}"})
        lines += [
            f"  {fault['row']}:{fault['column']}: {fault['sentence']}" + (f" “{fault['value']}”" if fault["value"] else "") for fault in report.shown
        ]
        if report.faults > len(report.shown):
            lines.append(_("  … and %(n)s more.") % {"n": f"{report.faults - len(report.shown):,}"})
    return lines


def run_export(options: argparse.Namespace, by: Person) -> int:
    """Export to a file, written beside and renamed so that none is ever half there, or to stdout."""
    try:
        record_type = _type(options.kind)
        if options.format == "xlsx" and options.output is None and sys.stdout.isatty():
            raise Unreadable(_("A workbook does not go to the screen; name a file with --output."))
    except (MapFaulty, Unreadable) as error:
        print(error, file=sys.stderr)
        return 1
    bar = Bar()
    began = time.perf_counter()
    left = LeftOut()
    if options.output is None:
        write_export(record_type, sys.stdout.buffer, form=options.format, with_history=options.history, by=by, left=left)
        if left.files:
            print(left.told(options.format), file=sys.stderr)
        return 0
    if not os.access(options.output.resolve().parent, os.W_OK):
        raise Unreadable(_("%(file)s can't be written: its folder is missing, or not yours to write in.") % {"file": options.output})
    with tempfile.NamedTemporaryFile(dir=options.output.resolve().parent, prefix=f".{options.output.name}.", delete=False) as file:
        try:
            count = write_export(
                record_type, file, form=options.format, with_history=options.history, by=by, progress=lambda done: bar(done, 0), left=left
            )
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(options.output)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    bar.end()
    seconds = time.perf_counter() - began
    if options.json:
        figures = {
            "kind": record_type.kind,
            "rows": count,
            "file": str(options.output),
            "seconds": round(seconds, 3),
            "attachments_left_out": left.files,
        }
        print(json.dumps(figures, indent=2))
    else:
        print(_("%(n)s lines in %(file)s (%(seconds)s s).") % {"n": f"{count:,}", "file": options.output, "seconds": f"{seconds:.1f}"})
        if left.files:
            print(left.told(options.format))
    return 0


@dataclass(slots=True)
class LeftOut:
    """The attached files of the records that were exported: they are counted while the lines go by, and stay where they are."""

    files: int = 0

    def counted(self, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            self.files += len(line.get("attachments", ()))
            yield line

    def told(self, form: str) -> str:
        """What became of them, as a sentence."""
        named = ngettext(
            "%(n)s attached file is named with size and digest, not contained.",
            "%(n)s attached files are named with size and digest, not contained.",
            self.files,
        )
        left_out = ngettext("%(n)s attached file is left out.", "%(n)s attached files are left out.", self.files)
        how = named if form == "jsonl" else left_out
        return how % {"n": f"{self.files:,}"} + " " + _("A backup carries them.")


def write_export(
    record_type: RecordType,
    file: IO[bytes],
    *,
    form: str,
    with_history: bool,
    by: Person,
    progress: Callable[[int], None] = lambda done: None,
    left: LeftOut | None = None,
) -> int:
    """Write an export in one of the three formats; returns how many lines or rows, and counts in `left` what it leaves out. Raises `Refused`."""
    lines = (left or LeftOut()).counted(exported(record_type, by=by, with_history=with_history, progress=progress))
    if form == "jsonl":
        count = 0
        for line in lines:
            file.write(as_json_line(line).encode())
            count += 1
        return count
    is_outside = reach(by, f"{record_type.kind}:internal").is_empty
    customs = [c.name for c in customs_of(by.tenant, record_type.kind) if c.is_public or not is_outside]
    head = head_of(record_type, customs, with_history=with_history)
    rows = rows_of(lines, head, with_history=with_history)
    return write_xlsx(rows, head, file) if form == "xlsx" else write_csv(rows, head, _Text(file))  # type: ignore[arg-type]


class _Text:
    """A text file over bytes that leaves the bytes open."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def write(self, text: str) -> int:
        return self.file.write(text.encode())


def _type(word: str) -> RecordType:
    try:
        return type_named(word)
    except KeyError:
        raise MapFaulty(
            [_("There is no record type “%(word)s”. There are: %(known)s.") % {"word": word, "known": ", ".join(t.plural_kind for t in declared())}]
        ) from None
