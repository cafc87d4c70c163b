"""A figure is the same on its page, on the dashboards, through the API, by command, and when an independent script counts the export."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels.models import Recalculation
from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.recalculating import apply, compute
from plimsoll.agreements.levels.rules import ShareTarget, Target, Terms, Workload
from plimsoll.evaluation.measurements import words
from plimsoll.evaluation.measurements.operations import compute_ended_months
from plimsoll.evaluation.measurements.pages.dashboards import BOARDS
from plimsoll.evaluation.measurements.queries import answers
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.exchange.exporting import exported
from plimsoll.kernel.figures.definitions import indicators
from plimsoll.kernel.figures.periods import read_month
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.tests.test_import import FULL
from plimsoll.resolution.incidents.tests.test_indicators import SAMPLE, first_level, imported, same
from plimsoll.site.cli import main as command_line
from tests.api import Caller
from tests.contracts import cost, signed_in, text_of
from tests.figures_by_hand import Life, by_member, figures
from tests.figures_shown import shown_alike

LATER = datetime(2016, 9, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGREED = {"respond": {None: 30 * HOUR}, "resolve": {2: 20 * HOUR, None: 60 * HOUR}}
SHARES = (("resolve", None, 30 * HOUR, 90.0), ("resolve", 2, 20 * HOUR, 80.0), ("respond", 3, 10 * HOUR, 95.0))
LIMITS = {3: 12, None: 2}
PROMISED: dict[str, Any] = {"agreed": AGREED, "shares": [share[:3] for share in SHARES], "limits": LIMITS}
PERIODS = ("2016-02", "2016-03", "2016-05")


def under_an_agreement(by: Person) -> None:
    """An agreement with the customer of the log, entered after the import: a recalculation puts the incidents under it."""
    customer = Organization.objects.get(kind="customer")
    record = open_record(type_named("agreement"), by=by, channel="page", organization=customer, title="The log's", type="sla")
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = {"name": "Always", "timezone": "UTC", "week": {day: [["00:00", "24:00"]] for day in days}, "holidays": [], "yearly_holidays": []}
    targets = tuple(Target(measure, priority, within) for measure, rows in AGREED.items() for priority, within in rows.items())
    shares = tuple(ShareTarget(measure, priority, within, percent) for measure, priority, within, percent in SHARES)
    workload = tuple(Workload(priority, most) for priority, most in LIMITS.items())
    draft = draft_terms(record, Terms(hours=hours, targets=targets, shares=shares, workload=workload), by=by, channel="page")  # type: ignore[arg-type]
    put_in_force(draft, started_at=datetime(2016, 1, 1, tzinfo=UTC), by=by, channel="page", flow=type_named("incident").workflow)
    signer = Person.objects.create(tenant=by.tenant, organization=by.organization, name="Somebody")
    move(record, "sign", by=by, channel="page", fields={"signed_by_us": signer, "signed_by_them": "They", "signed_on": "2016-01-01"})
    fresh = Person.objects.select_related("tenant", "organization").get(pk=by.pk)
    asked = open_record(type_named("recalculation"), by=fresh, channel="page", title="Under it", agreement=record, reason="Entered late.")
    compute(move(asked, "compute", by=fresh, channel="page"))  # type: ignore[arg-type]
    found = Recalculation.objects.get(pk=asked.pk)
    assert found.differing == Incident.objects.count()
    apply(move(found, "apply", by=fresh, channel="page"), asked_by=by)


@pytest.fixture
def manager(db: None) -> Person:
    """A process manager of the house into which the sample was brought."""
    by = imported(SAMPLE)
    assert by.tenant is not None
    by.tenant.set_up_at = by.tenant.set_up_closed_at = now()
    by.tenant.save()
    provider = Organization.objects.get(kind="provider")
    under_an_agreement(by)
    made = Person.objects.create(tenant=by.tenant, organization=provider, name="Pia Manager", email="pia@northmere.example")
    Grant.objects.create(
        tenant=by.tenant, person=made, words=["incident:*", "indicator:*", "person:read", "service:read"], role_name="Manager", started_at=now()
    )
    return Person.objects.select_related("tenant", "organization").get(pk=made.pk)


@pytest.mark.parametrize("is_stored", [False, True], ids=["counted", "frozen"])
def test_page_dashboard_api_command_and_script_agree_on_the_sample(
    manager: Person, capsys: pytest.CaptureFixture[str], tmp_path: object, is_stored: bool
) -> None:
    assert manager.tenant is not None
    if is_stored:
        assert compute_ended_months(manager.tenant, LATER)["frozen"] > 50
    system = Person.objects.get(kind="system")
    file = tmp_path / "export.jsonl"  # type: ignore[operator]
    with file.open("wb") as into:
        write_export(type_named("incident"), into, by=Person.objects.select_related("tenant").get(pk=system.pk), with_history=True, form="jsonl")
    lives = [Life(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    pages, caller = signed_in(manager), Caller(manager)
    teams = first_level(system)
    for period in PERIODS:
        counted = figures(lives, period, "UTC", now=datetime.now(UTC), first_level=teams, **PROMISED)
        listed = {row["key"]: row for row in caller.get(f"indicators?period={period}").json()["items"]}
        capsys.readouterr()
        assert command_line.run(next(c for c in command_line.COMMANDS if c.name == "indicators"), ["indicators", "--period", period, "--json"]) == 0
        told = {row["key"]: row for row in json.loads(capsys.readouterr().out)["indicators"]}
        index = text_of(pages.get(f"/indicators/?period={period}"))
        boards = {b.name: text_of(pages.get(f"/indicators/dashboards/{b.name}/?period={period}")) for b in BOARDS}
        for indicator in indicators():
            if not (key := indicator.key).startswith("incident_"):
                continue  # the script counts what an export of incidents tells; majors are counted by hand beside their code
            one = caller.get(f"indicators/{key}?period={period}").json()
            assert same(listed[key]["value"], counted[key]), (period, key, listed[key], counted[key])
            assert listed[key]["value"] == one["value"] == told[key]["value"]
            assert one["standing"] == ("frozen" if is_stored else "counted")
            said = words.said(indicator, counted[key])
            shown_alike(pages, index, boards, key, period, said)


def test_cuts_agree_and_every_number_opens_exactly_its_records(manager: Person) -> None:
    system = Person.objects.select_related("tenant", "organization").get(kind="system")
    lives = [Life(line) for line in exported(type_named("incident"), by=system, with_history=True)]
    groups = by_member(lives, "team")
    caller, pages = Caller(manager), signed_in(manager)
    period = "2016-03"
    found = caller.get(f"indicators/incident_time_to_resolve?period={period}&by=team").json()["figures"]
    assert len(found) > 5
    for row in found:
        name = None if row["id"] is None else row["name"]
        counted = figures(groups[name], period, "UTC", now=datetime.now(UTC))["incident_time_to_resolve"]
        assert same(row["value"], counted), row
        of = "none" if row["id"] is None else row["id"]
        address = f"incident_time_to_resolve/records?period={period}&by=team&of={of}&limit=200"
        items = caller.get(f"indicators/{address}").json()["items"]
        assert len(items) == row["denominator"]
        assert {i["reference"] for i in items} <= {life.reference for life in groups[name]}
        page = text_of(pages.get(f"/indicators/{address.replace('records?', 'records/?')}"))
        assert re.findall(r'data-row="(INC-\d+)"', page) == [i["reference"] for i in items][:50]
    assert Team.objects.count() > 5


def test_a_long_list_of_records_is_read_in_pages_without_a_gap(manager: Person) -> None:
    caller, pages = Caller(manager), signed_in(manager)
    figure = caller.get("indicators/incident_volume?period=2016-03").json()["value"]
    seen: list[str] = []
    address = "/indicators/incident_volume/records/?period=2016-03"
    while address:
        page = text_of(pages.get(address))
        seen += re.findall(r'data-row="(INC-\d+)"', page)
        older = re.search(r'href="(\?[^"]*)" rel="next"', page.partition('class="pager"')[2])
        address = "/indicators/incident_volume/records/" + older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == figure > 50


@pytest.mark.once  # as many statements on each database
def test_what_the_pages_cost_does_not_depend_on_how_much_is_stored(manager: Person) -> None:
    assert manager.tenant is not None
    pages, caller = signed_in(manager), Caller(manager)
    compute_ended_months(manager.tenant, LATER)
    at = "2016-08"
    assert cost(lambda: pages.get(f"/indicators/?period={at}")) <= 12
    assert cost(lambda: pages.get(f"/indicators/incident_volume/?period={at}")) <= 14
    assert cost(lambda: caller.get(f"indicators?period={at}")) <= 10


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="The full log is not in PLIMSOLL_TEST_DATA.")
def test_the_figures_of_the_full_log_are_those_of_the_script(db: None) -> None:
    by = imported(FULL)
    lives = [Life(line) for line in exported(type_named("incident"), by=by, with_history=True)]
    assert len(lives) > 20_000
    at = now()
    for period in ("2016-03", "2016-04", "2016-05", "2016-06"):
        counted = figures(lives, period, "UTC", now=at, first_level=first_level(by))
        told = answers(by, indicators(), [read_month(period, "UTC")], at=at)
        told_values = {key: answer.whole.value for (key, _month), answer in told.items()}
        assert {k: (told_values[k], counted[k]) for k in counted if not same(told_values[k], counted[k])} == {}, period
