"""Clocks after thousands of random acts: what is stored is what the pure function says of the trail, and both agree with a second reckoning."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.rules import Target, Terms
from plimsoll.kernel.identity.models import Team
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.targets.escalating import escalate_due
from plimsoll.kernel.targets.models import Clock, Escalation
from plimsoll.kernel.targets.operations import compare
from plimsoll.resolution.incidents.models import Category, Incident
from tests.cast import House

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 26, 15, 0, tzinfo=UTC)  # the Thursday before the clocks change in London
WEEK = {day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
MINUTES = st.integers(min_value=1, max_value=600)


class Walk(RuleBasedStateMachine):
    """One incident under an agreement, an internal agreement and a contract, and whatever people do to it."""

    house: House

    @initialize(impact=st.sampled_from((1, 2, 3)))
    def report(self, impact: int) -> None:
        house = self.house
        self.by = house.fresh(house.ruth)
        self.at = START
        category = Category.objects.filter(tenant=house.tenant).first()
        made = open_record(
            type_named("incident"),
            by=self.by,
            channel="page",
            at=self.at,
            organization=house.brannock,
            requester=house.maeve,
            title="Walks",
            service=self.services[0],
            classification=category,
            impact=impact,
            urgency=2,
            owner=house.ines,
            team=house.desk,
        )
        self.key = made.pk

    @property
    def services(self) -> list[Any]:
        return self.house.__dict__["walked_services"]  # type: ignore[no-any-return]

    @property
    def incident(self) -> Incident:
        return Incident.objects.select_related("tenant", "organization", "card").get(pk=self.key)

    def later(self, minutes: int) -> datetime:
        self.at += timedelta(minutes=minutes)
        return self.at

    @rule(minutes=MINUTES, pick=st.integers(min_value=0, max_value=30))
    def move_it(self, minutes: int, pick: int) -> None:
        incident = self.incident
        moves = workflow_of(incident.tenant, "incident").moves_from(incident.state)
        if not moves:
            return
        fields = {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "Done.", "configuration_item": "Switch"}
        arrow = moves[pick % len(moves)]
        given = {name: value for name, value in fields.items() if name in arrow.asks}
        with contextlib.suppress(MoveRefused):
            move(incident, arrow.name, by=self.by, channel="page", at=self.later(minutes), note="On.", fields=given)

    @rule(minutes=MINUTES, is_ours=st.booleans(), is_public=st.booleans())
    def say(self, minutes: int, is_ours: bool, is_public: bool) -> None:
        by = self.house.ruth if is_ours else self.house.maeve
        parts.comment(self.incident, text="Well.", is_public=is_public or not is_ours, by=by, channel="page", at=self.later(minutes))

    @rule(minutes=MINUTES, impact=st.sampled_from((1, 2, 3)), urgency=st.sampled_from((1, 2, 3)))
    def reprioritise(self, minutes: int, impact: int, urgency: int) -> None:
        amend(self.incident, by=self.by, channel="page", at=self.later(minutes), impact=impact, urgency=urgency)

    @rule(minutes=MINUTES, pick=st.sampled_from((0, 1)))
    def name_the_service(self, minutes: int, pick: int) -> None:
        amend(self.incident, by=self.by, channel="page", at=self.later(minutes), service=self.services[pick])

    @rule(minutes=MINUTES, pick=st.sampled_from((0, 1)))
    def give(self, minutes: int, pick: int) -> None:
        team: Team = (self.house.desk, self.house.network)[pick]
        amend(self.incident, by=self.by, channel="page", at=self.later(minutes), team=team)

    @rule(minutes=st.integers(min_value=0, max_value=3000))
    def time_passes(self, minutes: int) -> None:
        escalate_due(self.at + timedelta(minutes=minutes))

    @invariant()
    def what_is_stored_is_what_the_trail_says(self) -> None:
        if not hasattr(self, "key"):
            return
        incident = self.incident
        assert compare(incident) == []
        for clock in Clock.objects.filter(card=self.key):
            if clock.within is not None and clock.due_at is not None and clock.stopped_at is not None and clock.state in ("met", "missed"):
                assert (clock.state == "met") == (clock.stopped_at <= clock.due_at)
            if clock.state == "met" and clock.within is not None:
                assert clock.elapsed <= clock.within
            if clock.state == "missed" and clock.within is not None:
                assert clock.elapsed >= clock.within
        told = list(Escalation.objects.filter(card=self.key).values_list("key", "percent"))
        assert len(told) == len(set(told))


@pytest.fixture
def walked(house: House) -> House:
    """Two services, an agreement for each, an internal agreement and a contract behind the first."""
    services = [house.service("One"), house.service("Two")]
    hours = {"name": "Office", "timezone": "Europe/London", "week": WEEK, "holidays": ["2026-04-03"], "yearly_holidays": []}
    pauses = {"waiting_customer": "message"}
    by_priority = tuple(Target("resolve", p, n * HOUR) for p, n in ((1, 2), (2, 4), (3, 8), (4, 20)))
    wide = (Target("respond", None, HOUR), Target("resolve", None, 6 * HOUR), Target("close", None, 30 * HOUR))
    for kind, party, service, targets, still, teams in (
        ("sla", house.brannock, services[0], (Target("respond", None, HOUR), *by_priority), pauses, ()),
        ("sla", house.brannock, services[1], wide, {}, ()),
        ("ola", house.provider, services[0], (Target("resolve", None, 3 * HOUR),), {}, (house.network.pk,)),
        ("contract", house.telco, services[0], (Target("resolve", None, 5 * HOUR),), {}, ()),
    ):
        made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=party, title=f"{kind} walks", type=kind)
        terms = Terms(services=frozenset({service.pk}), hours=hours, targets=targets, pauses=still, teams=frozenset(teams))
        draft = draft_terms(made, terms, by=house.ruth, channel="page")  # type: ignore[arg-type]
        put_in_force(draft, started_at=START - timedelta(days=9), by=house.ruth, channel="page", flow=type_named("incident").workflow)
        signed = {"signed_by_us": house.greta, "signed_by_them": "They", "signed_on": "2026-01-01"}
        move(made, "sign", by=house.fresh(house.ruth), channel="page", fields=signed)
    house.__dict__["walked_services"] = services
    return house


def walk(house: House, acts: int, steps: int = 25) -> None:
    machine = type("WalkHere", (Walk,), {"house": house})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(max_examples=max(acts // steps, 1), stateful_step_count=steps, deadline=None, suppress_health_check=checks, database=None),
    )


@pytest.mark.django_db
def test_random_acts_leave_clocks_as_the_pure_function_says(walked: House) -> None:
    walk(walked, 250)


@pytest.mark.slow
@pytest.mark.django_db
def test_ten_thousand_random_acts_leave_clocks_as_the_pure_function_says(walked: House) -> None:
    walk(walked, int(os.environ.get("PLIMSOLL_TEST_ACTS", "10000")))
