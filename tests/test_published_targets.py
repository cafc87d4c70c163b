"""Targets that five organisations publish run without code: entered through the API and the page, and judged as worked out by hand.

What a source leaves open is our reading, and stands beside it: which hours "business hours" are, and how long a day is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.queries import shares_agreed
from plimsoll.agreements.levels.rules import ShareTarget
from plimsoll.evaluation.measurements.panels import is_share_kept
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.figures.definitions import Question, indicator_named
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Team
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.targets.models import Clock
from plimsoll.resolution.incidents.keeping import keep_priority_cell
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of
from tests.lives import Step, lived, moment, resolved
from tests.system import ROOT

FILE = Path(os.environ.get("PLIMSOLL_TEST_DATA", ROOT.parent / "shared")) / "data" / "published_targets_and_rules.json"
pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.skipif(not FILE.exists(), reason="PLIMSOLL_TEST_DATA does not hold the targets")]
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WORKDAYS, "sat", "sun")
MARCH = 2026, 3
LATER = datetime(2026, 9, 1, tzinfo=UTC)


def entry(name: str) -> dict[str, Any]:
    return next(e for e in json.loads(FILE.read_text(encoding="utf-8"))["entries"] if e["org"].startswith(name))


def span(text: str, hours_a_day: int) -> str:
    """A published time as terms take it; a day is a working day of the hours agreed."""
    found = re.fullmatch(r"(\d+) (?:business |working )?(min|h|days?)", text)
    assert found, text
    number, unit = int(found[1]), found[2]
    return f"{number * hours_a_day} h" if unit.startswith("day") else f"{number} {unit}"


def calendar(house: House, name: str, zone: str, days: Iterable[str], start: str, end: str, holidays: Iterable[str] = ()) -> Calendar:
    week = {day: [[start, end]] for day in days}
    return keep_calendar(by=house.fresh(house.ruth), channel="page", name=name, timezone=zone, week=week, holidays=holidays)


@dataclass
class Case:
    """An entry in data: its terms for the API, the zone of its moments, and the teams that it names."""

    terms: dict[str, Any]
    zone: str
    teams: dict[str, Team] = field(default_factory=dict)


def sussex(house: House) -> Case:
    told = entry("University of Sussex")
    assert told["calendar"] == "Mon-Fri 09:00-17:00"
    for impact, row in enumerate(("High", "Medium", "Low"), 1):
        for criticality, column in enumerate(("High", "Medium", "Low"), 1):
            priority = int(told["priority_matrix"]["criticality x impact"][column][row][1])
            keep_priority_cell(by=house.fresh(house.ruth), channel="page", impact=impact, urgency=criticality, priority=priority)
    hours = calendar(house, "Sussex", "Europe/London", WORKDAYS, "09:00", "17:00")
    targets = [
        {"measure": measure, "priority": int(name[1]), "within": span(row[published], 8)}
        for name, row in told["targets"].items()
        for measure, published in (("respond", "response"), ("resolve", "resolution"))
    ]
    return Case({"hours": {"calendar": hours.pk}, "targets": targets}, "Europe/London")


def east_bay(house: House) -> Case:
    """Critical is counted around the clock, as it names no business hours; the others in business hours, read as Monday to Friday 8 to 17."""
    told = entry("California State University East Bay")
    zone = "America/Los_Angeles"
    hours, always = calendar(house, "CSU", zone, WORKDAYS, "08:00", "17:00"), calendar(house, "CSU always", zone, ALL_DAYS, "00:00", "24:00")
    targets, shares = [], []
    for priority, (name, row) in enumerate(told["targets"].items(), 1):
        for measure, published in (("respond", "response"), ("resolve", "resolution")):
            if row[published].startswith("as agreed"):
                continue
            one = {"measure": measure, "priority": priority, "within": span(row[published], 9), "is_second": name == "Critical"}
            targets.append(one)
            shares.append({**one, "percent": row[f"{published}_compliance"] * 100})
    terms = {"hours": {"calendar": hours.pk}, "second_hours": {"calendar": always.pk}, "targets": targets, "shares": shares}
    return Case(terms, zone)


def digit(house: House) -> Case:
    """The first time of two is read as the first response, the second and that of the stand-by as the solution. Only shares are promised."""
    told = entry("European Commission DIGIT")
    zone = "Europe/Brussels"
    hours, always = calendar(house, "DIGIT", zone, WORKDAYS, "08:00", "18:00"), calendar(house, "DIGIT stand-by", zone, ALL_DAYS, "00:00", "24:00")
    shares = []
    for priority, row in enumerate(told["targets"].values(), 1):
        for measure, one in zip(("respond", "resolve"), row["standard"], strict=True):
            shares.append({"measure": measure, "priority": priority, "within": span(one["within"], 10), "percent": one["share"] * 100})
        for one in row.get("standby", ()):
            shares.append(
                {"measure": "resolve", "priority": priority, "within": span(one["within"], 10), "percent": one["share"] * 100, "is_second": True}
            )
    return Case({"hours": {"calendar": hours.pk}, "second_hours": {"calendar": always.pk}, "is_standby": True, "shares": shares}, zone)


def chippewa(house: House) -> Case:
    """Business hours are read as Monday to Friday 8 to 17, a business day as nine of them; "24 h" as hours of the clock."""
    told = entry("Chippewa Valley")
    zone = "America/Chicago"
    hours, always = calendar(house, "Chippewa", zone, WORKDAYS, "08:00", "17:00"), calendar(house, "Always", zone, ALL_DAYS, "00:00", "24:00")
    names = told["targets"]["P1"]["resolution"]
    teams = {name: Team.objects.create(tenant=house.tenant, organization=house.provider, name=name) for name in names}
    targets: list[dict[str, Any]] = []
    for name, row in told["targets"].items():
        priority = int(name[1])
        targets.append({"measure": "respond", "priority": priority, "within": span(row["first_contact"], 9)})
        for team, within in row["resolution"].items():
            is_second = re.fullmatch(r"\d+ h", within) is not None
            targets.append({"measure": "resolve", "priority": priority, "within": span(within, 9), "team": teams[team].pk, "is_second": is_second})
    return Case({"hours": {"calendar": hours.pk}, "second_hours": {"calendar": always.pk}, "targets": targets}, zone, teams)


def western(house: House) -> Case:
    told = entry("Western University")
    assert told["calendar"].startswith("Mon-Fri 07:30-17:30")
    hours = calendar(house, "Western", "America/Los_Angeles", WORKDAYS, "07:30", "17:30", holidays=["2026-03-31"])
    targets = [
        {"measure": measure, "priority": priority, "within": span(row[published], 10)}
        for priority, row in enumerate(told["targets"].values(), 1)
        for measure, published in (("respond", "response"), ("resolve", "resolution"))
    ]
    return Case({"hours": {"calendar": hours.pk}, "targets": targets}, "America/Los_Angeles")


def in_force(house: House, make: Callable[[House], Case]) -> Case:
    """The entry as an agreement with Brannock: drafted and put in force through the API; the page's form holds the same."""
    case = make(house)
    caller = Caller(house.ruth)
    made = caller.post("agreements", {"title": make.__name__, "organization": house.brannock.pk, "type": "sla"}).json()
    address = f"agreements/{made['number']}"
    drafted = caller.put(f"{address}/draft", case.terms)
    assert drafted.status_code == 200, drafted.content
    digest = drafted.json()["terms"]
    # The form of the page reads the draft and writes the same terms.
    page = signed_in(house.ruth)
    form = page.get(f"/{address}/draft/").context["form"]
    sent = {name: value for name, value in form.initial.items() if value not in (None, False)}
    assert page.post(f"/{address}/draft/", sent).status_code == 302
    assert caller.get(f"{address}/versions/1").json()["terms"] == digest
    started = caller.post(f"{address}/draft/publish", {"started_at": "2026-01-01T00:00:00+00:00"})
    assert started.status_code == 200, started.content
    assert page.get(f"/{address}/versions/1/").status_code == 200
    agreement = Agreement.objects.get(number=made["number"])
    signed = {"signed_by_us": house.greta, "signed_by_them": "They", "signed_on": "2026-01-01"}
    move(agreement, "sign", by=house.fresh(house.ruth), channel="page", fields=signed)
    return case


