"""Who must read a document: its audience as data, what each was asked to read, and who said that they did (S-014)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import in_force, reach
from plimsoll.kernel.documents.models import AudienceLine, Document, DocumentVersion, Reading
from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.identity.models import Person, Team, TeamMembership, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Assignment, Role

DAYS_TO_READ = 14
DAYS_BETWEEN_REMINDERS = 7

Scoped = Callable[[Tenant, Collection[int]], set[int]]


def _everybody(tenant: Tenant, people: Collection[int]) -> set[int]:
    return set(people)


_in_scope: list[Scoped] = [_everybody]


def set_people_in_scope(found: Scoped) -> None:
    """Say who of the provider's people is in scope; called once at start with what `site/wiring.py` says. The kernel knows no scope."""
    _in_scope[0] = found


# Who


def add_line(
    document: Document, sort: str, *, role: Role | None = None, team: Team | None = None, by: Person, channel: str, at: datetime | None = None
) -> AudienceLine:
    """One line more of who must read it; whoever it names is asked at once when a version is in force. Raises `Refused` or `Faulty`."""
    with writing():
        fresh = locked(document)
        check(by, "document:amend", fresh)
        faults = []
        if sort not in dict(AudienceLine.SORTS):
            faults.append(Fault("sort", _("Say who must read it.")))
        if sort == "role" and (role is None or role.tenant_id != fresh.tenant_id):
            faults.append(Fault("role", _("Name the role.")))
        if sort == "team" and (team is None or team.tenant_id != fresh.tenant_id):
            faults.append(Fault("team", _("Name the team.")))
        if faults:
            raise Faulty(faults)
        named: dict[str, Any] = {"role": role if sort == "role" else None, "team": team if sort == "team" else None}
        made, is_new = AudienceLine.objects.get_or_create(document=fresh, sort=sort, **named)
        if not is_new:
            raise Faulty([Fault("sort", _("They are among its readers already."))])
        tell(fresh, "add readers", by=by, channel=channel, at=at, changes={"readers": (None, str(made))})
        distribute(fresh, at=at)
    return made


def remove_line(line: AudienceLine, *, by: Person, channel: str) -> None:
    """A line less; whoever is no longer named and has not read is asked no more."""
    with writing():
        fresh = locked(line.document)
        check(by, "document:amend", fresh)
        said = str(line)
        line.delete()
        tell(fresh, "remove readers", by=by, channel=channel, changes={"readers": (said, None)})
        distribute(fresh)


def readers_of(document: Document) -> dict[int, Person]:
    """Everybody whom the audience names now and who may read the version in force.

    A constant number of queries; of a closed document one more for each, as it asks for their classes.
    """
    lines = list(AudienceLine.objects.filter(document=document))
    if not lines:
        return {}
    sorts = {line.sort for line in lines}
    people = Person.objects.filter(tenant=document.tenant_id, kind="human", is_active=True).select_related("organization", "tenant")
    wanted: set[int] = set()
    roles = approvers_of({line.role_id for line in lines if line.role_id is not None})
    wanted |= {pk for held in roles.values() for pk in held}
    teams = {line.team_id for line in lines if line.team_id is not None}
    wanted |= set(TeamMembership.objects.filter(in_force(now()), team__in=teams).values_list("person_id", flat=True)) if teams else set()
    if "scope" in sorts:
        ours = list(people.filter(organization__kind__in=("provider", "unit")).values_list("pk", flat=True))
        wanted |= _in_scope[0](document.tenant, ours)
    if "external" in sorts:
        wanted |= set(people.filter(organization__kind__in=("customer", "supplier"), pk__in=_holders(document.tenant)).values_list("pk", flat=True))
    found = {person.pk: person for person in people.filter(pk__in=wanted).order_by("name", "pk")}
    return {pk: person for pk, person in found.items() if may_be_read_by(document, person)}


def _holders(tenant: Tenant) -> set[int]:
    """Everybody who holds some role now."""
    roles = Assignment.objects.filter(tenant=tenant, state="in_force").values_list("role_id", flat=True).distinct()
    return {pk for people in approvers_of(set(roles)).values() for pk in people}


def opened_outside(kind: str) -> Q:
    """Which versions are readable for organisations of a kind: their document is public, and says that they may (5.2.2-b)."""
    return Q(document__level="public", document__outside__in=(kind, "both"))


def may_be_read_by(document: Document, person: Person) -> bool:
    """May this person read the version in force?"""
    kind = person.organization.kind if person.organization is not None else "customer"
    if kind in ("customer", "supplier"):
        return document.level == "public" and document.outside in (kind, "both")
    if not document.access_class:
        return True
    found = reach(person, "document:read")
    return found.everything_classified or document.access_class in found.classes


# What was asked


