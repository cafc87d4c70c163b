"""`plimsoll roles`: which roles there are and who holds them."""

import argparse
from typing import Any

from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.updating import add_words, roles_behind
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
    acts = parser.add_subparsers(dest="act", metavar="update")
    update = acts.add_parser(
        "update",
        help="show, and with --apply add, what an upgrade brought for the starter roles",
        description="Show which words the starter roles of this version have that yours lack. Nothing is changed without --apply; then each role is "
        "revised and put in force again, in its trail. Words that you took out on purpose are shown too: name the roles that you want with --role.",
    )
    add_organization(update)
    add_json(update)
    update.add_argument("--role", action="append", metavar="CODE", help="only the role of this code; may be given more than once")
    update.add_argument("--apply", action="store_true", help="add them")
    update.set_defaults(run=run_update)


def run_update(options: argparse.Namespace) -> None:
    by = actor(options)
    assert by.tenant is not None
    behind = [found for found in roles_behind(by.tenant) if not options.role or found.role.code in options.role]
    rows = [{"reference": b.role.reference, "code": b.role.code, "title": b.role.title, "lacks": list(b.words)} for b in behind]
    if options.apply:
        for found in behind:
            add_words(found.role, by=by, channel="command")
    if options.json:
        print_json({"roles": rows, "applied": options.apply})
        return
    for row in rows:
        print(f"{row['reference']} {row['title']} ({row['code']})")
        for word in row["lacks"]:
            print(f"    + {word}")
    if not rows:
        print("Every starter role has the words of this version.")
    elif options.apply:
        print(f"{len(rows)} roles have them now; it stands in the trail of each.")
    else:
        print("Nothing was changed. Add them with --apply, or only some with --role CODE --apply.")


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
    words = dict(RoleVersion.objects.filter(role__in=roles.order_by(), ended_at=None).values_list("role", "words"))  # those in force
    rows = [
        {"reference": role.reference, "title": role.title, "state": role.state, "words": words.get(role.pk, []), "holders": held.get(role.pk, [])}
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
