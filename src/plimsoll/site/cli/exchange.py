"""`plimsoll import` and `plimsoll export`: the kernel's commands, with the system person of the house as their actor; and `plimsoll import plan`."""

import argparse
from typing import Any

from plimsoll.kernel.exchange.commands import add_export, add_import, run_import
from plimsoll.site.cli.house import actor, print_json
from plimsoll.site.cli.lint import read_path
from plimsoll.site.cli.stop import Stop
from plimsoll.support.intake.linting.looking import lint_read
from plimsoll.support.intake.ours import beside_ours
from plimsoll.support.intake.telling import as_json, finding_lines, lines_of

PLAN = "plan"


def register(subparsers: Any) -> None:
    parser = add_import(subparsers, actor)
    parser.epilog = (
        "plimsoll import plan FILE --dry-run reads an existing plan or policy (DOCX, Markdown, plain text) and prints what it would propose."
    )
    parser.set_defaults(run=run)
    add_export(subparsers, actor)


def run(options: argparse.Namespace) -> int:
    """Records of a kind, or an existing plan."""
    return run_plan(options) if options.kind == PLAN else run_import(options, actor(options))


def run_plan(options: argparse.Namespace) -> int:
    """Print what a plan says and suggests. Taking it over is a decision of a person, row by row: that is the page."""
    if not options.dry_run:
        raise Stop("A plan is taken over on the page /library/import/, where each proposal is accepted. Add --dry-run to see them here.")
    read = beside_ours(read_path(options.file))
    found = lint_read(read)
    if options.json:
        print_json(as_json(read) | {"findings": [f.as_json() for f in found]})
    else:
        print("\n".join([*lines_of(read), "", "Found wrong:", *finding_lines(found)]))
    return 0
