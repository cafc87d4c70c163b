"""`plimsoll roles`: which roles there are and who holds them."""

import argparse
from typing import Any

from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.site.cli.house import actor, add_json, add_organization, print_json


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "roles",
        help="list the roles and who holds them",
        description="List every role with its words and its holders. Roles are given and taken on their pages, with an approval.",
    )
    add_organization(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    by = actor(options)
    held: dict[int, list[dict[str, Any]]] = {}
    # Records’ querysets are typed for records of any kind.
    everything: Any = Assignment.objects
    assignments = everything.visible_to(by).select_related("person", "team", "in_organization").order_by("role", "number")
    for held_by in assignments:
        held.setdefault(held_by.role_id, []).append(
            {
                "holder": str(held_by.person or held_by.team or ""),
                "only_for": str(held_by.in_organization or ""),
                "state": held_by.state,
                "from": held_by.starts_at,
                "until": held_by.ends_at,
            }
        )
    roles: Any = Role.objects.visible_to(by).order_by("number")
    rows = [
        {"reference": role.reference, "title": role.title, "state": role.state, "words": role.words, "holders": held.get(role.pk, [])}
        for role in roles
    ]
    if options.json:
        print_json({"roles": rows})
        return
    for row in rows:
        print(f"{row['reference']} {row['title']} ({row['state']}): {', '.join(row['words'])}")
        for holder in row["holders"]:
            print(f"    {holder['holder']} ({holder['state']})" + (f", only for {holder['only_for']}" if holder["only_for"] else ""))
    if not rows:
        print("There are no roles yet.")
