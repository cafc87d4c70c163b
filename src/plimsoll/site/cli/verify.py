"""`plimsoll verify`: the trail against its seals and proofs, and each projection against its record."""

import argparse
from typing import Any

from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.trail.seals import seal
from plimsoll.kernel.trail.verify import verify
from plimsoll.site.cli.house import Progress, add_json, counted, print_json
from plimsoll.site.cli.records import batches

MOST = 50  # faults named of a sort


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "verify",
        help="prove the trail",
        description="Check every entry of the trail, the chain of seals, the newest head, and everything that was computed from "
        "records. Exit code 1 when a fault is found; each is named.",
    )
    parser.add_argument("--trail-only", action="store_true", help="leave out what was computed from the records")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    sealed = seal()  # only what is sound is sealed: what is not stays outside, and is named below
    progress = Progress("entries checked")
    verdict = verify(progress, MOST)
    progress.end()
    compared, differing = (0, []) if options.trail_only else compare()
    faults = [*verdict.faults, *differing]
    if options.json:
        print_json(
            {
                "is_sound": not faults,
                "entries": verdict.entries,
                "sealed": verdict.sealed,
                "newly_sealed": sealed,
                "seals": verdict.seals,
                "texts": verdict.details,
                "records": compared,
                "faults": faults,
                "unchecked": verdict.unchecked,
            }
        )
        return 1 if faults else 0
    print(
        f"{counted(verdict.entries, 'entry', 'entries')} checked, {verdict.sealed:,} of them in {counted(verdict.seals, 'seal', 'seals')}; "
        f"{counted(verdict.details, 'entry', 'entries')} with texts; "
        f"{counted(compared, 'record', 'records')} compared with what was computed from them."
    )
    for sentence in verdict.unchecked:
        print(f"Not checked: {sentence}")
    for sentence in faults:
        print(f"FAULT: {sentence}")
    print("The trail is what was written." if not faults else f"{counted(len(faults), 'fault', 'faults')} found.")
    return 1 if faults else 0


def compare() -> tuple[int, list[str]]:
    """Every record with every projection: how many records, and what differs as sentences."""
    faults: list[str] = []
    done, left_out = 0, 0
    progress = Progress("records compared")
    for record_type in declared():
        for batch in batches(record_type):
            for record in batch:
                for projection in projections():
                    found = projection.compare(record)
                    room = MOST - len(faults)
                    faults += found[:room]
                    left_out += len(found[room:])
            done += len(batch)
            progress(done)
    progress.end()
    if left_out:
        faults.append(f"… and {left_out:,} more differences. ./plimsoll rebuild computes everything anew.")
    return done, faults
