"""`plimsoll rebuild`: compute every projection anew, from the records and their trail."""

import argparse
import time
from typing import Any

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.records.projections import projections
from plimsoll.site.cli.house import Progress, add_json, counted, print_json, type_of_word
from plimsoll.site.cli.records import batches
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "rebuild",
        help="compute anew what is stored beside the records",
        description="Build cards, spans, search rows and what else is computed from records anew, 500 records a transaction. "
        "The system may go on running; stopping half-way harms nothing.",
    )
    parser.add_argument("--kind", help="only this record type")
    parser.add_argument("--projection", help="only this one; --help of the record types' documentation names them")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    started = time.monotonic()
    kinds = [type_of_word(options.kind)] if options.kind else declared()
    chosen = [p for p in projections() if options.projection in (None, p.name)]
    if not chosen:
        raise Stop(f"There is no projection “{options.projection}”. There are: {', '.join(p.name for p in projections())}.")
    figures: dict[str, int] = {}
    progress = Progress("records rebuilt")
    for record_type in kinds:
        figures[record_type.kind] = 0
        for batch in batches(record_type):
            with writing():
                for record in batch:
                    for projection in chosen:
                        projection.build(record)
            figures[record_type.kind] += len(batch)
            progress(sum(figures.values()))
    progress.end()
    if options.json:
        print_json({"projections": [p.name for p in chosen], "records": figures, "seconds": round(time.monotonic() - started, 1)})
    else:
        print(
            f"Rebuilt {', '.join(p.name for p in chosen)} of {counted(sum(figures.values()), 'record', 'records')} "
            f"in {time.monotonic() - started:.1f} seconds."
        )
