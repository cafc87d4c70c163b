"""An organisation of some size, for what must not cost more in a large one: services, people, and the registers that go with them.

Written past the writes, as `filling.many` does: only to see what reading it costs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from plimsoll.agreements.levels.models import Version
from plimsoll.agreements.levels.rules import Target, Terms, write_terms
from plimsoll.context.processes.models import Interface
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document, Filling
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link, Record
from plimsoll.portfolio.services.models import ServiceCustomer
from tests.cast import House
from tests.filling import many

NAMES = ("Workplace", "Network", "Clinical records", "Telephony", "Printing", "Backup", "Imaging", "Payroll", "Web presence", "Identity")
WORDS = "It is run by two people on weekdays, with somebody on call at night; what it needs stands in its own document, and its owner answers for it."


def enlarge(house: House, services: int, people: int, *, start: int = 10_000) -> None:
    """So many more services and people, and a fifth as many of what goes with them. `start` keeps numbers of a second call apart."""
    _Making(house, services, people, start).everything()


class _Making:
    def __init__(self, house: House, services: int, people: int, start: int) -> None:
        self.house, self.start, self.many_services = house, start, services
        self.some = max(2, services // 5)
        self.day = now().date() + timedelta(days=90)
        tenant = house.tenant
        self.people = Person.objects.bulk_create(
            [Person(tenant=tenant, organization=house.provider, name=f"{NAMES[n % 10]} {start + n}", password="!") for n in range(people)]
        )
        self.customers = self._organizations("customer", "Customer")
        self.parties = self._organizations("supplier", "Party")

    def _organizations(self, kind: str, name: str) -> list[Organization]:
        rows = [Organization(tenant=self.house.tenant, kind=kind, name=f"{name} {self.start + n}") for n in range(self.some)]
        return list(Organization.objects.bulk_create(rows))

    def _many(self, kind: str, state: str, values: Callable[[int], dict[str, Any]], n: int | None = None) -> list[Record]:
        return many(self.house, type_named(kind), self.some if n is None else n, state, values, start=self.start)

    def somebody(self, n: int) -> Person:
        return self.people[n * 7 % len(self.people)]

    def everything(self) -> None:
        def service(n: int) -> dict[str, Any]:
            return {"title": f"{NAMES[n % 10]} {self.start + n}", "description": WORDS, "owner": self.somebody(n)}

        services = self._many("service", "live", service, self.many_services)
        moment = now()
        ServiceCustomer.objects.bulk_create(
            [ServiceCustomer(service=s, organization=self.customers[n % self.some], started_at=moment) for n, s in enumerate(services)]  # type: ignore[misc]
        )
        roles = self._many(
            "role", "in_force", lambda n: {"title": f"{NAMES[n % 10]} lead {n}", "purpose": WORDS, "responsibilities": f"- {WORDS}\n- {WORDS}"}
        )
        self._many(
            "assignment", "in_force", lambda n: {"role": roles[n % self.some], "person": self.people[n], "starts_at": moment}, len(self.people) // 2
        )
        self._processes(roles)
        self._agreements(services)
        self._places()
        self._registers(services)

    def _processes(self, roles: list[Record]) -> None:
        def process(n: int) -> dict[str, Any]:
            two = {"owner_role": roles[n], "manager_role": roles[(n + 1) % self.some]}
            return {"title": f"{NAMES[n % 10]} process {n}", "purpose": WORDS, "clauses": "8.6.1", "stage": "operate", **two}

        made = self._many("process", "in_force", process)
        given = [(a, made[(n + step) % self.some]) for n, a in enumerate(made) for step in (1, 2, 3)]
        Interface.objects.bulk_create([Interface(process=a, to=b, information=f"What {n} gives") for n, (a, b) in enumerate(given) if a.pk != b.pk])  # type: ignore[misc]
        contracts = self._many(
            "agreement",
            "active",
            lambda n: {"type": "contract", "title": f"Contract {n}", "organization": self.parties[n], "owner": self.somebody(n)},
        )

        def operated(n: int) -> dict[str, Any]:
            who = {"organization": self.parties[n], "owner": self.somebody(n), "agreement": contracts[n]}
            return {"process": made[n], "part": "on site", "activities": WORDS, "starts_on": now().date(), **who}

        self._many("otherpartyoperation", "running", operated)

    def _agreements(self, services: list[Record]) -> None:
        self.start += 5000  # beside the contracts

        def agreement(n: int) -> dict[str, Any]:
            return {"type": "sla", "title": f"Services of {n}", "organization": self.customers[n], "owner": self.somebody(n), "review_on": self.day}

        made = self._many("agreement", "active", agreement)
        self.start -= 5000
        hours = {"name": "Office", "timezone": "Europe/London", "week": {"mon": [["08:00", "18:00"]]}, "holidays": [], "yearly_holidays": []}
        moment = now() - timedelta(days=1)
        rows = []
        for n, one in enumerate(made):
            named = frozenset(s.pk for s in services[n :: self.some])
            terms = Terms(services=named, hours=hours, targets=(Target("resolve", None, timedelta(hours=8)),))
            rows.append(Version(agreement=one, number=1, terms=write_terms(terms), started_at=moment, published_at=moment))  # type: ignore[misc]
        Version.objects.bulk_create(rows)

    def _places(self) -> None:
        top = self._many("unit", "in_place", lambda n: {"title": f"Branch {self.start}"}, 1)[0]
        self.start += 1
        self._many(
            "unit", "in_place", lambda n: {"title": f"{NAMES[n % 10]} unit {n}", "parent": top, "head": self.somebody(n), "description": WORDS}
        )
        considered = {"technology_answer": "considered", "technology_text": WORDS}
        self._many("scope", "approved", lambda n: {"title": "Scope", "approved_at": now(), **considered}, 1)
        self._many("location", "in_use", lambda n: {"title": f"Site {n}", "address": f"{n} Harbour Street", "place": "Northmere"})
        self.start -= 1

    def _registers(self, services: list[Record]) -> None:
        owned = {"owner": self.somebody(1), "review_on": self.day}
        obligations = self._many(
            "obligation",
            "in_force",
            lambda n: {"type": ("policy", "standard", "law")[n % 3], "document": f"Text {n}", "how_applies": WORDS, **owned},
            3 * self.some,
        )
        limitations = self._many("limitation", "open", lambda n: {"description": WORDS, "effect": WORDS, **owned})
        Link.objects.bulk_create(
            [
                Link(source_id=one.pk, meaning="relates to", target_id=services[n % len(services)].pk, made_by=self.house.ruth, made_at=now())
                for n, one in enumerate([*obligations, *limitations])
            ]
        )
        self._many("managementsystem", "in_use", lambda n: {"type": "quality", "requirements": WORDS, "owner": self.somebody(n)})
        purposes = ("records", "events", "documents", "other")
        self._many("tool", "in_use", lambda n: {"title": f"Tool {n}", "purpose": purposes[n % 4], "description": WORDS, "owner": self.somebody(n)})
        self._many(
            "servicerequirement",
            "agreed",
            lambda n: {"service": services[n % len(services)], "organization": self.customers[n % self.some]},
            self.many_services,
        )
        self._many("risk", "evaluated", lambda n: {"family": "organization", "level": 20, "decision": "treat", "owner": self.somebody(n)})
        self._many(
            "objective", "running", lambda n: {"title": f"Objective {n}", "target": "95", "unit": "%", "due_on": self.day, "owner": self.somebody(n)}
        )
        self._many("training", "planned", lambda n: {"title": f"Course {n}", "description": WORDS, "planned_on": now().date()})
        self._many("resourceneed", "asked", lambda n: {"title": f"Need {n}", "purpose": WORDS, "owner": self.somebody(n)})


def plan_of(house: House) -> Document:
    """The plan, begun from its template; words stand where records leave a field open."""
    template = template_named("sms-plan")
    assert template is not None
    plan = begin(template, by=house.ruth, channel="page")
    _printed, standings, _fault = draft_as_printed(plan)
    rows = [
        Filling(document=plan, name=s.name, text="Said in words.", reason="Kept elsewhere.", by=house.ruth, at=now()) for s in standings if s.is_open
    ]
    Filling.objects.bulk_create(rows)
    return plan


__all__ = ["enlarge", "plan_of"]
