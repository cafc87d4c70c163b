"""`plimsoll configure`: set up roles, groups, processes, service hours, agreements and more from a file, or write what is here into one."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from plimsoll.kernel.exchange.configuring.bringing import FAULTY, Brought, Outcome, bring, entries_of, given_back
from plimsoll.kernel.exchange.configuring.entries import ENDINGS, read_bytes
from plimsoll.kernel.exchange.configuring.keeping import keepers
from plimsoll.kernel.exchange.configuring.recipes import recipe_named, shipped_recipes
from plimsoll.kernel.exchange.mapping import MapFaulty
from plimsoll.kernel.exchange.reading import Unreadable
from plimsoll.site.cli.house import actor, add_json, add_organization, counted, print_json
from plimsoll.site.cli.stop import Stop

SIGNS = {"new": "+", "changed": "~", "unchanged": "=", FAULTY: "!"}


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "configure",
        help="set up roles, processes, agreements and more from a file, or write them into one",
        description="Set up what a file says (TOML, JSON, or CSV of one kind): all of it, or nothing when one row can't be taken. What the file does "
        "not name stays as it is, and a second run changes nothing. Roles and terms of agreements end as drafts, holders as proposals: "
        "putting them in force stays with people. A file of others is read by a map.",
        epilog=f"Maps that ship: {', '.join(shipped_recipes())}. What a file may set up: {', '.join(keepers())}.",
    )
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the file to take in: .toml, .json or .csv")
    parser.add_argument("--map", metavar="MAP.toml", help="how a file of others is read: a map file, or the name of one that ships")
    parser.add_argument("--kind", metavar="KIND", help="what the rows of a CSV file are (default: the name of the file, such as roles.csv)")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show row by row what would come of it")
    parser.add_argument("--export", nargs="+", metavar="KIND", help="write what is here instead, as a file that goes in again; “all” for everything")
    parser.add_argument("--output", type=Path, metavar="FILE.json", help="with --export: write here (default: to the screen)")
    add_organization(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.export:
        return _export(options)
    if options.file is None:
        raise Stop("Say which file is to be taken in, or with --export what is to be written.")
    try:
        recipe = recipe_named(options.map) if options.map else None
        name = options.file.name
        if not name.lower().endswith(ENDINGS):
            raise Stop(f"“{name}” is none of these: {', '.join(ENDINGS)}.")
        entries = entries_of(name, read_bytes(options.file), kind=options.kind or options.file.stem, recipe=recipe)
    except (MapFaulty, Unreadable) as error:
        raise Stop("\n".join(getattr(error, "faults", None) or [str(error)])) from None
    brought = bring(entries, by=actor(options), name=name, is_dry=options.dry_run)
    if options.json:
        print_json(brought.as_json())
    else:
        print("\n".join(lines(brought)))
    return 1 if brought.faults else 0


def lines(brought: Brought) -> list[str]:
    """What came of it, row by row."""
    told = []
    for outcome in brought.outcomes:
        told += _lines_of(outcome)
    counts = ", ".join(f"{brought.count(what)} {what}" for what in SIGNS)
    if brought.faults:
        said = f"{counted(len(brought.faults), 'fault', 'faults')}: nothing was written. Mend the file and run it again."
    else:
        said = "Nothing was written; this would come of it." if brought.is_dry else "Done."
    return [*told, "", f"{counted(len(brought.outcomes), 'row', 'rows')}: {counts}.", said]


def _lines_of(outcome: Outcome) -> list[str]:
    place = f"{outcome.row:<16} {outcome.kind}: {outcome.title}" + (f" ({outcome.reference})" if outcome.reference else "")
    told = [f"{SIGNS.get(outcome.what, ' ')} {place}" + (f". {outcome.note}" if outcome.note else "")]
    told += [f"      {column}: {old} → {new}" for column, old, new in outcome.changes]
    told += [f"      {fault.row}{f', {fault.column}' if fault.column else ''}: {fault.sentence}" for fault in outcome.faults]
    return told


def _export(options: argparse.Namespace) -> int:
    known = keepers()
    kinds = list(known) if options.export == ["all"] else options.export
    if strange := [kind for kind in kinds if kind not in known]:
        raise Stop(f"“{strange[0]}” can't be written so. There are: all, {', '.join(known)}.")
    found = given_back(kinds, by=actor(options))
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Stop(f"{options.output} can't be written: {error.strerror}.") from None
    print(f"{counted(sum(len(rows) for rows in found.values()), 'row', 'rows')} in {options.output}.")
    return 0
