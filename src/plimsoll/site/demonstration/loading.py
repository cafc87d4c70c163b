"""Loading the sample organisation: once, in one transaction, then the sample of real history, then sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Min, OuterRef, Subquery
from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.operations import keep_target
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import SHIPPED, read_map
from plimsoll.kernel.figures.definitions import indicator_named
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.identity.operations import join_team, keep_organization, keep_person, keep_team
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.db import learn_sizes, writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.tasks import send_mail
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.operations import accept_role, give_role, load_starter_roles
from plimsoll.kernel.targets.escalating import escalate_due
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.seals import seal
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.operations import add_customer, add_support
from plimsoll.resolution.incidents.models import Category
from plimsoll.resolution.incidents.operations import keep_assignment_rule, keep_category, keep_priority_cell
from plimsoll.site.demonstration import majors
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.agreements import make_agreements
from plimsoll.site.demonstration.content import folder, read, timeline
from plimsoll.site.demonstration.context import make_context
from plimsoll.site.demonstration.documents import make_documents
from plimsoll.site.demonstration.month import story
from plimsoll.site.demonstration.planning import make_planning
from plimsoll.site.demonstration.processes import make_processes
from plimsoll.site.demonstration.registers import make_registers
from plimsoll.site.demonstration.requests import make_requests
from plimsoll.site.demonstration.support import make_support

# One for all, and no secret: this organisation is invented, and its sign-in page lets everybody in anyway.
PASSWORD = "northmere-guided-tour"  # noqa: S105 (said above)
SETTING = "demonstration"  # "story" once the organisation stands, "loaded" once the sample of real history is in
BEGINNING = timedelta(days=200)

Tell = Callable[[str], None]


class NotHere(Exception):
    """This database holds a real organisation; `args[0]` says so and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is after loading; `is_new` when it was made just now."""

    tenant: Tenant
    is_new: bool
    records: int


def load(*, moment: datetime | None = None, with_sample: bool = True, tell: Tell = lambda sentence: None) -> Loaded:
    """Make the sample organisation, unless it is there. Raises `NotHere` in a database that holds a real one.

    Without the sample it is only the story that is written down, without a month of ordinary work and without real history: for tests.
    A load that was killed goes on at the next call: the story is one transaction, the import continues by itself.
    """
    real = Tenant.objects.filter(is_demonstration=False).first()
    if real is not None:
        raise NotHere(
            _(
                "This database holds “%(name)s”, a real organisation; the demonstration is never mixed with one. "
                "Give it a folder of its own: PLIMSOLL_DATA_DIR=/tmp/demo ./plimsoll demo"
            )
            % {"name": real.name}
        )
    tenant = Tenant.objects.filter(is_demonstration=True).first()
    if tenant is not None and tenant.settings.get(SETTING) == "loaded":
        return Loaded(tenant, False, Card.objects.filter(tenant=tenant).count())
    if tenant is None:
        tell(_("Making the sample organisation …"))
        try:
            with writing():
                tenant = _tell_the_story(moment or now(), with_month=with_sample)
        finally:
            forget_all()  # what was read inside a transaction that was taken back must not be remembered
    system = system_person(tenant)
    if with_sample:
        tell(_("Bringing in 400 real incidents with their history …"))
        import_file(folder() / "uci_first400.csv.gz", read_map((SHIPPED / "uci_incidents.toml").read_text(encoding="utf-8")), by=system)
    keep_setting(tenant, SETTING, "loaded", by=system, channel="set-up")
    seal()
    learn_sizes()
    return Loaded(tenant, True, Card.objects.filter(tenant=tenant).count())


def _tell_the_story(moment: datetime, *, with_month: bool) -> Tenant:
    plan = read("organisation")
    start = moment - BEGINNING
    tenant, provider, system = _found(plan["provider"], moment)
    organizations = {"provider": provider} | {
        key: keep_organization(by=system, channel="set-up", kind=row["kind"], name=row["name"]) for key, row in plan["organizations"].items()
    }
    teams = {
        key: keep_team(by=system, channel="set-up", name=row["name"], organization=organizations[row["organization"]])
        for key, row in plan["teams"].items()
    }
    _people(plan["people"], organizations, teams, system, start)
    hours = {key: keep_calendar(by=system, channel="set-up", **row) for key, row in plan["hours"].items()}
    categories = _categories(plan["categories"]["tree"], system)
    for row in plan["fields"]:
        define_custom_field(tenant=tenant, by=system, channel="set-up", **row)
    stage = Stage(_cast(plan["people"], tenant), organizations, teams, categories)
    _services(plan["services"], stage, hours, start)
    _rules(plan, stage, system)
    make_agreements(stage, hours, start + timedelta(days=9), moment)
    make_context(stage, hours, start + timedelta(days=11), moment)
    make_registers(stage, start + timedelta(days=12), moment)
    _figures(plan["figures"], stage, tenant, system)
    forget_all()
    stage.people = _cast(plan["people"], tenant)  # loaded anew, with the settings that are in force now
    told = story(moment) if with_month else timeline(moment)
    for act in sorted([*told, *majors.acts(moment)], key=lambda act: act.at):
        _escalate_until(act.at)
        stage.play(act)
    majors.keep_texts(stage)
    make_requests(stage, hours, start + timedelta(days=10), moment)
    make_planning(stage, moment)
    make_processes(stage, moment - timedelta(days=60), moment)
    make_support(stage, moment)
    make_documents(stage, moment)
    _escalate_until(moment)
    _settle_notices(tenant, moment)
    keep_setting(tenant, SETTING, "story", by=system, channel="set-up")
    return tenant


def _escalate_until(moment: datetime) -> None:
    """What the clocks used up before the next act is told at its own time, as it would have been; so nothing is found late at the first start."""
    while (soonest := Clock.objects.filter(warn_at__lte=moment).aggregate(soonest=Min("warn_at"))["soonest"]) is not None:
        escalate_due(soonest)


def _settle_notices(tenant: Tenant, moment: datetime) -> None:
    """What was told long ago was read long ago, and nobody invented gets a mail."""
    mine = Notice.objects.filter(person__tenant=tenant)
    mine.update(
        mailed_at=moment, is_mail_wanted=False, mail_due_at=None, created_at=Subquery(Entry.objects.filter(pk=OuterRef("entry")).values("at")[:1])
    )
    mine.filter(created_at__lt=moment - timedelta(days=1)).update(read_at=moment)
    Job.objects.filter(tenant=tenant, task=send_mail.name, state="waiting").delete()


def _found(provider: dict[str, str], moment: datetime) -> tuple[Tenant, Organization, Person]:
    tenant = Tenant.objects.create(
        name=provider["name"], slug=provider["slug"], timezone=provider["timezone"], is_demonstration=True, set_up_at=moment, set_up_closed_at=moment
    )
    made = Organization.objects.create(tenant=tenant, kind="provider", name=provider["name"])
    system = system_person(tenant)
    for kind, subject, changes in (
        ("tenant", tenant.pk, {"name": (None, tenant.name), "is_demonstration": (None, True)}),
        ("organization", made.pk, {"kind": (None, "provider"), "name": (None, made.name)}),
    ):
        publish(KeptChanged(tenant_id=tenant.pk, kind=kind, subject_id=subject, action="add", by_id=system.pk, channel="set-up", changes=changes))
    return tenant, made, system


def _people(plan: dict[str, dict[str, Any]], organizations: dict[str, Organization], teams: dict[str, Team], system: Person, start: datetime) -> None:
    roles = load_starter_roles(tenant=system.tenant, by=system, channel="set-up")  # type: ignore[arg-type]
    password = make_password(PASSWORD)  # once: each costs a third of a second
    for row in plan.values():
        person = keep_person(
            by=system, channel="set-up", name=row["name"], email=row["email"], organization=organizations[row["organization"]], at=start
        )
        person.password = password
        person.save(update_fields=["password"])
        for key in row.get("teams", ()):
            join_team(person=person, team=teams[key], by=system, channel="set-up", at=start)
        given = give_role(
            role=roles[row["role"]],
            person=person,
            organization=organizations[row["for"]] if "for" in row else None,
            by=system,
            channel="set-up",
            starts_at=start,
        )
        accept_role(given, by=person, channel="page", at=start + timedelta(days=1))


def _cast(plan: dict[str, dict[str, Any]], tenant: Tenant) -> dict[str, Person]:
    """Everybody by the key of the content, as a request would load them."""
    by_email = {p.email: p for p in Person.objects.filter(tenant=tenant, kind="human").select_related("tenant", "organization")}
    return {key: by_email[row["email"]] for key, row in plan.items()} | {"system": system_person(tenant)}


def _categories(tree: list[str], system: Person) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for path in tree:
        above, _sign, name = path.rpartition(" / ")
        made[path] = keep_category(by=system, channel="set-up", name=name, parent=made.get(above))
    return made


def _services(plan: dict[str, dict[str, Any]], stage: Stage, hours: dict[str, Calendar], start: datetime) -> None:
    ruth, hamish = stage.people["ruth"], stage.people["hamish"]
    for key, row in plan.items():
        made = open_record(
            type_named("service"),
            by=ruth,
            channel="page",
            at=start,
            origin=ORIGIN,
            title=row["title"],
            description=row["description"],
            owner=stage.people[row["owner"]],
            team=stage.teams[row["team"]],
            criticality=row["criticality"],
            hours=hours[row["hours"]],
        )
        assert isinstance(made, Service)
        for customer in row["customers"]:
            add_customer(made, stage.organizations[customer], by=ruth, channel="page", at=start + timedelta(days=2))
        stage.records[key] = move(made, "go_live", by=hamish, channel="page", at=start + timedelta(days=9))
    for key, row in plan.items():
        for other in row.get("supports", ()):
            add_support(stage.records[key], stage.records[other], by=ruth, channel="page", at=start + timedelta(days=9))  # type: ignore[arg-type]


def _rules(plan: dict[str, Any], stage: Stage, system: Person) -> None:
    cells = plan["matrix"]
    for name, rows in cells.items():
        service = None if name == "cells" else stage.records[name]
        for impact, urgency, priority in rows:
            keep_priority_cell(by=system, channel="set-up", impact=impact, urgency=urgency, priority=priority, service=service)  # type: ignore[arg-type]
    for row in plan["rules"]:
        keep_assignment_rule(
            by=system,
            channel="set-up",
            name=row["name"],
            team=stage.teams[row["team"]],
            service=stage.records[row["service"]] if "service" in row else None,  # type: ignore[arg-type]
            category=stage.categories[row["category"]] if "category" in row else None,
        )


def _figures(plan: dict[str, Any], stage: Stage, tenant: Tenant, system: Person) -> None:
    """What indicators are held against, and which teams are first level."""
    first = sorted(stage.teams[key].pk for key in plan["first_level_teams"])
    keep_setting(tenant, "indicator_first_level_teams", first, by=system, channel="set-up")
    for key, row in plan["targets"].items():
        keep_target(indicator_named(key), aim=row.get("aim"), line=row.get("line"), by=system, channel="set-up")


def people_to_be(tenant: Tenant) -> list[tuple[Person, str]]:
    """The people whom a visitor of the demonstration may be, with what they are; for the sign-in page. Empty for a real organisation."""
    if not tenant.is_demonstration:
        return []
    told = {row["email"]: row["as"] for row in read("organisation")["people"].values()}
    found = {p.email: p for p in Person.objects.filter(tenant=tenant, email__in=told, is_active=True, kind="human").select_related("organization")}
    return [(found[email], text) for email, text in told.items() if email in found]
