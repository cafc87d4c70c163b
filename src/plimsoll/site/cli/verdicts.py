"""`plimsoll verdicts`: our clocks beside the verdicts that an imported log brought with it."""

import argparse
from typing import Any

from plimsoll.kernel.targets.comparing import Row, compare_verdicts
from plimsoll.site.cli.house import actor, add_json, add_organization, print_json, type_of_word

SHOWN = 10


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "verdicts",
        help="compare our clocks with the verdicts of an imported log",
        description="For every priority: how many imported records both call met or missed, and which differ. Ours follow from the "
        "agreement in force, theirs were kept as they came.",
    )
    parser.add_argument("kind", nargs="?", default="incidents", help="what the records are (default: incidents)")
    parser.add_argument("--clock", default="resolve", help="which of our clocks: respond, resolve or close (default: resolve)")
    parser.add_argument("--theirs", default="made_sla", help="the name under which the map kept theirs (default: made_sla)")
    add_json(parser)
    add_organization(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    tenant = actor(options).tenant
    assert tenant is not None
    rows = compare_verdicts(type_of_word(options.kind), tenant, key=options.clock, theirs=options.theirs)
    if options.json:
        print_json({"clock": options.clock, "theirs": options.theirs, "priorities": [_figures(row) for row in rows]})
        return
    print("Priority   both met  both missed  ours met, theirs missed  ours missed, theirs met  without a verdict")
    for row in rows:
        counts = f"{row.both_met:>10,}{row.both_missed:>13,}{len(row.ours_met):>25,}{len(row.ours_missed):>25,}{row.without:>19,}"
        print(f"{row.priority or '–'!s:<9}{counts}")
    for row in rows:
        for words, records in (("ours met, theirs missed", row.ours_met), ("ours missed, theirs met", row.ours_missed)):
            if records:
                more = f" and {len(records) - SHOWN:,} more (--json lists all)" if len(records) > SHOWN else ""
                print(f"Priority {row.priority or '–'}, {words}: {', '.join(records[:SHOWN])}{more}")
    if not rows:
        print("No record has such a clock. Put an agreement in force that covers them before they are imported, or replay them.")


def _figures(row: Row) -> dict[str, Any]:
    return {
        "priority": row.priority,
        "both_met": row.both_met,
        "both_missed": row.both_missed,
        "ours_met": row.ours_met,
        "ours_missed": row.ours_missed,
        "without": row.without,
    }
