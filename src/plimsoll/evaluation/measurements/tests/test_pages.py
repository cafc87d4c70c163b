"""The pages of indicators: who gets them, what wrong addresses are told, and what a keeper can do."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from plimsoll.evaluation.measurements.charts import draw
from plimsoll.evaluation.measurements.models import StoredMonth, Target
from plimsoll.evaluation.measurements.operations import keep_target, store_month
from plimsoll.evaluation.measurements.pages.common import month_label, sentence_of
from plimsoll.evaluation.measurements.tests.test_operations import LATE, MONTH, lived, reader
from plimsoll.kernel.figures.definitions import indicator_named, indicators
from plimsoll.kernel.figures.periods import month_of
from plimsoll.kernel.lib.time import now
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of

PLACES = [
    "/indicators/",
    "/indicators/incident_volume/",
    "/indicators/incident_volume/?by=team",
    "/indicators/incident_volume/records/",
    "/indicators/dashboards/agent/",
    "/indicators/dashboards/team-lead/",
    "/indicators/dashboards/process-manager/",
]


@pytest.mark.parametrize("address", PLACES)
def test_every_page_is_there_without_and_with_records(house: House, address: str) -> None:
    ruth = signed_in(house.ruth)
    assert ruth.get(address).status_code == 200
    house.incident()
    assert ruth.get(address).status_code == 200


@pytest.mark.parametrize("who", ["ines", "maeve", "aoife", "sam", "nobody"])
def test_without_the_word_no_page_and_no_answer_tells_anything(house: House, who: str) -> None:
    house.incident("Quicksilver")
    for address in PLACES:
        answer = signed_in(getattr(house, who)).get(address)
        assert answer.status_code == 403 and "Quicksilver" not in text_of(answer)
        # Which right is missing is said to those who work here, and no word of ours to those who are served.
        assert ("reading figures" in text_of(answer)) is (who in ("ines", "sam"))
    for path in ("indicators", "indicators/incident_volume", "indicators/incident_volume/records"):
        assert Caller(getattr(house, who)).get(path).status_code == 403


def test_a_representative_sees_the_figures_and_records_of_their_customer_only(house: House) -> None:
    house.incident("Quicksilver of Brannock")
    theirs = house.incident("Lantern of Strand", organization=house.strand_housing, requester=house.strand)
    maeve = reader(house, house.maeve, "indicator:read", organization=house.brannock)
    pages, caller = signed_in(maeve), Caller(maeve)
    month = month_of(now(), "Europe/London").name
    assert caller.get("indicators/incident_volume").json()["value"] == 1
    assert [f["name"] for f in caller.get("indicators/incident_volume?by=organization").json()["figures"]] == ["Brannock Hospitals"]
    for address in (
        "/indicators/",
        "/indicators/incident_volume/?by=organization",
        "/indicators/incident_volume/records/",
        f"/indicators/incident_volume/records/?by=organization&of={house.strand_housing.pk}",
        f"/indicators/incident_volume/records/?by=team&of={house.field.pk}&period={month}",
    ):
        told = text_of(pages.get(address))
        assert "Strand" not in told and "Lantern" not in told and theirs.reference not in told and "Telco field" not in told, address
    assert pages.get("/indicators/dashboards/agent/").status_code == 404, "teams are looked at from the inside"


def test_another_tenants_records_and_names_are_never_counted_or_named(house: House) -> None:
    house.incident("Quicksilver")
    pages, caller = signed_in(house.mallory), Caller(house.mallory)
    for indicator in indicators():
        told = caller.get(f"indicators/{indicator.key}").json()
        assert not told["value"] and not told["denominator"], indicator.key
        assert caller.get(f"indicators/{indicator.key}/records").json()["items"] == []
    told = text_of(pages.get(f"/indicators/incident_volume/records/?by=organization&of={house.brannock.pk}"))
    assert "Brannock" not in told


@pytest.mark.parametrize(
    ("tail", "status", "said"),
    [
        ("?period=2016-13", 400, "01 to 12"),
        ("?period=May", 400, "write it as 2016-05"),
        ("incident_volum/", 404, "Did you mean “incident_volume”?"),
        ("incident_volume/?by=moon", 400, "It can by: service, organization, team, priority"),
        ("incident_volume/records/?part=moon", 400, "There is no part “moon”"),
        ("incident_volume/records/?by=team&of=x", 400, "is no number of a team"),
        ("dashboards/moon/", 404, "nothing"),
    ],
)
def test_what_is_wrong_in_the_address_is_told_in_a_sentence(house: House, tail: str, status: int, said: str) -> None:
    answer = signed_in(house.ruth).get(f"/indicators/{tail}")
    assert answer.status_code == status and said in text_of(answer)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("indicators?period=2016-13", 400, "01 to 12"),
        ("indicators?perod=2016-05", 400, "no such parameter"),
        ("indicators/incident_volum", 404, "Did you mean"),
        ("indicators/incident_volume?by=moon", 400, "It can by"),
        ("indicators/incident_volume/records?part=moon", 400, "no part"),
        ("indicators/incident_volume/records?of=7", 400, "can't be cut"),
        ("indicators/incident_volume/records?cursor=moon", 400, "page mark"),
    ],
)
def test_programs_get_the_same_sentences_as_problems(house: House, path: str, status: int, said: str) -> None:
    answer = Caller(house.ruth).get(path)
    assert answer.status_code == status and said in answer.json()["detail"]
    assert answer["Content-Type"] == "application/problem+json"


def test_an_undefined_share_says_no_records_and_never_0_or_100_per_cent(house: House) -> None:
    told = text_of(signed_in(house.ruth).get("/indicators/"))
    row = next(r for r in re.findall(r"<tr>.*?</tr>", told, re.S) if "incident_reopened" in r)
    assert "no records" in row and "%" not in row
    assert Caller(house.ruth).get("indicators/incident_reopened").json()["value"] is None


def test_what_needs_a_setting_says_so_and_is_not_counted(house: House) -> None:
    told = text_of(signed_in(house.ruth).get("/indicators/incident_first_level/"))
    assert "which teams are first level" in told and "not measured" in told


def test_the_chart_has_a_sentence_a_line_and_a_table_twin(house: House) -> None:
    lived(house, MONTH.start)
    keep_target(indicator_named("incident_volume"), aim=0, line=0.5, by=house.ruth, channel="page")
    told = text_of(signed_in(house.ruth).get(f"/indicators/incident_volume/?period={MONTH.name}"))
    assert 'role="img" aria-label="Incidents opened over 12 months' in told and "The line is 0" in told or "The line is 1" in told
    assert told.count("<tr><td>") >= 12 and 'class="lim"' in told and 'class="dot over"' in told
    assert "Over the line" in told
    assert "style=" not in told


def test_a_frozen_month_says_what_it_would_be_and_a_keeper_corrects_it(house: House) -> None:
    lived(house, MONTH.start)
    volume = indicator_named("incident_volume")
    store_month(house.tenant, volume, MONTH, by=house.system, channel="task", at=LATE)
    lived(house, MONTH.start + timedelta(days=1))
    address = f"/indicators/incident_volume/?period={MONTH.name}"
    pages = signed_in(house.ruth)
    assert "Counted now it would be 2" in text_of(pages.get(address))
    assert "made of 1" in text_of(pages.get(address.replace("/?", "/records/?")))
    correct = f"/indicators/incident_volume/correct/?period={MONTH.name}"
    assert pages.post(correct, {"reason": ""}).status_code == 400
    assert signed_in(house.greta).post(correct, {"reason": "Mine"}).status_code == 403
    assert StoredMonth.objects.count() == 1
    assert pages.post(correct, {"reason": "An import came late."}).status_code == 302
    told = text_of(pages.get(address))
    assert "version 2" in told and "An import came late." in told and "Counted now" not in told


def test_targets_are_kept_by_page_in_the_units_that_people_read(house: House) -> None:
    pages = signed_in(house.ruth)
    assert pages.get("/settings/indicators/").status_code == 200
    assert pages.post("/settings/indicators/incident_reopened/", {"aim": "2", "line": "5"}).status_code == 302
    assert pages.post("/settings/indicators/incident_time_to_resolve/", {"aim": "", "line": "8"}).status_code == 302
    assert {t.indicator: (t.aim, t.line) for t in Target.objects.all()} == {
        "incident_reopened": (0.02, 0.05),
        "incident_time_to_resolve": (None, 8 * 3600),
    }
    assert "line 5" in text_of(pages.get("/indicators/")).lower()
    assert pages.post("/settings/indicators/incident_reopened/", {"aim": "", "line": "150"}).status_code == 400
    assert signed_in(house.greta).post("/settings/indicators/incident_reopened/", {"line": "1"}).status_code == 403
    rules = {
        "first_contact_minutes": "30",
        "reopen_days": "10",
        "unassigned_hours": "2",
        "urgent_gap_hours": "6",
        "freeze_days": "20",
        "first_level_teams": [str(house.desk.pk)],
    }
    assert pages.post("/settings/indicators/rules/", rules).status_code == 302
    house.tenant.refresh_from_db()
    assert house.tenant.settings["indicator_first_level_teams"] == [house.desk.pk] and house.tenant.settings["indicator_freeze_days"] == 20
    assert house.tenant.settings["indicator_urgent_gap_hours"] == 6 and 'value="6"' in text_of(pages.get("/settings/indicators/rules/"))
    phone = re.search(r'<span class="if-phone ref">([^<]*)</span>', text_of(pages.get("/indicators/")))
    assert phone and phone[1] == "Not measured, line 8 h"  # a narrow screen too says how a figure stands to its line
    assert "Reopened" in text_of(pages.get("/settings/indicators/"))


@pytest.mark.once
def test_a_single_month_is_no_trend() -> None:
    """A dot on an empty year, told as “from 100% to 100%”, would say that something was stable."""
    answers: Any = [SimpleNamespace(month=m, whole=SimpleNamespace(value=None if m != MONTH else 60.0)) for m in MONTH.trend(6)]
    said = sentence_of(indicator_named("incident_time_to_respond"), answers, None)
    assert said == f"Only {month_label(MONTH)} has a figure so far: 1 min. A trend needs two months."
    assert not draw([None, None, 60.0]).is_trend and draw([None, 50.0, 60.0]).is_trend
