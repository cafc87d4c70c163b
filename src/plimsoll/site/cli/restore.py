"""`plimsoll restore`: a backup into an empty system, and the proof that it is what was backed up."""

import argparse
from pathlib import Path
from typing import Any

from plimsoll.site.cli.house import Progress, add_json, print_json
from plimsoll.site.cli.stop import Stop
from plimsoll.site.serving.archive import BackupRefused
from plimsoll.site.serving.restore import restore


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "restore",
        help="bring a backup back",
        description="Bring a backup into an empty system (a new database and a new data folder), then verify the trail "
        "and compare what was computed from the records. Refused when the archive was changed or its version "
        "does not fit.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the file of its keys (default: FILE.keys)")
    parser.add_argument("--without-keys", action="store_true", help="restore although the keys are lost; the proofs of entries stay unchecked")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    progress = Progress("rows restored")
    try:
        done = restore(options.file, options.keys, without_keys=options.without_keys, progress=progress)
    except BackupRefused as error:
        raise Stop(str(error)) from None
    progress.end()
    faults = [*done.verdict.faults, *done.comparison.faults]
    if options.json:
        print_json(
            {
                "rows": done.rows,
                "files": done.files,
                "seconds": round(done.seconds, 2),
                "is_sound": done.is_sound,
                "entries": done.verdict.entries,
                "seals": done.verdict.seals,
                "compared": done.comparison.compared,
                "records": done.comparison.of,
                "faults": faults,
                "unchecked": done.verdict.unchecked,
                "notes": done.notes,
            }
        )
        return 0 if done.is_sound else 1
    print(f"{done.rows:,} rows and {done.files:,} files are back ({done.seconds:.1f} s).")
    print(
        f"{done.verdict.entries:,} entries of the trail and {done.verdict.seals:,} seals verified; {done.comparison.compared:,} of "
        f"{done.comparison.of:,} records compared with what was computed from them."
    )
    for note in [*done.notes, *(f"Not checked: {sentence}" for sentence in done.verdict.unchecked)]:
        print(note)
    for fault in faults:
        print(f"FAULT: {fault}")
    print("The restored system is what was backed up." if done.is_sound else "The restored system is not sound; see the faults above.")
    return 0 if done.is_sound else 1
