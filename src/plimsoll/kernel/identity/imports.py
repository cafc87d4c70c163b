"""People and teams from a table (CSV): read by its headings, tried first, faults by row and column, the rest goes in.

A second run of the same table changes nothing: people are found by external reference, then by e-mail address.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Organization, Person, Team, TeamMembership
from plimsoll.kernel.identity.operations import join_team, keep_organization, keep_person, keep_team
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty

# What people call their columns, folded to letters. The first column that fits is taken.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "displayname", "person", "user"),
    "first_name": ("firstname", "givenname", "forename"),
    "last_name": ("lastname", "surname", "familyname"),
    "email": ("email", "mail", "emailaddress", "workemail", "login"),
    "organization": ("organization", "organisation", "company", "customer", "supplier", "unit"),
    "organization_kind": ("organizationkind", "organisationkind", "organizationtype", "organisationtype", "kindoforganisation", "kindoforganization"),
    "team": ("team", "teams", "group", "groups", "assignmentgroup"),
    "external_reference": ("externalreference", "externalid", "id", "employeeid", "employeenumber", "sysid", "userid", "number"),
    "timezone": ("timezone", "zone", "tz"),
    "language": ("language", "locale", "lang"),
}
BATCH = 200  # rows a transaction: the one writer of SQLite is let go in between


@dataclass(frozen=True, slots=True)
class RowFault:
    """A cell that can't be taken: the row as a spreadsheet counts it (the headings are row 1), the heading, a sentence."""

    row: int
    column: str
    sentence: str


@dataclass(slots=True)
class PeopleReport:
    """What an import did, or would do. Names of created organizations and teams, counts of people."""

    is_dry_run: bool
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    organizations: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    preview: list[tuple[int, str, str, str]] = field(default_factory=list)  # row, what happens, name, organization; the first fifty


class _Undo(Exception):
    """Takes a trial back."""


def _fold(heading: str) -> str:
    return "".join(c for c in heading.lower() if c.isalnum())


def read_table(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a CSV in UTF-8 or Windows-1252, parted by comma, semicolon or tab. Raises `Faulty`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter))
    except csv.Error as error:
        raise Faulty([Fault("file", _("This is not a CSV table: %(fault)s.") % {"fault": error})]) from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise Faulty([Fault("file", _("The table is empty; its first row names the columns."))])
    return [cell.strip() for cell in rows[0]], rows[1:]


def columns_of(headings: list[str]) -> dict[str, int]:
    """Which column holds what, by synonyms; {field: position}."""
    folded = [_fold(h) for h in headings]
    return {name: next(folded.index(s) for s in synonyms if s in folded) for name, synonyms in HEADINGS.items() if any(s in folded for s in synonyms)}


