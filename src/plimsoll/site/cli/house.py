"""What commands share once Django is set up: whose house it is, who acts, how errors and figures are told."""

import argparse
import json
import sys
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, OperationalError, ProgrammingError
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import RecordType, declared, type_named
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord
from plimsoll.kernel.trail.keys import NoKey
from plimsoll.kernel.workflow import UnknownMove, WorkflowError
from plimsoll.site.cli.stop import Stop
from plimsoll.site.serving.migrating import DatabaseIsNewer

CHANNEL = "command line"


def add_organization(parser: argparse.ArgumentParser) -> None:
    """The option that says which house is meant where there are several."""
    parser.add_argument("--organization", metavar="NAME", help="the short name of the organisation whose system this is (default: the only one)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option for programs that read the figures."""
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def tenant_of(options: argparse.Namespace) -> Tenant:
    """The tenant that the command is about: the named one, else the only one. Raises `Stop` with a sentence."""
    slug = getattr(options, "organization", None)
    tenants = list(Tenant.objects.order_by("slug"))
    if not tenants:
        raise Stop(_("There is no organisation yet. Start with ./plimsoll run and follow the first visit, or look around with ./plimsoll demo."))
    known = ", ".join(t.slug for t in tenants)
    if slug:
        found = next((t for t in tenants if t.slug == slug), None)
        if found is None:
            raise Stop(_("There is no organisation “%(slug)s”. There are: %(known)s.") % {"slug": slug, "known": known})
        return found
    if len(tenants) > 1:
        raise Stop(_("There are several organisations: %(known)s. Say which one with --organization.") % {"known": known})
    return tenants[0]


def actor(options: argparse.Namespace) -> Person:
    """In whose name the command acts: the system person of the tenant."""
    return system_person(tenant_of(options))


def type_of_word(word: str) -> RecordType:
    """The record type of a word, singular or plural. Raises `Stop` with a sentence that lists them."""
    try:
        return type_named(word)
    except KeyError:
        known = ", ".join(t.kind for t in declared())
        raise Stop(_("There is no record type “%(word)s”. There are: %(known)s.") % {"word": word, "known": known}) from None


def print_json(figures: Any) -> None:
    """Figures for programs: one JSON document on stdout."""
    print(json.dumps(figures, indent=2, ensure_ascii=False, default=str))


class Progress:
    """A line on stderr that counts; silent where nobody watches."""

    def __init__(self, what: str) -> None:
        self.what, self.shown = what, sys.stderr.isatty()

    def __call__(self, done: int) -> None:
        if self.shown:
            print(f"\r{self.what}: {done:,}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.shown:
            print(file=sys.stderr)


def told(error: Exception) -> str:
    """The sentence of an error of the house; empty for what is a fault of the program and deserves its traceback."""
    if isinstance(error, Faulty):
        return "\n".join(f"{fault.field}: {fault.sentence}" if fault.field else fault.sentence for fault in error.faults)
    if isinstance(error, MoveRefused | StaleRecord | PermissionDenied | NoKey | WorkflowError | UnknownMove | DatabaseIsNewer):
        return str(error)
    if isinstance(error, OperationalError | ProgrammingError) and any(s in str(error) for s in ("no such table", "no such column", "does not exist")):
        return _("The database is not up to date. Run ./plimsoll migrate first.")
    if isinstance(error, DatabaseError):
        return _("The database refused: %(why)s") % {"why": str(error).strip()}
    return ""


def counted(number: int, singular: str, plural: str) -> str:
    """“1 entry”, “1,042 entries”."""
    return f"{number:,} {ngettext(singular, plural, number)}"
