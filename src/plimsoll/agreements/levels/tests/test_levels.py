"""Agreements and what follows from them on incidents: versions, coverage, clocks, escalation. With a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels.models import Agreement, FrozenTerms, Version
from plimsoll.agreements.levels.operations import discard_draft, draft_terms, put_in_force
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import ShareTarget, Target, Terms, Workload, faults_of_terms, read_span, read_terms, write_span, write_terms
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.operations import keep_team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.permissions import Refused
from plimsoll.kernel.targets.escalating import escalate_due
from plimsoll.kernel.targets.keeping import keep_escalation_rules
from plimsoll.kernel.targets.models import Clock, Escalation
from plimsoll.kernel.targets.operations import compare
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.resolution.incidents.models import Category, Incident
from tests.cast import House

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FLOW = type_named("incident").workflow


@pytest.fixture
def always(house: House) -> Calendar:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return Calendar.objects.create(tenant=house.tenant, name="Always", timezone="Europe/London", week={d: [["00:00", "24:00"]] for d in days})


def agreed(house: House, calendar: Calendar, *, started_at: datetime | None = None, kind: str = "sla", party: Any = None, **terms: Any) -> Agreement:
    """An active agreement with one version in force."""
    given = {"targets": (Target("respond", None, HOUR), Target("resolve", None, 4 * HOUR)), "pauses": {"waiting_customer": "message"}, **terms}
    made = open_record(
        type_named("agreement"), by=house.ruth, channel="page", organization=party or house.brannock, title="What was promised", type=kind
    )
    draft = draft_terms(made, Terms(hours=frozen_hours(calendar), **given), by=house.ruth, channel="page")  # type: ignore[arg-type]
    put_in_force(draft, started_at=started_at or now() - timedelta(days=30), by=house.ruth, channel="page", flow=FLOW)
    signed = {"signed_by_us": house.greta, "signed_by_them": "Maeve", "signed_on": "2026-11-01"}
    moved = move(made, "sign", by=house.fresh(house.ruth), channel="page", fields=signed)
    fields = {"owner": house.ruth, "review_on": "2027-11-01"}
    return move(moved, "activate", by=house.ruth, channel="page", fields=fields)  # type: ignore[return-value]


def reported(house: House, **values: Any) -> Incident:
    """An incident of Brannock, opened by somebody whose tenant is read anew, as each request reads it."""
    made = house.incident("Slow", by=house.fresh(house.ruth), organization=house.brannock, **values)
    assert isinstance(made, Incident)
    return made


def in_progress(house: House, **values: Any) -> Incident:
    """One that Ines works on."""
    category = Category.objects.filter(tenant=house.tenant).first()
    given = {"service": house.service(), "classification": category, "impact": 2, "urgency": 2, "owner": house.ines, **values}
    made = reported(house, **given)
    for step in ("assign", "start"):
        made = move(made, step, by=house.ruth, channel="page")
    return made


def clocks(incident: Incident) -> dict[str, Clock]:
    return {row.key: row for row in Clock.objects.filter(card_id=incident.pk)}


def test_times_are_read_and_written_as_people_write_them() -> None:
    assert [read_span(text) for text in ("30 min", "4h", "1 h 30 min", "153.37 h", "90 s")] == [
        timedelta(minutes=30),
        4 * HOUR,
        1.5 * HOUR,
        timedelta(seconds=552132),
        timedelta(seconds=90),
    ]
    for span in (timedelta(minutes=5), 4 * HOUR, timedelta(seconds=552132)):
        assert read_span(write_span(span)) == span
    for wrong in ("", "soon", "2 d", "4", "0 h", "-4 h", "9999999 h"):
        with pytest.raises(ValueError, match=r"time|longer"):
            read_span(wrong)


def test_terms_are_stored_and_read_back_the_same() -> None:
    terms = Terms(
        services=frozenset({3, 1}),
        hours={"timezone": "UTC", "week": {"mon": [["08:00", "18:00"]]}},
        targets=(Target("resolve", None, 4 * HOUR), Target("respond", 1, HOUR)),
        shares=(ShareTarget("resolve", 2, 4 * HOUR, 90.0),),
        workload=(Workload(None, 300),),
        pauses={"waiting_customer": "message"},
        teams=frozenset({7}),
        exceptions="None.",
    )
    assert write_terms(read_terms(write_terms(terms))) == write_terms(terms)


def test_an_incident_is_under_the_version_in_force_and_its_clocks_run(house: House, always: Calendar) -> None:
    agreed(house, always)
    incident = reported(house)
    assert incident.covered_by is not None
    assert {key: (row.state, row.within) for key, row in clocks(incident).items()} == {"respond": ("running", HOUR), "resolve": ("running", 4 * HOUR)}
    assert incident.due_at == incident.opened_at + HOUR == incident.card.due_at
    parts.comment(incident, text="We are on it.", is_public=True, by=house.ruth, channel="page")
    incident.refresh_from_db()
    assert clocks(incident)["respond"].state == "met"
    assert incident.due_at == incident.opened_at + 4 * HOUR
    assert compare(incident) == []


def test_without_an_agreement_there_is_no_clock_and_another_customers_is_none(house: House, always: Calendar) -> None:
    agreed(house, always, party=house.strand_housing)
    incident = reported(house)
    assert (incident.covered_by_id, incident.due_at, clocks(incident)) == (None, None, {})


def test_nothing_promised_is_a_version_too(house: House, always: Calendar) -> None:
    agreed(house, always, has_commitment=False, targets=(), pauses={})
    incident = reported(house)
    assert incident.covered_by is not None
    assert clocks(incident) == {}


def test_a_version_that_names_the_service_goes_before_one_for_all(house: House, always: Calendar) -> None:
    service = house.record(type_named("service"), title="Network")
    agreed(house, always, targets=(Target("resolve", None, 8 * HOUR),))
    agreed(house, always, services=frozenset({service.pk}), targets=(Target("resolve", None, 2 * HOUR),))
    incident = reported(house)
    assert clocks(incident)["resolve"].within == 8 * HOUR
    amend(incident, by=house.fresh(house.ruth), channel="page", service=service)
    assert clocks(incident)["resolve"].within == 2 * HOUR
    assert compare(Incident.objects.get(pk=incident.pk)) == []


def test_it_pauses_from_a_message_until_the_answer_and_supplier_time_is_the_contracts(house: House, always: Calendar) -> None:
    service = house.record(type_named("service"), title="Network")
    agreed(house, always)
    given: Any = {"services": frozenset({service.pk}), "pauses": {}, "targets": (Target("resolve", None, HOUR),)}
    contract = agreed(house, always, kind="contract", party=house.telco, **given)
    incident: Any = in_progress(house, service=service)
    key = f"{contract.reference} resolve"
    assert clocks(incident)[key].state == "waiting"
    incident = move(incident, "wait_for_customer", by=house.ruth, channel="page")
    assert clocks(incident)["resolve"].state == "running"
    parts.comment(incident, text="Which ward?", is_public=True, by=house.ruth, channel="page")
    incident.refresh_from_db()
    assert (clocks(incident)["resolve"].state, incident.due_at) == ("paused", None)
    parts.comment(incident, text="The third.", is_public=True, by=house.maeve, channel="page")
    assert clocks(incident)["resolve"].state == "running"
    incident = move(incident, "wait_for_supplier", by=house.ruth, channel="page")
    assert (clocks(incident)["resolve"].state, clocks(incident)[key].state) == ("running", "running")
    assert clocks(incident)[key].is_internal
    assert compare(Incident.objects.get(pk=incident.pk)) == []


def test_what_is_in_force_is_never_changed_and_never_deleted(house: House, always: Calendar) -> None:
    version = agreed(house, always).versions.get()
    version.terms = {**version.terms, "exceptions": "Well."}
    with pytest.raises(FrozenTerms):
        version.save()
    with pytest.raises(FrozenTerms):
        version.delete()


def test_the_next_version_starts_now_or_later_and_ends_the_one_before(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    old = reported(house)
    terms = Terms(hours=frozen_hours(always), targets=(Target("resolve", None, 2 * HOUR),))
    draft = draft_terms(agreement, terms, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="now or later"):
        put_in_force(draft, started_at=now() - HOUR, by=house.ruth, channel="page", flow=FLOW)
    draft.refresh_from_db()
    assert draft.published_at is None
    made = put_in_force(draft, started_at=None, by=house.ruth, channel="page", flow=FLOW)
    first = agreement.versions.get(number=1)
    assert first.ended_at == made.started_at
    new = reported(house)
    assert (old.covered_by_id, new.covered_by_id) == (first.pk, made.pk)
    amend(old, by=house.fresh(house.ruth), channel="page", urgency=1, impact=1)
    assert clocks(old)["resolve"].within == 4 * HOUR  # what was agreed when it was opened


def test_a_correction_counts_for_what_is_opened_from_now_on_and_needs_its_reason(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    old = reported(house)
    wrong = agreement.versions.get()
    terms = Terms(hours=frozen_hours(always), targets=(Target("resolve", None, 6 * HOUR),))
    draft = draft_terms(agreement, terms, by=house.ruth, channel="page", corrects=wrong)
    with pytest.raises(Faulty, match="what was wrong"):
        put_in_force(draft, started_at=None, by=house.ruth, channel="page", flow=FLOW)
    made = put_in_force(draft, started_at=None, by=house.ruth, channel="page", flow=FLOW, reason="Six hours were signed.")
    assert (made.started_at, made.ended_at) == (wrong.started_at, wrong.ended_at)
    assert reported(house).covered_by_id == made.pk
    old.refresh_from_db()
    assert old.covered_by_id == wrong.pk
    assert clocks(old)["resolve"].within == 4 * HOUR


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"targets": ()}, "at least one target"),
        ({"pauses": {"waiting_supplier": "always"}}, "never pauses what a customer"),
        ({"pauses": {"nowhere": "always"}}, "no state"),
        ({"targets": (Target("respond", None, 5 * HOUR), Target("resolve", None, HOUR))}, "less time than an earlier"),
        ({"has_commitment": False}, "nothing is promised"),
    ],
)
def test_unsound_terms_are_not_put_in_force(house: House, always: Calendar, terms: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Faulty, match=sentence):
        agreed(house, always, **terms)
    assert not Version.objects.filter(published_at__isnull=False).exists()


def test_who_may_not_publish_does_not_and_a_draft_can_be_thrown_away(house: House, always: Calendar) -> None:
    agreement = house.record(type_named("agreement"), organization=house.brannock)
    assert isinstance(agreement, Agreement)
    draft = draft_terms(agreement, Terms(hours=frozen_hours(always), targets=(Target("resolve", None, HOUR),)), by=house.ruth, channel="page")
    with pytest.raises(Refused):
        put_in_force(draft, started_at=now(), by=house.greta, channel="page", flow=FLOW)
    signed = {"type": "sla", "signed_by_us": house.greta, "signed_by_them": "Maeve", "signed_on": "2026-11-01"}
    moved = move(agreement, "sign", by=house.ruth, channel="page", fields=signed)
    with pytest.raises(MoveRefused, match="No version of its terms"):
        move(moved, "activate", by=house.ruth, channel="page", fields={"owner": house.ruth, "review_on": "2027-11-01"})
    discard_draft(agreement, by=house.ruth, channel="page")
    assert not agreement.versions.exists()


def test_nobody_signed_on_a_day_that_is_still_to_come(house: House, always: Calendar) -> None:
    agreement = house.record(type_named("agreement"), organization=house.brannock)
    draft_terms(agreement, Terms(hours=frozen_hours(always), targets=(Target("resolve", None, HOUR),)), by=house.ruth, channel="page")  # type: ignore[arg-type]
    signed = {"type": "sla", "signed_by_us": house.greta, "signed_by_them": "Maeve", "signed_on": (now() + timedelta(days=3)).date().isoformat()}
    with pytest.raises(MoveRefused, match="still to come"):
        move(agreement, "sign", by=house.ruth, channel="page", fields=signed)
    agreement.refresh_from_db()
    assert agreement.state == "draft"
    assert move(agreement, "sign", by=house.ruth, channel="page", fields={**signed, "signed_on": now().date().isoformat()}).state == "signed"


def test_an_ended_agreement_covers_nothing_new(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    move(agreement, "terminate", by=house.ruth, channel="page", note="They left.")
    assert reported(house).covered_by_id is None


def test_a_share_of_the_target_is_escalated_once_to_those_whom_the_rules_name(house: House, always: Calendar) -> None:
    agreed(house, always)
    incident = reported(house, owner=house.dev)
    Notice.objects.all().delete()
    half = incident.opened_at + timedelta(minutes=31)
    assert escalate_due(half) == 1
    assert escalate_due(half) == 0
    row = Escalation.objects.get()
    assert (row.key, row.percent, row.is_late, row.entry is not None) == ("respond", 50, False, True)
    assert [(n.person, n.why, n.is_mail_wanted) for n in Notice.objects.all()] == [(house.dev, "escalation", True)]
    assert compare(Incident.objects.get(pk=incident.pk)) == []


def test_after_downtime_each_share_is_marked_late_once_and_nobody_gets_a_burst(house: House, always: Calendar) -> None:
    agreed(house, always)
    incident = reported(house, owner=house.dev)
    Notice.objects.all().delete()
    later = incident.opened_at + timedelta(days=3)
    assert escalate_due(later) == 8  # four shares of two clocks
    assert escalate_due(later) == 0
    assert set(Escalation.objects.values_list("is_late", flat=True)) == {True}
    assert sorted(Notice.objects.values_list("person", "is_mail_wanted")) == [(house.dev.pk, False), (house.dev.pk, False)]
    assert incident.card.trail.filter(action="escalate").count() == 2  # the highest share of each clock


def test_a_rule_may_give_it_to_another_team(house: House, always: Calendar) -> None:
    second = keep_team(by=house.fresh(house.ruth), channel="page", name="Second line", organization=house.provider)
    keep_escalation_rules([{"percent": 50, "tell": ["owner"], "give_to": second}], by=house.fresh(house.ruth), channel="page")
    agreed(house, always)
    incident = reported(house, owner=house.dev, team=house.desk)
    escalate_due(incident.opened_at + timedelta(minutes=31))
    incident.refresh_from_db()
    assert (incident.team, incident.owner) == (second, None)


def test_a_new_rule_holds_for_what_is_open_already_from_now_on(house: House, always: Calendar) -> None:
    second = keep_team(by=house.fresh(house.ruth), channel="page", name="Second line", organization=house.provider)
    agreed(house, always)
    incident = reported(house, owner=house.dev, team=house.desk)
    keep_escalation_rules([{"percent": 20, "give_to": second}], by=house.fresh(house.ruth), channel="page")
    run_waiting()
    assert set(Clock.objects.filter(card=incident.pk).values_list("warn_at", flat=True)) == {
        incident.opened_at + timedelta(minutes=12),
        incident.opened_at + timedelta(minutes=48),
    }
    escalate_due(incident.opened_at + timedelta(minutes=13))
    incident.refresh_from_db()
    assert incident.team == second


def test_a_rule_made_later_takes_nothing_from_anybody_over_a_share_below_those_that_were_told(house: House, always: Calendar) -> None:
    """Somebody makes a rule at 10 percent while an incident is at 55: it stays with whom it is with."""
    second = keep_team(by=house.fresh(house.ruth), channel="page", name="Second line", organization=house.provider)
    agreed(house, always)
    incident = reported(house, owner=house.dev, team=house.desk)
    half = incident.opened_at + timedelta(minutes=31)
    escalate_due(half)
    keep_escalation_rules(
        [{"percent": 10, "measure": "respond", "give_to": second}, {"percent": 75, "tell": ["owner"]}], by=house.fresh(house.ruth), channel="page"
    )
    Notice.objects.all().delete()
    Clock.objects.filter(card=incident.pk).update(warn_at=half)
    assert escalate_due(half + timedelta(minutes=1)) == 1
    incident.refresh_from_db()
    assert (incident.team, incident.owner) == (house.desk, house.dev)
    row = Escalation.objects.get(percent=10)
    assert (row.is_late, row.entry) == (True, None)
    assert not Notice.objects.exists()


def test_many_random_acts_leave_clocks_as_the_pure_function_says(house: House, always: Calendar) -> None:
    # The long walk is in tests/test_clocks_walk.py; here one of each act in an order that once went wrong.
    agreed(house, always, targets=(Target("resolve", 1, HOUR), Target("resolve", None, 4 * HOUR), Target("respond", None, HOUR)))
    incident: Any = in_progress(house)
    for step in (
        lambda i: amend(i, by=house.fresh(house.ruth), channel="page", impact=1, urgency=1),
        lambda i: parts.comment(i, text="?", is_public=True, by=house.ruth, channel="page") and i,
        lambda i: move(i, "wait_for_customer", by=house.ruth, channel="page"),
        lambda i: amend(i, by=house.fresh(house.ruth), channel="page", impact=3, urgency=3),
        lambda i: parts.comment(i, text="!", is_public=True, by=house.maeve, channel="page") and i,
        lambda i: parts.comment(i, text="So?", is_public=True, by=house.ruth, channel="page") and i,
    ):
        incident = step(incident)
        incident = Incident.objects.get(pk=incident.pk)
        assert compare(incident) == []
    assert datetime.now(UTC) >= incident.opened_at


OFFICE = {"timezone": "Europe/London", "week": {"mon": [["08:00", "18:00"]], "tue": [["08:00", "18:00"]]}, "holidays": [], "yearly_holidays": []}


@pytest.mark.once
@pytest.mark.parametrize(
    ("second", "is_standby", "sentence"),
    [
        (OFFICE, False, "the same as the service hours"),
        ({**OFFICE, "week": {"mon": [["09:00", "12:00"]]}}, True, "lie wholly inside"),
        ({**OFFICE, "week": {"mon": [["09:00", "12:00"]]}}, False, ""),  # an earlier hour of the day may have a target of its own
        ({**OFFICE, "week": {"mon": [["17:00", "22:00"]]}}, True, ""),
        ({**OFFICE, "week": {"sat": [["09:00", "12:00"]]}}, True, ""),
        ({**OFFICE, "timezone": "Asia/Tokyo", "week": {"mon": [["09:00", "12:00"]]}}, True, ""),
    ],
)
def test_second_hours_are_others_than_the_hours(second: dict[str, Any], is_standby: bool, sentence: str) -> None:
    targets = (Target("resolve", None, timedelta(hours=8)), Target("resolve", 1, timedelta(hours=4), is_second=True))
    told = faults_of_terms(Terms(hours=OFFICE, second_hours=second, is_standby=is_standby, targets=targets), kind="sla", waiting=())
    assert [sentence in fault.sentence for fault in told] == ([True] if sentence else [])