def import_people(
    content: bytes,
    *,
    by: Person,
    channel: str,
    is_dry_run: bool,
    creates_organizations: bool = True,
    creates_teams: bool = True,
    kind_of_new: str = "customer",
    progress: Callable[[int], None] = lambda done: None,
) -> PeopleReport:
    """Take people, their organizations and teams from a CSV. A dry run does all of it and takes it back.

    Raises `Faulty` when the table can't be read or names no people; single bad rows are in the report, and the rest goes in.
    """
    headings, rows = read_table(content)
    places = columns_of(headings)
    if "name" not in places and not {"first_name", "last_name"} & places.keys():
        raise Faulty(
            [Fault("file", _("No column holds the names of people. Head one “name”. There are: %(known)s.") % {"known": ", ".join(headings)[:300]})]
        )
    if not {"email", "external_reference"} & places.keys():
        raise Faulty([Fault("file", _("No column says who is who. Head one “e-mail” or “external reference”."))])
    report = PeopleReport(
        is_dry_run,
        columns={name: headings[at] for name, at in places.items()},
        ignored=[h for at, h in enumerate(headings) if h and at not in places.values()],
    )
    work = _Work(by, channel, report, places, headings, creates_organizations, creates_teams, kind_of_new)
    numbered = [(number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    for batch in (numbered[start : start + BATCH] for start in range(0, len(numbered), BATCH)):
        with writing():
            try:
                with transaction.atomic():
                    for number, row in batch:
                        work.take(number, row)
                    if is_dry_run:
                        raise _Undo
            except _Undo:
                pass
        progress(report.rows)
    return report


@dataclass(slots=True)
class _Work:
    """One run over a table."""

    by: Person
    channel: str
    report: PeopleReport
    places: dict[str, int]
    headings: list[str]
    creates_organizations: bool
    creates_teams: bool
    kind_of_new: str

    def take(self, number: int, row: list[str]) -> None:
        """One row, whole or not at all."""
        self.report.rows += 1
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in self.places.items()}
        made: tuple[list[str], list[str]] = ([], [])
        try:
            with transaction.atomic():
                what, person = self._person(cells, made)
        except Faulty as error:
            self.report.faults += [RowFault(number, self._heading(f.field), f.sentence) for f in error.faults]
            return
        setattr(self.report, what, getattr(self.report, what) + 1)
        self.report.organizations += [n for n in made[0] if n not in self.report.organizations]
        self.report.teams += [n for n in made[1] if n not in self.report.teams]
        if len(self.report.preview) < 50:
            self.report.preview.append((number, what, person.name, str(person.organization)))

    def _heading(self, name: str) -> str:
        at = self.places.get(name, self.places.get("last_name" if name == "name" else name))
        return self.headings[at] if at is not None else name

    def _person(self, cells: dict[str, str], made: tuple[list[str], list[str]]) -> tuple[str, Person]:
        name = cells.get("name") or " ".join(filter(None, (cells.get("first_name"), cells.get("last_name"))))
        reference, email = cells.get("external_reference", ""), cells.get("email", "").lower()
        if not reference and not email:
            raise Faulty(
                [
                    Fault(
                        "email" if "email" in cells else "external_reference",
                        _("Neither an external reference nor an e-mail address says who this is."),
                    )
                ]
            )
        found = self._found(reference, email)
        organization = self._organization(cells, made[0])
        values: dict[str, Any] = {k: cells[k] for k in ("timezone", "language") if cells.get(k)}
        if email:
            values["email"] = email
        if reference:
            values["external_reference"] = reference
        if organization is not None or found is None:
            values["organization"] = organization or self.by.organization
        before = None if found is None else _state(found)
        person = keep_person(by=self.by, channel=self.channel, person=found, name=name, **values)
        for team in self._teams(cells, person, made[1]):
            if not TeamMembership.objects.filter(person=person, team=team, ended_at=None).exists():
                join_team(person=person, team=team, by=self.by, channel=self.channel)
        return ("added" if before is None else "unchanged" if before == _state(person) else "changed"), person

    def _found(self, reference: str, email: str) -> Person | None:
        people = Person.objects.select_related("tenant", "organization").filter(tenant_id=self.by.tenant_id or 0, erased_at=None)
        found = people.filter(external_reference=reference).first() if reference else None
        found = found or (people.filter(email__iexact=email).first() if email else None)
        if found is not None and not found.is_active:
            raise Faulty([Fault("name", _("%(name)s has left; the row was not taken.") % {"name": found})])
        return found

    def _organization(self, cells: dict[str, str], made: list[str]) -> Organization | None:
        name = " ".join(cells.get("organization", "").split())
        if not name:
            return None
        found = Organization.objects.filter(tenant_id=self.by.tenant_id or 0, name__iexact=name).first()
        if found is None:
            if not self.creates_organizations:
                raise Faulty([Fault("organization", _("There is no organisation “%(name)s”.") % {"name": name[:100]})])
            found = keep_organization(by=self.by, channel=self.channel, name=name, kind=(cells.get("organization_kind") or self.kind_of_new).lower())
            made.append(found.name)
        return found

    def _teams(self, cells: dict[str, str], person: Person, made: list[str]) -> list[Team]:
        teams = []
        for raw in cells.get("team", "").replace("|", ";").split(";"):
            name = " ".join(raw.split())
            if not name:
                continue
            found = Team.objects.filter(tenant_id=self.by.tenant_id or 0, name__iexact=name).first()
            if found is None:
                if not self.creates_teams:
                    raise Faulty([Fault("team", _("There is no team “%(name)s”.") % {"name": name[:100]})])
                try:
                    found = keep_team(by=self.by, channel=self.channel, name=name, organization=person.organization)
                except Faulty as error:
                    raise Faulty([Fault("team", f.sentence) for f in error.faults]) from None
                made.append(found.name)
            teams.append(found)
        return teams


def _state(person: Person) -> tuple[Any, ...]:
    """What an import may change about a person."""
    teams = tuple(TeamMembership.objects.filter(person=person, ended_at=None).order_by("team").values_list("team_id", flat=True))
    return (person.name, person.email, person.external_reference, person.timezone, person.language, person.organization_id, teams)
