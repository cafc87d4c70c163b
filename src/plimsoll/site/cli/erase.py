"""`plimsoll erase`: take away who somebody was, after they left."""

import argparse
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.roles.leaving import erase
from plimsoll.site.cli.house import CHANNEL, actor, add_organization
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "erase",
        help="erase a person who left",
        description="Erase name, address and everything personal of somebody who left, also in the trail. Their number and what they "
        "did stay. This can't be undone.",
    )
    parser.add_argument("person", help="e-mail address or number of the person")
    parser.add_argument("--reason", required=True, help="on whose order and why; it stands in the trail")
    add_organization(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    by = actor(options)
    people = Person.objects.filter(tenant=by.tenant)
    asked = options.person
    found = people.filter(email__iexact=asked).first() if (key := whole(asked)) is None else people.filter(pk=key).first()
    if found is None:
        raise Stop(f"There is nobody with the address or number “{asked}”.")
    number = found.pk
    erase(person=found, by=by, channel=CHANNEL, reason=options.reason)
    print(f"Erased. In the trail they are person {number} from now on.")
