"""`plimsoll shell`: Python inside the house, for those who repair it."""

import argparse
import code
from typing import Any

from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.records import operations
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.site.cli.house import actor, add_organization
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "shell",
        help="open Python inside the house",
        description="Open Python with the record types, the people and the writes at hand. Records change through the writes only, "
        "also here; `by` is the system person.",
    )
    add_organization(parser)
    parser.add_argument("-c", "--command", metavar="CODE", help="run this and leave")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    names: dict[str, Any] = {
        "Tenant": Tenant,
        "Organization": Organization,
        "Person": Person,
        "Team": Team,
        "operations": operations,
        "type_named": type_named,
        **{t.model.__name__: t.model for t in declared()},
    }
    try:
        names["by"] = actor(options)
    except Stop as reason:
        if options.organization:
            raise
        print(reason)
    if options.command:
        exec(compile(options.command, "<command>", "exec"), names)  # noqa: S102 (what a shell is for)
        return
    code.interact(banner=f"Plimsoll. At hand: {', '.join(names)}.", local=names, exitmsg="")