def distribute(document: Document, *, at: datetime | None = None) -> list[Person]:
    """Ask everybody whom the audience names to read the version in force, each once; returns those who are asked now.

    Whoever belongs to the audience no more is asked no more. It tells the trail only when somebody is asked.
    """
    moment = at or now()
    with writing():
        fresh = locked(document)
        version = fresh.versions.filter(state="valid").only("pk", "number", "document_id").first()
        if version is None:
            Reading.objects.filter(version__document=fresh, read_at=None, dropped_at=None).update(dropped_at=moment)
            return []
        readers = readers_of(fresh)
        Reading.objects.filter(version__document=fresh, read_at=None, dropped_at=None).exclude(version=version).update(dropped_at=moment)
        there = {r.person_id: r for r in Reading.objects.filter(version=version)}
        gone = [r.pk for pk, r in there.items() if pk not in readers and r.read_at is None and r.dropped_at is None]
        Reading.objects.filter(pk__in=gone).update(dropped_at=moment)
        back = [r.pk for pk, r in there.items() if pk in readers and r.dropped_at is not None]
        Reading.objects.filter(pk__in=back).update(dropped_at=None)
        new = [person for pk, person in readers.items() if pk not in there]
        due = day_of(fresh.tenant, moment) + timedelta(days=DAYS_TO_READ)
        Reading.objects.bulk_create([Reading(version=version, person=person, asked_at=moment, due_on=due) for person in new])
        if new:
            changes = {"edition": (None, version.number), "asked": (None, [person.pk for person in new])}
            tell(fresh, "distribute", by=system_person(fresh.tenant), channel="rule", at=at, changes=changes)
    return new


def distribute_all(tenant: Tenant, *, at: datetime | None = None) -> int:
    """Ask whoever joined since, of every document, and remind who is late. Returns how many were asked or reminded."""
    rows = Document.objects.filter(tenant=tenant, pk__in=AudienceLine.objects.values("document")).exclude(edition="")
    count = sum(len(distribute(document, at=at)) for document in rows.select_related("tenant", "organization").order_by("pk"))
    return count + remind(tenant, at=at)


def remind(tenant: Tenant, *, at: datetime | None = None) -> int:
    """Remind who has not read what they were to read by yesterday, each week once. Returns how many people."""
    today = day_of(tenant, at or now())
    late = Reading.objects.filter(version__document__tenant=tenant, read_at=None, dropped_at=None, due_on__lt=today)
    late = late.filter(Q(reminded_on=None) | Q(reminded_on__lte=today - timedelta(days=DAYS_BETWEEN_REMINDERS)))
    by_document: dict[int, list[Reading]] = {}
    for row in late.select_related("version").defer("version__source", "version__values", "version__printed").order_by("pk"):
        by_document.setdefault(row.version.document_id, []).append(row)
    system = system_person(tenant)
    for document in Document.objects.filter(pk__in=by_document).select_related("tenant", "organization").order_by("pk"):
        rows = by_document[document.pk]
        with writing():
            Reading.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=today)
            changes = {"edition": (None, rows[0].version.number), "late": (None, [row.person_id for row in rows])}
            tell(locked(document), "remind readers", by=system, channel="rule", at=at, changes=changes)
    return sum(len(rows) for rows in by_document.values())


def acknowledge(version: DocumentVersion, *, by: Person, channel: str, at: datetime | None = None) -> Reading:
    """Say that one has read a version. Only whoever was asked does, for themselves, and once."""
    with writing():
        fresh = locked(version.document)
        row = Reading.objects.filter(version=version, person=by, dropped_at=None).first()
        if row is None or not may_be_read_by(fresh, by):
            raise Faulty([Fault("", _("You are not asked to read this version."))])
        if row.read_at is None:
            row.read_at = at or now()
            row.save(update_fields=["read_at"])
            tell(fresh, "acknowledge", by=by, channel=channel, at=at, changes={"edition": (None, version.number)})
    return row


# How it stands


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those asked have read, of all or of a team; `missing` are the others, by name."""

    name: str
    asked: int
    read: int
    missing: tuple[Reading, ...] = ()

    @property
    def share(self) -> float | None:
        return self.read / self.asked if self.asked else None


def shares(version: DocumentVersion) -> list[Share]:
    """Of all readers first, then by team, those in no team last. Two queries."""
    rows = list(Reading.objects.filter(version=version, dropped_at=None).select_related("person").order_by("person__name", "pk"))
    teams: dict[str, set[int]] = {}
    members = TeamMembership.objects.filter(in_force(now()), person__in=[r.person_id for r in rows]).order_by("team__name")
    for team, person in members.values_list("team__name", "person_id"):
        teams.setdefault(team, set()).add(person)
    placed = {pk for people in teams.values() for pk in people}
    alone = {r.person_id for r in rows} - placed
    groups = [(_("Everybody"), {r.person_id for r in rows}), *teams.items(), *([(_("In no team"), alone)] if alone and teams else [])]
    return [_share(name, [r for r in rows if r.person_id in people]) for name, people in groups]


def _share(name: str, rows: list[Reading]) -> Share:
    missing = tuple(r for r in rows if r.read_at is None)
    return Share(name, len(rows), len(rows) - len(missing), missing)


def to_read(person: Person) -> list[Reading]:
    """What this person is asked to read and has not, the most urgent first."""
    rows = Reading.objects.filter(person_id=person.pk, read_at=None, dropped_at=None, version__state="valid")
    rows = rows.select_related("version__document").defer("version__source", "version__values", "version__printed", "version__document__body")
    return [row for row in rows.order_by("due_on", "pk")[:50] if may_be_read_by(row.version.document, person)]


def is_late(row: Reading, day: date) -> bool:
    return row.read_at is None and row.due_on < day


__all__ = [
    "DAYS_TO_READ",
    "Share",
    "acknowledge",
    "add_line",
    "distribute",
    "distribute_all",
    "is_late",
    "may_be_read_by",
    "opened_outside",
    "readers_of",
    "remind",
    "remove_line",
    "set_people_in_scope",
    "shares",
    "to_read",
]