# The entry, the priority, the moment of opening and what then happened, and when response and solution are due. All moments are local.
LIVES: list[tuple[Callable[[House], Case], int, str, list[tuple[str, str]], str | None, str | None]] = [
    # Sussex, Mon-Fri 9 to 17. 2 March 2026 is a Monday.
    (sussex, 1, "2026-03-06T16:50", [], "2026-03-09T09:05", "2026-03-09T12:50"),  # 10 min on Friday, the rest on Monday
    (sussex, 2, "2026-03-02T16:00", [], "2026-03-02T17:00", "2026-03-03T16:00"),  # used up exactly at closing; a day is 8 h
    (sussex, 3, "2026-03-07T12:00", [], "2026-03-09T11:00", "2026-03-11T17:00"),  # opened on Saturday: counts from Monday 9:00
    (sussex, 5, "2026-03-02T09:00", [], "2026-03-02T17:00", "2026-03-13T17:00"),  # ten working days
    # East Bay, 8 to 17; clocks go forward on Sunday 8 March.
    (east_bay, 1, "2026-03-06T17:30", [], "2026-03-06T18:30", "2026-03-06T21:30"),  # around the clock
    (east_bay, 1, "2026-03-08T01:30", [], "2026-03-08T03:30", "2026-03-08T06:30"),  # over the hour that is left out
    (east_bay, 2, "2026-03-06T16:00", [], "2026-03-09T15:00", "2026-03-10T14:00"),  # 1 h on Friday, 9 a day
    (east_bay, 4, "2026-03-02T08:00", [], "2026-03-05T13:00", None),  # 32 h: three days and 5 h; the solution is as agreed
    # DIGIT, 8 to 18, and stand-by.
    (digit, 1, "2026-03-03T10:00", [], "2026-03-03T12:00", "2026-03-03T14:00"),
    (digit, 1, "2026-03-03T17:00", [], "2026-03-04T09:00", "2026-03-04T11:00"),  # opened in the standard hours: stays under them
    (digit, 1, "2026-03-03T22:00", [], "2026-03-04T10:00", "2026-03-04T02:00"),  # on stand-by: hours of the clock
    (digit, 2, "2026-03-07T12:00", [], "2026-03-09T12:00", "2026-03-07T20:00"),  # Saturday is stand-by too
    (digit, 3, "2026-03-03T22:00", [], "2026-03-04T18:00", "2026-03-05T18:00"),  # nothing on stand-by for Normal
    # Chippewa, 8 to 17, by the team that has it.
    (chippewa, 1, "2026-03-02T09:00", [("2026-03-02T09:00", "Technology Services")], "2026-03-02T11:00", "2026-03-02T13:00"),
    (
        chippewa, 1, "2026-03-02T09:00",
        [("2026-03-02T09:00", "Technology Services"), ("2026-03-02T10:00", "Network Operations")],
        "2026-03-02T11:00", "2026-03-02T17:00",
    ),
    (chippewa, 1, "2026-03-02T09:00", [("2026-03-02T16:00", "Enterprise Applications")], "2026-03-02T11:00", "2026-03-03T09:00"),  # of the clock
    (chippewa, 3, "2026-03-02T08:00", [("2026-03-02T08:00", "Enterprise Applications")], "2026-03-03T11:00", "2026-03-27T17:00"),  # 20 business days
    (chippewa, 2, "2026-03-02T09:00", [], "2026-03-02T13:00", None),  # with no team yet
    # Western, 7:30 to 17:30, the last of March is a holiday.
    (western, 1, "2026-03-06T17:25", [], "2026-03-09T07:35", "2026-03-09T11:25"),
    (western, 3, "2026-03-02T07:30", [], "2026-03-02T17:30", "2026-03-13T17:30"),
    (western, 5, "2026-03-02T07:30", [], "2026-03-02T17:30", "2026-05-04T17:30"),  # 45 days less the holiday
]  # fmt: skip


