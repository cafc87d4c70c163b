"""`plimsoll people`: people, their organisations and teams from a CSV file."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from plimsoll.kernel.identity.imports import import_people
from plimsoll.site.cli.house import CHANNEL, Progress, actor, add_json, add_organization, print_json
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("people", help="import people and teams")
    acts = parser.add_subparsers(required=True, metavar="import")
    importing = acts.add_parser(
        "import",
        help="take people from a CSV file",
        description="Take people, their organisations and teams from a CSV file. Its first row names the columns: name, e-mail, "
        "organisation, team and the like. A second run changes only what changed in the file.",
    )
    importing.add_argument("file", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="only say what would happen")
    importing.add_argument(
        "--new-organizations",
        choices=("customer", "supplier", "unit", "refuse"),
        default="customer",
        help="what organisations that are not there yet become (default: customer)",
    )
    add_organization(importing)
    add_json(importing)
    importing.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise Stop(f"{options.file} can't be read: {error.strerror}.") from None
    progress = Progress("rows read")
    refuses = options.new_organizations == "refuse"
    report = import_people(
        content,
        by=actor(options),
        channel=CHANNEL,
        is_dry_run=options.dry_run,
        creates_organizations=not refuses,
        kind_of_new="customer" if refuses else options.new_organizations,
        progress=progress,
    )
    progress.end()
    if options.json:
        print_json(asdict(report))
        return 1 if report.faults else 0
    for fault in report.faults:
        print(f"row {fault.row}, {fault.column}: {fault.sentence}")
    print(
        f"{'Would be' if report.is_dry_run else 'Were'}: {report.added} added, {report.changed} changed, {report.unchanged} left as they are; "
        f"{len(report.organizations)} organisations and {len(report.teams)} teams made; {len(report.faults)} cells not taken."
    )
    return 1 if report.faults else 0
