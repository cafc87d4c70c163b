"""The start of the command line: finds the command, checks the configuration, sets Django up, runs it, and turns errors into sentences.

It imports no model: the configuration is judged before Django loads, and `plimsoll --help` answers at once.
"""

import argparse
import difflib
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import django

from plimsoll.site import configuration
from plimsoll.site.cli.commands import COMMANDS, Command
from plimsoll.site.cli.stop import Stop


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused or faulty, 2 asked wrongly or configured wrongly."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given[0] if given else "--help"
    if name in ("-h", "--help", "help"):
        print(overview())
        return 0
    command = next((c for c in COMMANDS if c.name == name), None)
    if command is None:
        near = difflib.get_close_matches(name, [c.name for c in COMMANDS], n=1)
        print(f"There is no command “{name}”." + (f" Did you mean “{near[0]}”?" if near else " plimsoll --help lists them."), file=sys.stderr)
        return 2
    if command.needs_system and not prepared():
        return 2
    return run(command, given)


def overview() -> str:
    """The list of commands."""
    width = max(len(c.name) for c in COMMANDS)
    return "\n".join(
        [
            "Plimsoll, the service management system that proves itself.",
            "",
            "usage: plimsoll COMMAND [options]",
            "",
            *(f"  {c.name:<{width}}  {c.purpose}" for c in COMMANDS),
            "",
            "plimsoll COMMAND --help says more. Settings come from the environment; deploy/README.md lists them.",
        ]
    )


def prepared() -> bool:
    """Check the configuration and set Django up. Faults are printed, a sentence each."""
    faults = configuration.read().faults
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return False
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings")
    django.setup()
    return True


def parser_of(command: Command) -> argparse.ArgumentParser:
    """The parser of one command; its module is imported here."""
    parser = argparse.ArgumentParser(prog="plimsoll")
    subparsers = parser.add_subparsers(required=True)
    import_module(command.module).register(subparsers)
    return parser


def run(command: Command, given: Sequence[str]) -> int:
    """Parse and run. Errors of the house are printed as their sentence; with PLIMSOLL_DEBUG=1 with their traceback."""
    try:
        options, rest = parser_of(command).parse_known_args(given)
        if rest and not getattr(options, "takes_rest", False):
            parser_of(command).error(f"unknown: {' '.join(rest)}")
        options.rest = rest
        return int(options.run(options) or 0)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        told = str(error) if isinstance(error, Stop) else import_module("plimsoll.site.cli.house").told(error) if command.needs_system else ""
        if not told:
            raise
        if os.environ.get("PLIMSOLL_DEBUG", "") in ("1", "yes", "true"):
            traceback.print_exc()
        print(told, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
