"""`plimsoll backup`: everything into one file, the keys into another."""

import argparse
from pathlib import Path
from typing import Any

from plimsoll.site.cli.house import Progress, add_json, print_json
from plimsoll.site.cli.stop import Stop
from plimsoll.site.serving.archive import BackupRefused
from plimsoll.site.serving.backup import back_up


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "backup",
        help="write everything into a file",
        description="Write database, attachments and the trail's heads into FILE, as they are at one moment; people "
        "go on working meanwhile. The keys go into a file of their own: keep it elsewhere. A backup goes into "
        "SQLite and PostgreSQL alike.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to make")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the file for the keys (default: FILE.keys)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    progress = Progress("rows written")
    try:
        made = back_up(options.file, options.keys, progress)
    except BackupRefused as error:
        raise Stop(str(error)) from None
    progress.end()
    if options.json:
        print_json(
            {
                "file": made.path,
                "keys": made.keys_path,
                "tables": made.tables,
                "rows": made.rows,
                "files": made.files,
                "bytes": made.bytes,
                "seconds": round(made.seconds, 2),
                "notes": made.notes,
            }
        )
        return 0
    print(
        f"{made.rows:,} rows of {made.tables} tables and {made.files:,} files are in {made.path} ({made.bytes / 1e6:.1f} MB, {made.seconds:.1f} s)."
    )
    print(f"The keys are in {made.keys_path}. Keep them apart from the backup: whoever has both can rewrite the trail unnoticed.")
    for note in made.notes:
        print(f"Note: {note}")
    return 0
