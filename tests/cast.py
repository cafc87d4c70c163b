"""The small cast of the tests, with known rights: two tenants, a provider with two customers and a supplier, and people in each.

| who      | is                                                  | may                                             |
| -------- | --------------------------------------------------- | ----------------------------------------------- |
| ines     | service desk agent of the provider, in Service desk | work on everything                              |
| dev      | agent too, in Network                               | the same                                        |
| ruth     | SMS manager                                         | everything, gives out roles                     |
| greta    | auditor                                             | read everything, change nothing                 |
| aoife    | user at the customer Brannock                       | report; sees what she asked for                 |
| maeve    | representative of Brannock                          | sees all of Brannock                            |
| strand   | user at the customer Strand                         | as aoife, elsewhere                             |
| sam      | works for the supplier Telco, in Telco field        | sees what is given to his team                  |
| nobody   | at Brannock, without any role                       | nothing                                         |
| mallory  | agent of another tenant                             | everything there, nothing here                  |
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Organization, Person, Team, TeamMembership, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import Record, gate_open
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.resolution.incidents.models import Category
from plimsoll.resolution.requests.operations import draft_plan, put_in_force
from plimsoll.resolution.requests.plan import Plan

ORDERING = ["request:open@own", "request:read@own", "request:comment@own", "requestmodel:read@own", "accessright:read@own"]
SPEAKING = ["request:open@own", "request:read", "request:comment", "requestmodel:read@own", "accessright:read@own"]
FULFILLING = ["request:*", "fulfilmenttask:*", "accessright:*", "requestmodel:read", "requestmodel:internal"]
AGENT = [
    "incident:*",
    "majorincident:*",
    "majorreview:*",
    *FULFILLING,
    "service:read",
    "service:comment",
    "service:internal",
    "article:*",
    "person:read",
    "export:run",
]
MANAGER = ["*:*"]
AUDITOR = ["*:read", "*:internal", "trail:see", "export:run"]
USER = [
    "incident:open@own",
    "incident:read@own",
    "incident:comment@own",
    "service:read@own",
    "article:read@own",
    "majorincident:follow@own",
    *ORDERING,
]
REPRESENTATIVE = ["incident:read", "incident:comment", "incident:open@own", "service:read@own", "majorincident:follow@own", *SPEAKING]
SUPPLIER = ["incident:read@own", "incident:comment@own", "incident:amend@own", "incident:resolve@own", "incident:start@own", "incident:resume@own"]

_counter = itertools.count(1)
PASSWORD = "correct horse battery"


@dataclass
class House:
    """Everything a test may want to name."""

    tenant: Tenant
    provider: Organization
    brannock: Organization
    strand_housing: Organization
    telco: Organization
    desk: Team
    network: Team
    field: Team
    system: Person
    ines: Person
    dev: Person
    ruth: Person
    greta: Person
    aoife: Person
    maeve: Person
    strand: Person
    sam: Person
    nobody: Person
    other_tenant: Tenant
    mallory: Person
    category: Category
    office_hours: Calendar

    def fresh(self, person: Person) -> Person:
        """The person as a request would load them: with tenant and organization, and nothing remembered."""
        return Person.objects.select_related("tenant", "organization").get(pk=person.pk)

    def service(self, title: str = "Network and Wi-Fi", **values: Any) -> Record:
        return open_record(type_named("service"), by=self.ruth, channel="page", title=title, **values)

    def incident(self, title: str = "Ward tablets drop off Wi-Fi", *, by: Person | None = None, **values: Any) -> Record:
        """An incident of Brannock, asked for by Aoife, made by Ines through the ordinary write."""
        values.setdefault("organization", self.brannock)
        values.setdefault("requester", self.aoife)
        return open_record(type_named("incident"), by=by or self.ines, channel="page", title=title, **values)

    def offered(self, title: str = "Guest Wi-Fi", plan: Plan | None = None, *, everybody: bool = True, **values: Any) -> Any:
        """Something that can be ordered, with one version in force; by everybody unless said otherwise."""
        model = open_record(
            type_named("requestmodel"),
            by=self.ruth,
            channel="page",
            title=title,
            **{"description": "What it is.", "owner": self.ruth, "is_for_everybody": everybody, "instruction": "Do it.", **values},
            **({} if "instruction_review_on" in values else {"instruction_review_on": now().date() + timedelta(days=90)}),
        )
        put_in_force(draft_plan(model, plan or Plan(), by=self.ruth, channel="page"), by=self.ruth, channel="page")  # type: ignore[arg-type]
        return move(model, "offer", by=self.ruth, channel="page") if everybody else model

    def record(self, record_type: RecordType, *, by: Person | None = None, **values: Any) -> Record:
        """A record of any kind with what the kind requires; the contract tests use it."""
        return open_record(record_type, by=by or self.ruth, channel="page", **{**self.wanted(record_type), **values})

    def wanted(self, record_type: RecordType) -> dict[str, Any]:
        """Values without which a record of the kind can't be opened."""
        values: dict[str, Any] = {}
        for name in record_type.required:
            choices = record_type.model_field(name).choices
            values[name] = f"Something of kind {record_type.kind}" if name == "title" else next((value for value, _label in choices or ()), None)
        if record_type.kind == "request":
            values["request_model"] = self.offered()
        if record_type.kind == "accessright":
            values["person"] = self.nobody
        if record_type.kind == "servicerequirement":
            values["service"] = self.service(f"Service {next(_counter)}")
        if record_type.kind == "recalculation":
            values["agreement"] = self.record(type_named("agreement"))
        if record_type.kind == "majorincident":
            values["lead"] = self.incident(f"Leading incident {next(_counter)}")
            values["reason"] = "The ward can't work."
        if record_type.kind == "majorreview":
            values["major"] = self.record(type_named("majorincident"))
        if record_type.kind == "assignment":
            values["role"] = open_record(type_named("role"), by=self.ruth, channel="page", title=f"Role {next(_counter)}", words=["incident:read"])
            values["person"] = self.nobody
        return values


