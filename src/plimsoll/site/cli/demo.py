"""`plimsoll demo`: a system with a sample organisation to look around in. Loads it once, then serves it."""

import argparse
import sys
from typing import Any

from plimsoll.site.cli import serve
from plimsoll.site.cli.house import add_json, counted, print_json
from plimsoll.site.cli.stop import Stop
from plimsoll.site.demonstration.loading import PASSWORD, Loaded, NotHere, load, people_to_be
from plimsoll.site.demonstration.removing import demonstration, remove
from plimsoll.site.serving.migrating import migrate
from plimsoll.site.serving.tree import arguments


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="look around in a sample organisation",
        description="Load a sample organisation (once; everybody in it is invented) and serve it on http://127.0.0.1:8000. "
        "Refuses a database that holds a real organisation.",
    )
    arguments(parser)
    add_json(parser)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--load-only", action="store_true", help="load it and end")
    instead.add_argument("--remove", action="store_true", help="take the demonstration away; an empty system is left. Asks for its name first")
    parser.add_argument("--yes", action="store_true", help="with --remove: do not ask")
    parser.set_defaults(run=run, is_first=False)


def run(options: argparse.Namespace) -> int:
    if options.yes and not options.remove:
        raise Stop("--yes belongs to --remove.")
    migrate()
    if options.remove:
        return _remove(is_sure=options.yes)
    try:
        loaded = load(tell=lambda sentence: print(sentence, file=sys.stderr, flush=True))
    except NotHere as refusal:
        raise Stop(str(refusal)) from None
    if options.json:
        print_json({"organization": loaded.tenant.slug, "is_new": loaded.is_new, "records": loaded.records, "password": PASSWORD})
    else:
        print("\n".join(lines(loaded)), flush=True)
    return 0 if options.load_only else int(serve.run(options) or 0)


def _remove(*, is_sure: bool) -> int:
    try:
        name = demonstration().name
        if not is_sure:
            print(f"This takes away everything in {name}: its records, its attachments, its trail. It can't be undone.")
            if _typed("Type its name to go on: ") != name:
                raise Stop("That is not its name. Nothing was removed.")
        remove()
    except NotHere as refusal:
        raise Stop(str(refusal)) from None
    print("The demonstration is gone. ./plimsoll run starts an organisation of your own, ./plimsoll demo brings the sample back.")
    return 0


def _typed(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise Stop("Nobody is there to ask. Say --yes to remove without asking. Nothing was removed.") from None


def lines(loaded: Loaded) -> list[str]:
    """What a visitor needs to know: what is there, and as whom to sign in."""
    size = counted(loaded.records, "record", "records")
    people = people_to_be(loaded.tenant)
    width = max(len(person.email or "") for person, _ in people)
    return [
        f"{loaded.tenant.name} is loaded: {size}." if loaded.is_new else f"{loaded.tenant.name} was loaded already: {size}.",
        "",
        f"Sign in as one of these, with the password {PASSWORD}",
        *(f"  {person.email:<{width}}  {text}" for person, text in people),
        "",
    ]
