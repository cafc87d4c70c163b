"""Ended months are stored, frozen after some days, and then move only by a correction with its reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.evaluation.measurements.models import StoredFigure, StoredMonth, Target
from plimsoll.evaluation.measurements.operations import compute_ended_months, correct_month, keep_target, store_month
from plimsoll.evaluation.measurements.queries import COUNTED, FROZEN, RUNNING, STORED, answer, answers, month_asked, versions
from plimsoll.evaluation.measurements.tasks import compute_months
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.figures.definitions import Indicator, UnknownCut, indicator_named, indicators
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.replay import History, Update, replay
from plimsoll.kernel.trail.models import Entry
from tests.cast import House

MONTH = Month(2026, 3, "Europe/London")
SOON, LATE = MONTH.end + timedelta(days=3), MONTH.end + timedelta(days=40)


@pytest.fixture
def volume() -> Indicator:
    return indicator_named("incident_volume")


def lived(house: House, at: datetime, organization: Organization | None = None) -> None:
    """An incident that came in with times of its own."""
    opening = Update(at=at, by=house.ines.pk, state="new", values={"title": "Once"})
    history = History(external_reference=str(at), organization=organization or house.brannock, opening=opening, updates=[])
    replay(type_named("incident"), [history], by=house.ruth, channel="import", source="test")


def reader(house: House, person: Person, *words: str, organization: Organization | None = None) -> Person:
    Grant.objects.create(tenant=house.tenant, person=person, organization=organization, words=list(words), role_name="Figures", started_at=now())
    return house.fresh(person)


def test_a_running_month_is_counted_an_ended_one_stored_and_an_old_one_frozen(house: House, volume: Indicator) -> None:
    lived(house, MONTH.start)
    assert answer(house.ruth, volume, MONTH, at=MONTH.end - timedelta(days=1)).standing == RUNNING
    assert answer(house.ruth, volume, MONTH, at=SOON).standing == COUNTED
    assert store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=SOON) is False
    assert answer(house.ruth, volume, MONTH, at=SOON).standing == STORED
    lived(house, MONTH.start + timedelta(days=2))
    assert answer(house.ruth, volume, MONTH).whole.value == 1
    assert store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE) is True
    found = answer(house.ruth, volume, MONTH)
    assert (found.standing, found.whole.value, found.version) == (FROZEN, 2, 1)


def test_a_frozen_month_does_not_move_whatever_comes_in_later(house: House, volume: Indicator) -> None:
    lived(house, MONTH.start)
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE)
    before = list(StoredFigure.objects.order_by("pk").values())
    lived(house, MONTH.start + timedelta(days=1))
    compute_ended_months(house.tenant, LATE)
    with pytest.raises(Faulty, match="frozen"):
        store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE)
    assert [row for row in StoredFigure.objects.order_by("pk").values() if row["stored_month_id"] == before[0]["stored_month_id"]] == before
    assert answer(house.ruth, volume, MONTH).whole.value == 1
    assert answer(house.ruth, volume, MONTH, is_fresh=True).whole.value == 2


def test_a_correction_is_a_new_version_with_a_reason_and_the_old_one_stays(house: House, volume: Indicator) -> None:
    lived(house, MONTH.start)
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE)
    lived(house, MONTH.start + timedelta(days=1))
    correct_month(house.tenant, volume, MONTH, reason="Two imports came late.", by=house.ruth, channel="page")
    told = [(row.version, value, row.reason, row.is_current) for row, value in versions(house.tenant, volume, MONTH)]
    assert told == [(2, 2, "Two imports came late.", True), (1, 1, "", False)]
    assert answer(house.ruth, volume, MONTH).version == 2
    entry = Entry.objects.get(kind="stored_month", action="correct")
    assert '"value":[1.0,2.0]' in entry.changes
    assert entry.detail.values["note"][1] == "Two imports came late."


def test_a_correction_without_reason_word_or_frozen_month_is_refused_and_nothing_happened(house: House, volume: Indicator) -> None:
    lived(house, MONTH.start)
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=SOON)
    with pytest.raises(Faulty, match="not frozen"):
        correct_month(house.tenant, volume, MONTH, reason="Why not", by=house.ruth, channel="page")
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE)
    with pytest.raises(Faulty, match="Say why"):
        correct_month(house.tenant, volume, MONTH, reason="  ", by=house.ruth, channel="page")
    with pytest.raises(Refused, match="setting targets of figures"):
        correct_month(house.tenant, volume, MONTH, reason="Because", by=house.greta, channel="page")
    assert StoredMonth.objects.count() == 1


def test_the_task_stores_every_month_since_the_first_record_and_freezes_what_is_due(house: House) -> None:
    lived(house, MONTH.start)
    told = compute_months.call()
    months = StoredMonth.objects.filter(indicator="incident_volume").order_by("month")
    assert months.first().month == MONTH.first_day  # type: ignore[union-attr]
    assert told["computed"] == StoredMonth.objects.count() and told["frozen"] == StoredMonth.objects.exclude(frozen_at=None).count() > 0
    assert not StoredMonth.objects.filter(indicator="incident_first_level").exists(), "not measured before it is said which teams are first level"
    assert compute_months.call()["computed"] < len(indicators()) * 2, "what is frozen is left alone"


def test_a_month_that_is_not_over_is_not_stored(house: House, volume: Indicator) -> None:
    with pytest.raises(Faulty, match="not over"):
        store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=MONTH.end - timedelta(seconds=1))
    assert not StoredMonth.objects.exists()


@pytest.mark.parametrize(("at", "standing"), [(SOON, COUNTED), (LATE, FROZEN)])
def test_another_time_zone_asks_for_other_months_and_leaves_alone_what_is_frozen(house: House, volume: Indicator, at: Any, standing: str) -> None:
    lived(house, MONTH.start)
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=at)
    house.tenant.timezone = "Asia/Tokyo"
    house.tenant.save()
    assert answer(house.fresh(house.ruth), volume, month_asked(house.fresh(house.ruth), "2026-03")).standing == standing


def test_nobody_gets_stored_figures_of_what_they_may_not_see(house: House, volume: Indicator) -> None:
    """A stored month holds everything; a representative gets their customer's part of it, and who sees less gets their own count."""
    lived(house, MONTH.start)
    lived(house, MONTH.start + timedelta(hours=1), house.strand_housing)
    lived(house, MONTH.start + timedelta(hours=2), house.strand_housing)
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE)
    maeve = reader(house, house.maeve, "indicator:read", organization=house.brannock)
    found = answer(maeve, volume, MONTH)
    assert (found.whole.value, found.standing) == (1, FROZEN)
    cut = answer(maeve, volume, MONTH, cut="organization")
    assert {f.member: f.value for f in cut.figures} == {house.brannock.pk: 1} and cut.standing == COUNTED
    assert answer(maeve, volume, MONTH.plus(-1)).whole.value == 0
    aoife = reader(house, house.aoife, "indicator:read")
    assert answer(aoife, volume, MONTH).whole.value == 0
    assert answer(house.fresh(house.mallory), volume, MONTH).whole.value == 0
    house.tenant.settings["classes_used"] = True
    house.tenant.save()
    assert answer(house.fresh(house.ruth), volume, MONTH).standing == COUNTED


