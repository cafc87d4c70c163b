"""`plimsoll conformity`: what the records prove of each requirement, as the pages and the API tell it."""

import argparse
from datetime import date
from typing import Any

from plimsoll.evaluation.conformity.fitness import line_at
from plimsoll.evaluation.conformity.operations import READ, assess, is_sound
from plimsoll.evaluation.conformity.queries import latest, nearest_days, of_day
from plimsoll.evaluation.conformity.seeing import as_seen, visible_to
from plimsoll.evaluation.conformity.shapes import assessment_shape, result_shape
from plimsoll.evaluation.conformity.standard import items
from plimsoll.evaluation.conformity.words import fitness_said, line_said, percent, verdict_word
from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of
from plimsoll.site.cli.house import actor, add_json, add_organization, print_json
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "conformity",
        help="print what the records prove of each requirement",
        description="Asks the records now and keeps the result. With --at: what was computed on that day, never anew from the tables of today.",
    )
    parser.add_argument("--at", default="", metavar="DATE", help="the day, written 2026-03-14; what was stored then")
    parser.add_argument("--stored", action="store_true", help="the newest result that is stored, without asking anew")
    parser.add_argument("--gaps", action="store_true", help="only what falls short")
    add_organization(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    person = actor(options)
    tenant = person.tenant
    assert tenant is not None
    check_everywhere(person, READ)
    if options.at:
        try:
            day = date.fromisoformat(options.at)
        except ValueError:
            raise Stop(f"“{options.at}” is no day; write it as 2026-03-14.") from None
        if day > day_of(tenant, now()):
            raise Stop(f"{day} is still to come.")
        row = of_day(tenant, day)
        if row is None:
            before, after = nearest_days(tenant, day)
            near = " and ".join(str(d) for d in (before, after) if d) or "none"
            raise Stop(f"Nothing was computed on {day}. It is a gap and stays one. Days beside it that have a result: {near}.")
    elif options.stored:
        row = latest(tenant)
        if row is None:
            raise Stop("Nothing was computed yet. Leave --stored out to ask the records now.")
    else:
        row = assess(tenant, channel="command")
    results = {r.item: r for r in row.results.select_related("detail")}
    bodies = {key: r.detail.body if r.detail else {} for key, r in results.items()}
    seen = visible_to(person, bodies.values())
    verdicts = {key: results[key].verdict for key in items() if key in results}
    told = assessment_shape(row, verdicts)
    wanted = [key for key in verdicts if not options.gaps or verdicts[key] in ("partly", "does_not", "no_evidence")]
    if options.json:
        found = [result_shape(items()[key], results[key], as_seen(bodies[key], seen)) for key in wanted]
        print_json({"organization": tenant.slug, "sound": is_sound(row), **told, "items": found})
        return 0
    print(f"{tenant.name}, {row.day}, {row.edition}")
    print(f"{told['present']} of {told['total']} requirements show evidence, {told['gaps']} fall short.")
    line = line_at(row)
    print(f"{fitness_said(line)}: {line_said(line)}.")
    for key in wanted:
        result = results[key]
        share = f"{result.numerator} of {result.denominator}" if result.denominator else ""
        share += f" ({percent((result.numerator or 0) / result.denominator)} %)" if result.denominator else ""
        print(f"{key:<12} {verdict_word(result.verdict):<28} {share:<18} {items()[key].exists}")
        if options.gaps:
            for short in as_seen(bodies[key], seen).get("shortfalls", ()):
                print(f"{'':<12} - {short['sentence']}")
    return 0