@pytest.mark.parametrize(("make", "priority", "opened", "given", "respond", "resolve"), LIVES, ids=lambda v: getattr(v, "__name__", None))
def test_when_it_is_due(
    house: House, make: Callable[[House], Case], priority: int, opened: str, given: list[tuple[str, str]], respond: str | None, resolve: str | None
) -> None:
    case = in_force(house, make)
    steps: list[Step] = [(at, {"team": case.teams[team]}) for at, team in given]
    incident = lived(house, opened, *steps, priority=priority, zone=case.zone)
    due = {row.key: row.due_at for row in Clock.objects.filter(card_id=incident.pk)}
    wanted = {"respond": respond, "resolve": resolve}
    assert due == {key: moment(at, case.zone).astimezone(UTC) if at else None for key, at in wanted.items()}


def judged(house: House, case: Case) -> dict[tuple[str, int | None, bool], tuple[int, int, bool]]:
    """By share: how many were within its time, of how many, and whether it was kept."""
    eyes = house.fresh(house.ruth)
    assert eyes.tenant is not None
    figures = {f.member: f for f in indicator_named("agreed_shares").measure(Question(eyes, Month(*MARCH, case.zone), LATER, "agreed"))}
    found = {}
    for agreed in shares_agreed(eyes.tenant):
        if (figure := figures.get(agreed.key)) is not None and isinstance(agreed.row, ShareTarget):
            key = agreed.row.measure, agreed.row.priority, agreed.row.is_second
            found[key] = int(figure.numerator or 0), int(figure.denominator or 0), is_share_kept(figure, agreed.row.percent)
    return found


