"""Kept things set up by a file: organisations, teams with who is in them, service hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere, may_everywhere
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.exchange.configuring.entries import Entry
from plimsoll.kernel.exchange.configuring.keeping import CHANNEL, Keeper, Kept, Names, brief, check_known, texts, truth, written_name
from plimsoll.kernel.identity.models import Organization, Person, Team, TeamMembership
from plimsoll.kernel.identity.operations import join_team, keep_organization, keep_team
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.lib.faults import Fault, Faulty


def _name(entry: Entry) -> str:
    name = " ".join(str(entry.values.get("name") or "").split())
    if not name:
        raise Faulty([Fault("name", _("Say what it is called."))])
    return name


def _differences(thing: Any, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(n, brief(getattr(thing, n)), brief(v)) for n, v in values.items() if getattr(thing, n) != v]


class OrganizationKeeper(Keeper):
    """Customers, suppliers and units."""

    name = "organizations"
    fields = ("name", "kind", "parent")

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        check_known(entry.values, self.fields)
        check_everywhere(names.by, "organization:keep")
        found = Organization.objects.filter(tenant=names.tenant, name__iexact=_name(entry)).first()
        values: dict[str, Any] = {n: str(entry.values[n]) for n in ("kind",) if n in entry.values}
        if entry.values.get("parent"):
            values["parent"] = names.find(Organization, str(entry.values["parent"]), "parent")
        changes = _differences(found, values) if found else []
        if found is not None and not changes:
            return Kept(found, is_new=False)
        given = values if found is None else {n: values[n] for n, _old, _new in changes}
        kept = keep_organization(by=names.by, channel=CHANNEL, organization=found, name=_name(entry) if found is None else None, **given)
        return Kept(kept, is_new=found is None, changes=changes)

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        rows = Organization.objects.filter(tenant=by.tenant, is_active=True).exclude(kind="provider").select_related("parent").order_by("pk")
        for row in rows if may_everywhere(by, "organization:read") else ():
            yield {"name": row.name, "kind": row.kind} | ({"parent": row.parent.name} if row.parent and row.parent.kind != "provider" else {})


class TeamKeeper(Keeper):
    """Teams, and who is in them: those that a file names join, nobody leaves by a file."""

    name = "teams"
    fields = ("name", "organization", "members")
    lists = ("members",)

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        check_known(entry.values, self.fields)
        check_everywhere(names.by, "team:keep")
        found = Team.objects.select_related("organization").filter(tenant=names.tenant, name__iexact=_name(entry)).first()
        text = str(entry.values.get("organization") or "")
        organization = names.find(Organization, text, "organization") if text else None
        changes = _differences(found, {"organization": organization}) if found and organization else []
        if found is not None and not changes:
            return Kept(found, is_new=False)
        kept = keep_team(
            by=names.by,
            channel=CHANNEL,
            team=found,
            name=_name(entry) if found is None else None,
            organization=organization or (provider_of(names.tenant) if found is None else None),
        )
        return Kept(kept, is_new=found is None, changes=changes)

    def finish(self, entry: Entry, kept: Kept, names: Names, note: str) -> None:
        rows = entry.values.get("members", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Faulty([Fault("members", _("These are parts: a list of tables, one for each."))])
        for n, row in enumerate(rows, 1):
            check_known(row, ("person", "is_lead"), f"members.{n}.")
            person = names.find(Person, str(row.get("person", "")), f"members.{n}.person")
            leads = truth(row["is_lead"], f"members.{n}.is_lead") if "is_lead" in row else None
            there = TeamMembership.objects.filter(person=person, team=kept.thing, ended_at=None).first()
            if there is None or (leads is not None and there.is_lead != leads):
                join_team(person=person, team=kept.thing, by=names.by, channel=CHANNEL, is_lead=bool(leads))
                kept.changes.append(("members", "–", _("%(name)s, leads") % {"name": person} if leads else str(person)))

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        sees = may_everywhere(by, "person:read")
        for team in Team.objects.filter(tenant=by.tenant, is_active=True).select_related("organization").order_by("pk"):
            said: dict[str, Any] = {"name": team.name}
            if team.organization.kind != "provider":
                said["organization"] = team.organization.name
            rows = TeamMembership.objects.filter(team=team, ended_at=None, person__is_active=True).select_related("person").order_by("pk")
            if sees and (members := [{"person": written_name(m.person)} | ({"is_lead": True} if m.is_lead else {}) for m in rows]):
                said["members"] = members
            yield said


class CalendarKeeper(Keeper):
    """Service hours. A day is written `mon = ["09:00-17:00"]`, in a table `09:00-12:00; 13:00-17:00`."""

    name = "calendars"
    fields = ("name", "timezone", "week", "holidays", "yearly_holidays", "is_default")

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        check_known(entry.values, self.fields)
        check_everywhere(names.by, "settings:change")
        found = Calendar.objects.filter(tenant=names.tenant, name__iexact=_name(entry)).first()
        values: dict[str, Any] = {n: str(entry.values[n]) for n in ("timezone",) if n in entry.values}
        if "week" in entry.values:
            values["week"] = week_of(entry.values["week"])
        for name in ("holidays", "yearly_holidays"):
            if name in entry.values:
                values[name] = sorted(set(texts(entry.values[name], name)))
        if "is_default" in entry.values:
            values["is_default"] = truth(entry.values["is_default"], "is_default")
        changes = _differences(found, values) if found else []
        if found is not None and not changes:
            return Kept(found, is_new=False)
        kept = keep_calendar(by=names.by, channel=CHANNEL, calendar=found, name=_name(entry) if found is None else None, **values)
        return Kept(kept, is_new=found is None, changes=changes)

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        for row in Calendar.objects.filter(tenant=by.tenant).order_by("pk"):
            said: dict[str, Any] = {"name": row.name, "timezone": row.timezone}
            said["week"] = {day: [f"{start}-{end}" for start, end in spans] for day, spans in row.week.items()}
            said |= {n: getattr(row, n) for n in ("holidays", "yearly_holidays") if getattr(row, n)}
            yield said | ({"is_default": True} if row.is_default else {})


def week_of(given: Any, column: str = "week") -> dict[str, list[list[str]]]:
    """The hours of a week as they are kept. Raises `Faulty` with the day."""
    if not isinstance(given, dict):
        raise Faulty([Fault(column, _("Write the hours of each day: mon = [“09:00-17:00”]."))])
    found: dict[str, list[list[str]]] = {}
    for day, spans in given.items():
        parts = spans.split(";") if isinstance(spans, str) else spans
        for part in parts if isinstance(parts, list) else [parts]:
            ends = [end.strip() for end in part.split("-")] if isinstance(part, str) else part
            if not isinstance(ends, list) or len(ends) != 2:
                said = _("“%(value)s” are no hours of a day. Write 09:00-17:00, or 00:00-24:00 for all of it.")
                raise Faulty([Fault(f"{column}.{day}", said % {"value": str(part)[:40]})])
            found.setdefault(str(day), []).append([str(end) for end in ends])
    return found
