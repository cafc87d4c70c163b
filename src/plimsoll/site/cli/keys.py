"""`plimsoll keys`: the keys that prove the trail."""

import argparse
from typing import Any

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.trail import keys
from plimsoll.site.cli.house import CHANNEL, add_json, print_json


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "keys",
        help="the keys that prove the trail",
        description="The trail is proved by keys that lie outside the database. Old keys keep proving old entries: never delete one.",
    )
    acts = parser.add_subparsers(required=True, metavar="list|rotate")
    listing = acts.add_parser("list", help="name the keys")
    add_json(listing)
    listing.set_defaults(run=show)
    rotating = acts.add_parser("rotate", help="add a key; new entries are proved by it once the server is started again")
    add_json(rotating)
    rotating.set_defaults(run=rotate)


def show(options: argparse.Namespace) -> None:
    newest = keys.ensure()
    names = sorted(path.stem.removeprefix("trail-") for path in keys.folder().glob("trail-*.key"))
    if options.json:
        print_json({"folder": str(keys.folder()), "keys": names, "newest": newest})
    else:
        print(f"{keys.folder()}: {', '.join(names)}. The newest, {newest}, proves new entries.")


def rotate(options: argparse.Namespace) -> None:
    before = keys.ensure()
    made = keys.rotate()
    for tenant in Tenant.objects.order_by("pk"):  # one key serves all; each trail tells of it
        with writing():
            by = system_person(tenant)
            publish(
                KeptChanged(
                    tenant_id=tenant.pk,
                    kind="trail key",
                    subject_id=int(made),
                    action="rotate",
                    by_id=by.pk,
                    channel=CHANNEL,
                    changes={"key": (before, made)},
                )
            )
    if options.json:
        print_json({"key": made, "before": before})
    else:
        print(f"The key {made} was made. Start the server again so that it is used; keep {before} and all older ones.")