def time_passed(record: Any, **days: Any) -> Any:
    """As if time had passed since a day was set: nobody may set a review for a day that is over. Writes past every rule."""
    with gate_open():
        type(record).objects.filter(pk=record.pk).update(**days)
    for name, day in days.items():
        setattr(record, name, day)
    return record


def build_house() -> House:
    """The house, empty but for its people. About forty statements."""
    tenant, other = (
        Tenant.objects.create(name=name, slug=f"{slug}-{next(_counter)}", timezone="Europe/London", set_up_at=now(), set_up_closed_at=now())
        for name, slug in (("Northmere Digital Services", "northmere"), ("Elsewhere", "elsewhere"))
    )
    organizations = {
        name: Organization.objects.create(tenant=tenant, kind=kind, name=label)
        for name, kind, label in (
            ("provider", "provider", "Northmere"),
            ("brannock", "customer", "Brannock Hospitals"),
            ("strand_housing", "customer", "Strand Housing"),
            ("telco", "supplier", "Telco"),
        )
    }
    elsewhere = Organization.objects.create(tenant=other, kind="provider", name="Elsewhere")
    teams = {
        name: Team.objects.create(tenant=tenant, organization=organizations[org], name=label)
        for name, org, label in (("desk", "provider", "Service desk"), ("network", "provider", "Network"), ("field", "telco", "Telco field"))
    }
    start = now() - timedelta(days=1)

    def person(
        name: str, full: str, org: Organization, words: list[str] | None, role: str, *, scope: Organization | None = None, kind: str = "human"
    ) -> Person:
        made = Person(
            tenant=org.tenant,
            organization=org,
            name=full,
            email=None if kind == "system" else f"{name}{next(_counter)}@{org.name.split()[0].lower()}.example",
            kind=kind,
        )
        made.set_password(PASSWORD) if kind == "human" else made.set_unusable_password()
        made.save()
        if words:
            Grant.objects.create(tenant=org.tenant, person=made, organization=scope, words=words, role_name=role, started_at=start)
        return made

    provider, brannock = organizations["provider"], organizations["brannock"]
    people = {
        "system": person("system", "Plimsoll", provider, None, "", kind="system"),
        "ines": person("ines", "Ines Okafor", provider, AGENT, "Service desk agent"),
        "dev": person("dev", "Dev Chauhan", provider, AGENT, "Service desk agent"),
        "ruth": person("ruth", "Ruth Castellano", provider, MANAGER, "SMS manager"),
        "greta": person("greta", "Greta Lindqvist", provider, AUDITOR, "Internal auditor"),
        "aoife": person("aoife", "Aoife Brennan", brannock, USER, "Customer user"),
        "maeve": person("maeve", "Maeve Dunne", brannock, REPRESENTATIVE, "Customer representative", scope=brannock),
        "strand": person("strand", "Sten Strand", organizations["strand_housing"], USER, "Customer user"),
        "sam": person("sam", "Sam Porter", organizations["telco"], SUPPLIER, "Supplier user"),
        "nobody": person("nobody", "Noel Brody", brannock, None, ""),
        "mallory": person("mallory", "Mallory Vale", elsewhere, MANAGER, "SMS manager"),
    }
    for who, team in (("ines", "desk"), ("dev", "network"), ("sam", "field")):
        TeamMembership.objects.create(person=people[who], team=teams[team], started_at=start)
    return House(
        tenant=tenant,
        other_tenant=other,
        category=Category.objects.create(tenant=tenant, name="Network", path="Network"),
        office_hours=Calendar.objects.create(
            tenant=tenant,
            name="Office hours",
            timezone="Europe/London",
            is_default=True,
            week={day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        ),
        **organizations,
        **teams,
        **people,
    )