@pytest.mark.parametrize("who", ["ines", "maeve", "nobody"])
def test_without_the_word_nothing_is_told(house: House, who: str, volume: Indicator) -> None:
    with pytest.raises(Refused, match="reading figures"):
        answer(house.fresh(getattr(house, who)), volume, MONTH)


def test_an_unknown_cut_is_refused(house: House, volume: Indicator) -> None:
    with pytest.raises(UnknownCut):
        answer(house.ruth, volume, MONTH, cut="moon")


def test_stored_months_cost_two_queries_however_many(house: House) -> None:
    lived(house, MONTH.start)
    compute_ended_months(house.tenant)
    person = house.fresh(house.ruth)
    every = [i for i in indicators() if i.kind == "incident" and not i.needs(person.tenant)]  # what there are records of is stored
    answers(person, every, MONTH.trend(1))
    with CaptureQueriesContext(connection) as seen:
        answers(person, every, [MONTH.plus(n) for n in range(5)])
    assert len(seen) == 2


def test_a_target_is_kept_with_its_trail_and_what_can_not_be_is_refused(house: House) -> None:
    share, count = indicator_named("incident_reopened"), indicator_named("incident_backlog")
    keep_target(share, aim=0.02, line=0.05, by=house.ruth, channel="page")
    keep_target(share, aim=None, line=0.04, by=house.ruth, channel="page")
    assert Target.objects.get().line == 0.04
    assert Entry.objects.filter(kind="target").count() == 2
    for indicator, aim, line, said in ((share, None, 1.5, "between 0"), (count, -1, None, "negative"), (share, 0.1, 0.05, "good side")):
        with pytest.raises(Faulty, match=said):
            keep_target(indicator, aim=aim, line=line, by=house.ruth, channel="page")
    with pytest.raises(Refused):
        keep_target(count, aim=1, line=2, by=house.greta, channel="page")
    assert Target.objects.count() == 1