def test_the_month_of_east_bay(house: House) -> None:
    case = in_force(house, east_bay)
    for day in range(2, 11):  # nine within 4 h
        lived(house, f"2026-03-{day:02}T10:00", resolved(f"2026-03-{day:02}T13:59"), priority=1, zone=case.zone)
    lived(house, "2026-03-12T10:00", resolved("2026-03-12T15:00"), priority=1, zone=case.zone)  # one over
    lived(house, "2026-03-31T22:00", resolved("2026-04-01T10:00"), priority=1, zone=case.zone)  # over on 1 April: not in March
    lived(house, "2026-03-02T10:00", resolved("2026-03-03T16:00"), priority=2, zone=case.zone)  # 7 + 8 = 15 h
    lived(house, "2026-03-02T10:00", resolved("2026-03-03T17:01"), priority=2, zone=case.zone)  # over at 17:00
    assert judged(house, case) == {
        ("respond", 1, True): (0, 11, False),  # nobody wrote: resolved after an hour is no response in time
        ("resolve", 1, True): (9, 10, True),  # exactly 90 %
        ("respond", 2, False): (0, 2, False),
        ("resolve", 2, False): (1, 2, False),
    }


def test_the_month_of_digit(house: House) -> None:
    case = in_force(house, digit)
    answers: list[Step] = [("2026-03-03T11:00", {"said": "We look into it."}), resolved("2026-03-03T13:30")]
    lived(house, "2026-03-03T10:00", *answers, priority=1, zone=case.zone)  # standard: both kept
    lived(house, "2026-03-03T22:00", resolved("2026-03-04T01:00"), priority=1, zone=case.zone)  # stand-by: kept; response on Wednesday morning
    lived(house, "2026-03-04T22:00", resolved("2026-03-05T03:00"), priority=1, zone=case.zone)  # stand-by: an hour over
    lived(house, "2026-03-05T22:00", resolved("2026-03-06T09:30"), priority=4, zone=case.zone)  # Low at night: standard hours, kept
    assert judged(house, case) == {
        ("respond", 1, False): (3, 3, True),
        ("resolve", 1, False): (1, 1, True),
        ("resolve", 1, True): (1, 2, False),  # 50 % of 90 %
        ("respond", 4, False): (1, 1, True),
        ("resolve", 4, False): (1, 1, True),
    }


def test_the_matrix_of_sussex_gives_its_priorities(house: House) -> None:
    in_force(house, sussex)
    found = [house.incident(by=house.fresh(house.ruth), impact=impact, urgency=urgency).priority for impact in (1, 2, 3) for urgency in (1, 2, 3)]  # type: ignore[attr-defined]
    assert found == [1, 2, 3, 2, 3, 4, 3, 4, 5]


def test_the_page_of_a_version_says_all_of_it(house: House) -> None:
    in_force(house, digit)
    page = text_of(signed_in(house.ruth).get(f"/agreements/{Agreement.objects.get().number}/versions/1/"))
    assert "opened outside the service hours" in page
    assert "(stand-by)" in page
    made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title="Again", type="sla")
    case = chippewa(house)
    number = type(made).objects.get(pk=made.pk).number
    assert Caller(house.ruth).put(f"agreements/{number}/draft", case.terms).status_code == 200
    assert "while with Network Operations" in text_of(signed_in(house.ruth).get(f"/agreements/{number}/versions/1/"))
