"""A database of some size: incidents with whole histories, replayed as an import would. Made once per size and kept.

Run by `bench.run` inside the system that it fills: `python -m bench.build SIZE`.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

from bench.words import WORDS

django.setup()

from plimsoll.agreements.levels.operations import draft_terms, put_in_force  # noqa: E402 (Django must be ready first)
from plimsoll.agreements.levels.rules import Target, Terms  # noqa: E402
from plimsoll.kernel.access.models import Grant  # noqa: E402
from plimsoll.kernel.identity.models import ApiToken, Organization, Person, Team, TeamMembership, Tenant  # noqa: E402
from plimsoll.kernel.identity.tokens import create_token  # noqa: E402
from plimsoll.kernel.lib.db import learn_sizes  # noqa: E402
from plimsoll.kernel.lib.time import now  # noqa: E402
from plimsoll.kernel.records.declaration import type_named  # noqa: E402
from plimsoll.kernel.records.operations import move, open_record  # noqa: E402
from plimsoll.kernel.records.replay import History, Said, Update, replay  # noqa: E402
from plimsoll.kernel.trail.seals import seal  # noqa: E402
from plimsoll.resolution.incidents.models import Category, Incident  # noqa: E402

BATCH = 250


def people(tenant: Tenant, provider: Organization) -> tuple[Person, list[Person], list[Team]]:
    """An agent who may do everything that the bench asks, twenty owners, eight teams."""
    agent = Person.objects.create(tenant=tenant, organization=provider, name="Bench Agent", email="agent@bench.example")
    agent.set_password("correct horse battery")
    agent.save()
    Grant.objects.create(
        tenant=tenant,
        person=agent,
        words=["incident:*", "service:*", "agreement:*", "article:*", "import:run", "workflow:change"],
        role_name="agent",
        started_at=now(),
    )
    owners = [Person.objects.create(tenant=tenant, organization=provider, name=f"Owner {n}", email=f"owner{n}@bench.example") for n in range(20)]
    teams = [Team.objects.create(tenant=tenant, organization=provider, name=f"Team {n}") for n in range(8)]
    for n, owner in enumerate(owners):
        TeamMembership.objects.create(team=teams[n % 8], person=owner, started_at=now())
    return Person.objects.select_related("tenant", "organization").get(pk=agent.pk), owners, teams


def history(number: int, dice: random.Random, start: datetime, customer: Organization, cast: dict[str, Any]) -> History:
    """One life: reported, given out, worked on, mostly resolved and closed; two in ten stay open."""

    def say(n: int) -> str:
        return " ".join(dice.choices(WORDS, k=n))

    at = start
    owner, team = dice.choice(cast["owners"]), dice.choice(cast["teams"])
    updates = []

    def update(hours: float, **given: Any) -> None:
        nonlocal at
        at += timedelta(minutes=1 + dice.random() * 60 * hours)
        updates.append(Update(at=at, by=owner.pk, **given))

    opening = Update(
        at=at,
        by=cast["agent"].pk,
        state="new",
        values={
            "title": say(6).capitalize(),
            "description": say(25),
            "requester": dice.choice(cast["callers"]),
            "service": dice.choice(cast["services"]),
            "classification": dice.choice(cast["categories"]),
            "impact": dice.choice((1, 2, 2, 3)),
            "urgency": dice.choice((1, 2, 2, 3)),
            "priority": dice.choice((1, 2, 3, 3, 4)),
            "contact": "phone",
        },
    )
    update(2, state="assigned", values={"team": team, "owner": owner})
    update(4, state="in_progress")
    update(6, comment=Said(say(14), is_public=dice.random() < 0.5), action="comment", is_part=True) if dice.random() < 0.4 else update(
        6, values={"symptom": say(2)}
    )
    if dice.random() < 0.2:
        update(8, state="waiting_customer")
        update(20, state="in_progress")
    if dice.random() < 0.8:
        update(10, state="resolved", values={"resolution_code": "fixed", "cause_code": say(1), "resolution_note": say(12)})
        update(40, state="closed")
    return History(external_reference=f"B{number}", organization=customer, opening=opening, updates=updates)


def agreements(agent: Person, customers: list[Organization]) -> None:
    """An agreement with each customer, so that every incident has its clocks: office hours, targets by priority, a pause."""
    office = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    hours = {"name": "Office", "timezone": "Europe/London", "week": office, "holidays": [], "yearly_holidays": ["12-25"]}
    spans = [("respond", None, 4), ("resolve", 1, 4), ("resolve", 2, 8), ("resolve", None, 40)]
    targets = tuple(Target(measure, priority, timedelta(hours=n)) for measure, priority, n in spans)
    for customer in customers:
        made = open_record(type_named("agreement"), by=agent, channel="command line", organization=customer, title=f"For {customer}", type="sla")
        terms = Terms(hours=hours, targets=targets, pauses={"waiting_customer": "message"})
        draft = draft_terms(made, terms, by=agent, channel="command line")  # type: ignore[arg-type]
        begun = datetime(2023, 1, 1, tzinfo=UTC)
        put_in_force(draft, started_at=begun, by=agent, channel="command line", flow=type_named("incident").workflow)
        signed = {"signed_by_us": agent, "signed_by_them": "They", "signed_on": "2023-01-01"}
        move(made, "sign", by=agent, channel="command line", fields=signed)


def main(size: int) -> None:
    """Fill the empty system with `size` incidents."""
    began = time.monotonic()
    tenant = Tenant.objects.create(name="Bench", slug="bench", set_up_at=now(), set_up_closed_at=now())
    provider = Organization.objects.create(tenant=tenant, kind="provider", name="Bench")
    Person.objects.create(tenant=tenant, organization=provider, name="Plimsoll", kind="system")
    customers = [Organization.objects.create(tenant=tenant, kind="customer", name=f"Customer {n}") for n in range(20)]
    agent, owners, teams = people(tenant, provider)
    services = [open_record(type_named("service"), by=agent, channel="command line", title=f"Service {n}") for n in range(12)]
    cast = {
        "agent": agent,
        "owners": owners,
        "teams": teams,
        "services": services,
        "categories": [Category.objects.create(tenant=tenant, name=f"Category {n}", path=f"Category {n}") for n in range(15)],
        "callers": [Person.objects.create(tenant=tenant, organization=customers[n % 20], name=f"Caller {n}", kind="imported") for n in range(200)],
    }
    agreements(agent, customers)
    agent = Person.objects.select_related("tenant", "organization").get(pk=agent.pk)  # with the settings that know the agreements
    dice = random.Random(7)
    first = datetime(2024, 1, 1, tzinfo=UTC)
    step = (datetime(2026, 11, 1, tzinfo=UTC) - first) / max(size, 1)
    updates = 0
    for start in range(0, size, BATCH):
        batch = [history(n, dice, first + n * step, dice.choice(customers), cast) for n in range(start, min(size, start + BATCH))]
        updates += sum(len(h.updates) + 1 for h in batch)
        replay(type_named("incident"), batch, by=agent, channel="import", source="bench")
        if start % 10_000 < BATCH:
            print(f"\r{start + len(batch)} of {size}, {updates / (time.monotonic() - began):.0f} updates a second", end="", file=sys.stderr)
    seal()
    learn_sizes()
    _row, raw = create_token(person=agent, name="bench", scopes=["*"], expires_at=now() + timedelta(days=300), by=agent, channel="command line")
    print(f"\n{Incident.objects.visible_to(agent).count()} incidents, {updates} updates, {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(raw)
    assert ApiToken.objects.exists()


if __name__ == "__main__":
    main(int(sys.argv[1]))
