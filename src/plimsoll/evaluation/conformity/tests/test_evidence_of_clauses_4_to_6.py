"""What holds for all queries of clauses 4 to 6: on both databases, whatever the rows, and for one organisation's own records only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.agreements.parties.models import OtherPartyOperation
from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.obligations.models import Limitation, Obligation
from plimsoll.context.processes.models import Interface, Process
from plimsoll.context.scopes.models import Exclusion, Scope
from plimsoll.evaluation.conformity.standard import Item, items
from plimsoll.kernel.documents.models import Reading
from plimsoll.kernel.figures.evidence import queries
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.time import now
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from plimsoll.planning.risks.models import Risk, RiskCriteria, Treatment
from plimsoll.portfolio.services.models import Service
from plimsoll.support.communication.models import Communication, Telling
from plimsoll.support.competence.models import Competence
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.tools.models import Tool
from tests.cast import House
from tests.proving import asked, document, join, put, role, rows_of

OURS: list[Item] = [item for item in items().values() if item.clause.split(".")[0] in ("4", "5", "6") and item.query and not item.waits]
ITEMS = [item.id for item in OURS]


def some(house: House, n: int, **values: Any) -> None:
    """So many of each kind: one that is as it should be, the others not."""
    day, moment = now().date(), now()
    scope = Scope.objects.filter(tenant=house.tenant).first() or put(house, Scope, state="approved", approved_at=moment, **values)
    for i in range(n):
        good = not i
        issue = put(house, ContextIssue, review_due_date=day - timedelta(days=i), **values)
        party = put(house, Party, same_as=house.brannock if good else None, **values)
        PartyRequirement.objects.create(party=party, kind="other", text="Be there", how="So." if good else "")
        law = put(house, Obligation, "ISO/IEC 20000-1", state="in_force", type="standard", how_applies="So." if good else "", **values)
        put(house, Limitation, state="open", **values)
        put(house, Tool, state="in_use", owner=house.dev if good else None, description="Tickets", **values)
        put(house, ResourceNeed, state="granted" if good else "refused", decided_at=moment, **values)
        row = put(house, Service, state="live", criticality=1, owner=house.ruth if good else None, in_scope=i < 2, **values)
        Exclusion.objects.create(scope=scope, kind="service", record=row.card, reason="")
        held = role(house, f"role_{row.pk}", house.dev, **values)
        process = put(
            house, Process, state="in_force", kinds="contextissue", owner_role=held, clauses="4.1", reviewed_on=day if good else None, **values
        )
        other = put(house, Process, state="in_force", **values)
        Interface.objects.create(process=process, to=other, information="A notice")
        found = put(house, Risk, family="organization", state="evaluated", level_class="High", customer_impact="" if i else "Much.", **values)
        Treatment.objects.create(risk=found, text="Do", owner=house.dev, due_on=day, state="done", done_on=day, verdict="effective" if good else "")
        aim = put(house, Objective, state="running", level="sms", statement="S1", owner=house.ruth if good else None, **values)
        ObjectiveAction.objects.create(
            objective=aim, text="Do", owner=house.dev, due_on=day - timedelta(days=3), done_on=day - timedelta(days=2 + good)
        )
        Measurement.objects.create(objective=aim, value=1, measured_on=day - timedelta(days=1), made_by=house.ruth, made_at=moment)
        theirs = put(house, OtherPartyOperation, state="running", organization=house.telco, **values) if "organization" not in values else None
        put(house, Competence, state="approved", role=held, **values)
        told = put(house, Communication, **values)
        Telling.objects.create(communication=told, on=day, by=house.ruth, reached=9 if good else None, is_by_top=True)
        for one, another in ((scope, issue), (party, scope), (found, issue), (found, party), (found, row), (aim, row), (aim, process), (aim, law)):
            if good:
                join(house, one, another)
        if theirs is not None and good:
            join(house, theirs, found)


def papers(house: House) -> None:
    """The documents in force, with a reader each."""
    printed = {"services.in_scope": rows_of(*Service.objects.filter(tenant=house.tenant)[:1])}
    source = "> [S1] We meet what is required. {tags: requirements}\n"
    for template, sort in (
        ("sms-plan", "plan"), ("sms-policy", "policy"), ("scope-statement", "policy"), ("objectives-plan", "plan"),
        ("risk-method", "procedure"), ("service-list", "register"),
    ):  # fmt: skip
        kept = document(house, template, sort=sort, source=source, printed=printed)
        for n, person in enumerate((house.ines, house.dev)):
            moment = now()
            Reading.objects.create(version=kept.versions.get(), person=person, asked_at=moment, due_on=moment.date(), read_at=moment if n else None)
    put(
        house, RiskCriteria, state="in_force", approved_by=house.ruth, approved_at=now(), size=3, likelihood_words="a\nb\nc", impact_words="a\nb\nc",
        classes="Low: 1–3\nHigh: 4–9, must be treated",
    )  # fmt: skip


@pytest.mark.once
def test_every_item_of_the_clauses_that_waits_for_nothing_has_its_query() -> None:
    assert [item.id for item in OURS if item.query not in queries()] == []


def test_on_an_empty_system_nothing_is_present(house: House) -> None:
    assert {key: asked(house, key).verdict for key in ITEMS if asked(house, key).verdict not in ("does_not", "no_evidence", "not_triggered")} == {}


@pytest.mark.once
def test_records_of_another_organisation_or_of_a_demonstration_are_no_evidence(house: House) -> None:
    before = {key: asked(house, key).answer for key in ITEMS}
    some(house, 2, origin="demonstration", organization=house.provider)
    elsewhere = Organization.objects.get(tenant=house.other_tenant)
    some(house, 2, tenant=house.other_tenant, organization=elsewhere)
    changed = {key for key in ITEMS if asked(house, key).answer != before[key]}
    assert changed == set()


def test_each_asks_the_database_as_often_whatever_the_rows(house: House) -> None:
    some(house, 3)
    papers(house)
    first = {key: _asks(house, key) for key in ITEMS}
    some(house, 4)
    for n in range(3):
        person = Person.objects.create(
            tenant=house.tenant, organization=house.provider, name=f"Reader {n}", email=f"x{n}.{house.tenant.pk}@here.example"
        )
        for version in {r.version for r in Reading.objects.select_related("version")}:
            Reading.objects.create(version=version, person=person, asked_at=now(), due_on=now().date())
    more = {key: _asks(house, key) for key in ITEMS}
    assert {key: (first[key], n) for key, n in more.items() if n > first[key]} == {}
    assert max(more.values()) <= 12


def _asks(house: House, key: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        asked(house, key)
    return len(caught)
