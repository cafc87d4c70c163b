"""What incidents are measured by: equal to what an independent script counts from the export, for each month and each cut."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.exchange.exporting import exported
from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import map_named
from plimsoll.kernel.figures.definitions import Indicator, Question, indicators
from plimsoll.kernel.figures.periods import Month, month_of
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.replay import History, Update, replay
from plimsoll.resolution.incidents.models import Incident, PriorityRule
from plimsoll.resolution.incidents.rules import STARTING_MATRIX
from tests.cast import House
from tests.figures_by_hand import Life, by_member, figures
from tests.system import ROOT

SAMPLE = ROOT / "content" / "demo" / "uci_first400.csv.gz"
MONTHS = [Month(2016, 2), Month(2016, 3), Month(2016, 4), Month(2016, 5)]
every_indicator = pytest.mark.parametrize("indicator", [i for i in indicators() if i.kind == "incident"], ids=lambda i: i.key)


def imported(path: Path) -> Person:
    """The system person of a house into which a log was brought; every third team is first level."""
    tenant = Tenant.objects.create(name="Northmere", slug="northmere")
    Organization.objects.create(tenant=tenant, kind="provider", name="Northmere")
    for (impact, urgency), priority in STARTING_MATRIX.items():
        PriorityRule.objects.create(tenant=tenant, impact=impact, urgency=urgency, priority=priority)
    import_file(path, map_named("uci_incidents"), by=system_person(tenant))
    tenant.settings["indicator_first_level_teams"] = list(Team.objects.order_by("name").values_list("pk", flat=True))[::3]
    tenant.save()
    return system_person(tenant)


@pytest.fixture
def by(db: None) -> Person:
    return imported(SAMPLE)


def first_level(by: Person) -> frozenset[str]:
    assert by.tenant is not None
    return frozenset(Team.objects.filter(pk__in=by.tenant.settings["indicator_first_level_teams"]).values_list("name", flat=True))


def ask(indicator: Indicator, person: Person, month: Month, cut: str = "", **more: Any) -> dict[int | None, Any]:
    return {f.member: f for f in indicator.measure(Question(person, month, more.pop("at", now()), cut, **more))}


def same(told: float | None, counted: float | None) -> bool:
    return told is counted if told is None or counted is None else math.isclose(told, counted, rel_tol=1e-9, abs_tol=1e-6)


def test_every_figure_of_the_sample_is_what_an_independent_script_counts_from_the_export(by: Person) -> None:
    lives = [Life(line) for line in exported(type_named("incident"), by=by, with_history=True)]
    assert len(lives) == Incident.objects.count() > 50
    at = now()
    for month in MONTHS:
        counted = figures(lives, month.name, "UTC", now=at, first_level=first_level(by))
        told = {i.key: ask(i, by, month, at=at)[None].value for i in indicators() if i.key.startswith(("incident_", "agreed_"))}
        assert told.keys() == counted.keys()
        assert {k: (told[k], counted[k]) for k in told if not same(told[k], counted[k])} == {}, month.name


@pytest.mark.parametrize("cut", ["service", "organization", "team", "priority"])
def test_every_cut_of_the_sample_is_what_the_script_counts(by: Person, cut: str) -> None:
    lives = [Life(line) for line in exported(type_named("incident"), by=by, with_history=True)]
    groups = by_member(lives, cut)
    at = now()
    month = MONTHS[2]
    for indicator in indicators():
        if indicator.kind != "incident" or (cut in ("team", "priority") and "backlog" in indicator.key):
            continue
        found = ask(indicator, by, month, cut, at=at)
        labels = {k: str(v) for k, v in indicator.dimension(cut).labels([m for m in found if m is not None]).items()}
        for member, figure in found.items():
            name = None if member is None else member if cut == "priority" else labels[member]
            counted = figures(groups[name], month.name, "UTC", now=at, first_level=first_level(by))[indicator.key]
            assert same(figure.value, counted), (indicator.key, name, figure.value, counted)
        whole = ask(indicator, by, month, at=at)[None]
        of = [f.denominator if f.denominator is not None else f.value for f in found.values()]
        assert sum(of) == (whole.denominator if whole.denominator is not None else whole.value), indicator.key


def test_the_backlog_by_team_is_that_of_the_end_of_the_month(by: Person) -> None:
    lives = [Life(line) for line in exported(type_named("incident"), by=by, with_history=True)]
    backlog = next(i for i in indicators() if i.key == "incident_backlog")
    for month in MONTHS:
        for cut in ("team", "priority"):
            found = ask(backlog, by, month, cut)
            labels = backlog.dimension(cut).labels([m for m in found if m is not None])
            told = {None if m is None else m if cut == "priority" else labels[m]: f.value for m, f in found.items()}
            counted: dict[Any, int] = {}
            for life in lives:
                if (then := life.at(month.end)) is not None:
                    counted[then[cut]] = counted.get(then[cut], 0) + 1
            assert told == counted, (month, cut)


def test_the_records_behind_a_figure_are_exactly_those_counted(by: Person) -> None:
    for indicator in indicators():
        if indicator.kind != "incident":
            continue
        for cut in ("", *(d.name for d in indicator.dimensions)):
            for member, figure in ask(indicator, by, MONTHS[1], cut).items():
                only = (cut, member) if cut else None
                behind = {part: indicator.counted(Question(by, MONTHS[1], now(), only=only), part).count() for part in indicator.parts}
                of = figure.denominator if figure.denominator is not None else figure.value
                assert behind["whole"] == of, (indicator.key, cut, member)
                if indicator.unit == "share":
                    assert behind["done"] == figure.numerator, (indicator.key, cut, member)


@every_indicator
def test_a_month_without_records_is_undefined_and_not_0_or_1(house: House, indicator: Indicator) -> None:
    figure = ask(indicator, house.fresh(house.ruth), Month(1999, 1, "Europe/London"))[None]
    assert figure.value is (0 if indicator.unit == "count" else None) or (indicator.unit == "count" and figure.value == 0)
    assert ask(indicator, house.fresh(house.ruth), Month(1999, 1), "team") == {}


def one_life(house: House, *steps: tuple[datetime, dict[str, Any]], **opening: Any) -> Incident:
    """An incident with times of its own."""
    (at, first), *rest = steps
    history = History(
        external_reference=f"X{at}{Incident.objects.count()}",
        organization=house.brannock,
        opening=Update(at=at, by=house.ines.pk, state="new", values={"title": "Once", **first, **opening}),
        updates=[Update(at=when, by=house.ines.pk, state=given.pop("state", None) or "", values=given) for when, given in rest],
    )
    found = replay(type_named("incident"), [history], by=house.ruth, channel="import", source="test")[0]
    assert isinstance(found, Incident)
    return found


def named(key: str) -> Indicator:
    return next(i for i in indicators() if i.key == key)


def test_the_month_ends_at_midnight_of_the_organisation_not_of_utc(house: House) -> None:
    """31 July 23:30 in London is 22:30 UTC; 1 August 00:30 there is still July in UTC."""
    one_life(house, (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), {}))
    one_life(house, (datetime(2026, 7, 31, 23, 30, tzinfo=UTC), {}))
    july, august = Month(2026, 7, "Europe/London"), Month(2026, 8, "Europe/London")
    assert [ask(named("incident_volume"), house.ruth, m)[None].value for m in (july, august)] == [1, 1]
    assert [ask(named("incident_backlog"), house.ruth, m)[None].value for m in (july, august)] == [1, 2]


def test_what_happens_at_the_very_end_is_the_next_months(house: House) -> None:
    month = Month(2026, 3, "Europe/London")
    one_life(house, (month.start, {}), (month.end, {"state": "resolved", "resolution_code": "fixed"}))
    one_life(house, (month.end, {}))
    assert ask(named("incident_volume"), house.ruth, month)[None].value == 1
    assert ask(named("incident_backlog"), house.ruth, month)[None].value == 1
    assert ask(named("incident_time_to_resolve"), house.ruth, month)[None].value is None
    assert ask(named("incident_time_to_resolve"), house.ruth, month.plus(1))[None].denominator == 1


def test_working_hours_count_and_a_clock_change_does_not_add_any(house: House) -> None:
    """Friday 27 March 17:00 to Monday 30 March 09:00, over the change to summer time: one hour on Friday, one on Monday (UTC+1)."""
    one_life(
        house,
        (datetime(2026, 3, 27, 17, tzinfo=UTC), {}),
        (datetime(2026, 3, 27, 17, 30, tzinfo=UTC), {"state": "in_progress"}),
        (datetime(2026, 3, 30, 8, tzinfo=UTC), {"state": "resolved", "resolution_code": "fixed"}),
    )
    month = Month(2026, 3, "Europe/London")
    assert ask(named("incident_time_to_resolve"), house.ruth, month)[None].value == 2 * 3600
    assert ask(named("incident_time_to_respond"), house.ruth, month)[None].value == 1800


def test_waiting_for_the_customer_and_the_time_until_reopening_are_taken_out(house: House) -> None:
    day = datetime(2026, 6, 2, 8, tzinfo=UTC)  # Tuesday, 09:00 in London
    hour = timedelta(hours=1)
    done = {"state": "resolved", "resolution_code": "fixed"}
    one_life(
        house,
        (day, {}),
        (day + hour, {"state": "in_progress"}),
        (day + 2 * hour, {"state": "waiting_customer"}),
        (day + 4 * hour, {"state": "in_progress"}),
        (day + 5 * hour, dict(done)),
        (day + 7 * hour, {"state": "in_progress"}),
        (day + 8 * hour, dict(done)),
    )
    month = Month(2026, 6, "Europe/London")
    assert ask(named("incident_time_to_resolve"), house.ruth, month)[None].value == 4 * 3600
    assert ask(named("incident_reopened"), house.ruth, month)[None].value == 1
    assert ask(named("incident_time_to_resolve"), house.ruth, month)[None].denominator == 1


def test_changing_hands_while_resolved_is_no_second_resolving(house: House) -> None:
    day = datetime(2026, 6, 2, 8, tzinfo=UTC)
    one_life(
        house,
        (day, {}),
        (day + timedelta(hours=1), {"state": "in_progress"}),
        (day + timedelta(hours=2), {"state": "resolved", "resolution_code": "fixed"}),
        (day + timedelta(days=40), {"owner": house.dev}),
    )
    assert ask(named("incident_time_to_resolve"), house.ruth, Month(2026, 7, "Europe/London"))[None].value is None


def test_a_message_to_the_reporter_is_a_response_and_the_reporters_own_is_none(house: House) -> None:
    month = month_of(now(), "Europe/London")
    incident = house.incident()
    parts.comment(incident, text="Any news?", is_public=True, by=house.fresh(house.aoife), channel="page")
    assert ask(named("incident_time_to_respond"), house.ruth, month)[None].value is None
    parts.comment(incident, text="We look at it.", is_public=True, by=house.ines, channel="page")
    assert ask(named("incident_time_to_respond"), house.ruth, month)[None].denominator == 1


def test_an_article_that_helped_and_a_priority_by_hand_are_counted(house: House) -> None:
    month = month_of(now(), "Europe/London")
    article = house.record(type_named("article"), title="Restart it")
    incident = house.incident(impact=1, urgency=1, service=house.service(), classification=house.category, team=house.desk, contact="phone")
    amend(incident, by=house.ines, channel="page", priority=3, priority_reason="Only one ward")
    incident = move(Incident.objects.get(pk=incident.pk), "assign", by=house.ines, channel="page", fields={"owner": house.ines})
    incident = move(incident, "start", by=house.ines, channel="page")
    done = {"resolution_code": "fixed", "cause_code": "power", "resolution_note": "Restarted.", "item_missing_reason": "None known"}
    incident = move(incident, "resolve", by=house.ines, channel="page", fields=done, note="Did it.")
    parts.link(incident, "uses", article, by=house.ruth, channel="page")
    assert [
        ask(named(f"incident_{k}"), house.ruth, month)[None].value for k in ("with_knowledge", "priority_overridden", "first_contact", "closure")
    ] == [
        1,
        1,
        1,
        1,
    ]


def test_nobodys_figures_hold_what_they_may_not_see(house: House) -> None:
    """Two customers, another tenant, a classified one: each person's figures are those of their own list."""
    month = month_of(now(), "Europe/London")
    for person in (house.maeve, house.aoife, house.ines):
        Grant.objects.create(
            tenant=house.tenant,
            person=person,
            organization=house.brannock if person is house.maeve else None,
            words=["indicator:read"],
            role_name="Figures",
            started_at=now(),
        )
    house.incident("Brannock's")
    house.incident("Strand's", organization=house.strand_housing, requester=house.strand)
    house.incident("Strand's second", organization=house.strand_housing, requester=house.strand)
    house.record(type_named("incident"), by=house.mallory, title="Elsewhere", organization=house.mallory.organization)
    volume = named("incident_volume")
    told = {
        who: ask(volume, house.fresh(getattr(house, who)), month)[None].value
        for who in ("ruth", "ines", "greta", "maeve", "strand", "nobody", "mallory")
    }
    assert told == {"ruth": 3, "ines": 3, "greta": 3, "maeve": 1, "strand": 0, "nobody": 0, "mallory": 1}
    for who in told:
        person = house.fresh(getattr(house, who))
        members = set(ask(volume, person, month, "organization"))
        assert house.strand_housing.pk not in members or who in ("ruth", "ines", "greta")
        for indicator in indicators():
            behind = set(indicator.counted(Question(person, month, now()), next(iter(indicator.parts))).values_list("pk", flat=True))
            assert behind <= set(Incident.objects.visible_to(person).values_list("pk", flat=True)), (who, indicator.key)


@every_indicator
def test_what_an_indicator_costs_does_not_depend_on_how_much_there_is(house: House, indicator: Indicator) -> None:
    month = month_of(now(), "Europe/London")

    def cost(cut: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            ask(indicator, house.ruth, month, cut)
        return len(seen)

    day = month.start
    done = {"state": "resolved", "resolution_code": "fixed"}
    for n in range(2):
        one_life(
            house,
            (day, {"contact": "phone", "team": house.desk, "priority": 3}),
            (day + timedelta(minutes=n), {"state": "in_progress"}),
            (day + timedelta(hours=1), dict(done)),
        )
    cost("team")
    before = [cost(cut) for cut in ("", "team")]
    for n in range(12):
        one_life(
            house,
            (day, {"contact": "phone", "team": house.network if n % 2 else house.desk, "priority": 3}),
            (day + timedelta(minutes=n), {"state": "in_progress"}),
            (day + timedelta(hours=1), dict(done)),
        )
    assert [cost(cut) for cut in ("", "team")] == before
    assert max(before) <= 4
