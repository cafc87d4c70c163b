"""Real history comes in whole, once, and as the file tells it."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import re
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from openpyxl import load_workbook

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.exchange.exporting import as_json_line, exported
from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import map_named, read_map
from plimsoll.kernel.exchange.models import Imported, Run
from plimsoll.kernel.exchange.own import import_own
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import learn_sizes
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.search.models import SearchRow
from plimsoll.kernel.trail.models import Entry, Span
from plimsoll.kernel.trail.verify import verify
from plimsoll.resolution.incidents.models import Category, Incident, PriorityRule
from plimsoll.resolution.incidents.rules import STARTING_MATRIX
from tests.cast import build_house
from tests.system import ROOT, System

SAMPLE = Path(__file__).parents[5] / "content" / "demo" / "uci_first400.csv.gz"
DATA = Path(os.environ.get("PLIMSOLL_TEST_DATA", ROOT.parent / "shared")) / "data"
FULL = DATA / "uci_incident_event_log.csv.gz"
STATES = {
    "New": "new",
    "Active": "in_progress",
    "Awaiting User Info": "waiting_customer",
    "Awaiting Vendor": "waiting_supplier",
    "Awaiting Problem": "waiting_problem",
    "Awaiting Evidence": "waiting_evidence",
    "Resolved": "resolved",
    "Closed": "closed",
}


@pytest.fixture
def by(db: None) -> Person:
    """The system person of an otherwise empty house."""
    tenant = Tenant.objects.create(name="Northmere", slug="northmere")
    Organization.objects.create(tenant=tenant, kind="provider", name="Northmere")
    for (impact, urgency), priority in STARTING_MATRIX.items():
        PriorityRule.objects.create(tenant=tenant, impact=impact, urgency=urgency, priority=priority)
    return system_person(tenant)


def read_for_ourselves(path: Path) -> dict[str, list[dict[str, str]]]:
    """The log by number, in the order of its README: written without a line of the importer."""
    groups = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            groups[row["number"]].append(row)
    for rows in groups.values():
        rows.sort(key=lambda r: (int(r["sys_mod_count"]), moment(r["sys_updated_at"])))
    return groups


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def path_told(rows: list[dict[str, str]]) -> list[tuple[datetime, str]]:
    """When which state was entered, by the rows; junk states are no states."""
    path = [(moment(rows[0]["opened_at"]), "new")]
    for row in rows:
        state = STATES.get(row["incident_state"])
        if state and state != path[-1][1]:
            path.append((moment(row["sys_updated_at"]), state))
    return path


def path_written(card: int) -> list[tuple[datetime, str]]:
    path = []
    for at, changes in Entry.objects.filter(card=card).order_by("position").values_list("at", "changes"):
        if "state" in (told := json.loads(changes)):
            path.append((at, told["state"][1]))
    return path


def agrees_with_the_file(path: Path) -> None:
    """Everything that the README of the log promises, counted from the file and from the system."""
    groups = read_for_ourselves(path)
    incidents = {i.external_reference: i for i in Incident.objects.all()}
    assert incidents.keys() == groups.keys()
    assert Entry.objects.filter(kind="incident").exclude(action="open").count() == sum(map(len, groups.values()))
    assert Entry.objects.filter(kind="incident", action="open").count() == len(groups)
    for number, rows in groups.items():
        incident, last = incidents[number], rows[-1]
        assert path_written(incident.pk) == path_told(rows), number
        assert incident.imported["reassignment_count"] == int(last["reassignment_count"])
        assert incident.imported["reopen_count"] == int(last["reopen_count"])
        assert incident.imported["made_sla"] == (last["made_sla"] == "true")
        assert incident.opened_at == moment(rows[0]["opened_at"])
        assert incident.changed_at == moment(last["sys_updated_at"])
    told = Counter((at.year, at.month) for at in (moment(rows[0]["opened_at"]) for rows in groups.values()))
    assert Counter((i.opened_at.year, i.opened_at.month) for i in incidents.values()) == told
    closings = {n: min((moment(r["sys_updated_at"]) for r in rows if r["incident_state"] == "Closed"), default=None) for n, rows in groups.items()}
    entered = {e: min(s) for e, s in _closed_spans().items()}
    for date in (
        datetime(2016, 3, 2, tzinfo=UTC),
        datetime(2016, 3, 7, 12, tzinfo=UTC),
        datetime(2016, 4, 1, tzinfo=UTC),
        datetime(2016, 6, 15, tzinfo=UTC),
    ):
        from_file = sum(moment(rows[0]["opened_at"]) <= date and (closings[n] is None or closings[n] > date) for n, rows in groups.items())
        from_spans = sum(i.opened_at <= date and (i.pk not in entered or entered[i.pk] > date) for i in incidents.values())
        assert from_spans == from_file, date


def _closed_spans() -> dict[int, list[datetime]]:
    found = defaultdict(list)
    for card, at in Span.objects.filter(kind="incident", state="closed").values_list("card", "started_at"):
        found[card].append(at)
    return found


def test_the_sample_comes_in_whole_and_the_second_run_changes_nothing(by: Person) -> None:
    first = import_file(SAMPLE, map_named("uci_incidents"), by=by)
    assert (first.created, first.updates, first.faults) == (400, 2627, 0)
    entries = Entry.objects.count()
    second = import_file(SAMPLE, map_named("uci_incidents"), by=by)
    assert (second.changed, second.unchanged, second.updates) == (0, 400, 0)
    assert Entry.objects.count() == entries
    assert Run.objects.filter(state="done").count() == 2


def test_the_database_knows_how_much_came_in(by: Person) -> None:
    """PostgreSQL had seen the table empty once, took 2,600 spans for one row, and counted a month for longer than five minutes."""
    learn_sizes()  # as PostgreSQL does by itself, now and then: here before anything came in
    import_file(SAMPLE, map_named("uci_incidents"), by=by)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'trail_span'")
        else:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'trail_span'")
        assert cursor.fetchone()[0] > Span.objects.count() / 4 > 250  # SQLite looks at a sample and estimates


def test_state_paths_counters_openings_and_backlog_are_those_of_the_file(by: Person) -> None:
    import_file(SAMPLE, map_named("uci_incidents"), by=by)
    agrees_with_the_file(SAMPLE)


def test_trail_and_projections_of_what_came_in_hold(by: Person) -> None:
    import_file(SAMPLE, map_named("uci_incidents"), by=by)
    assert verify().faults == []
    for incident in Incident.objects.select_related("card", "tenant", "organization").order_by("pk")[:60]:
        assert [fault for projection in projections() for fault in projection.compare(incident)] == []
    assert SearchRow.objects.filter(kind="incident").count() == 400
    incident = Incident.objects.select_related("service", "classification", "requester").get(external_reference="INC0000047")
    assert incident.card.entries == Entry.objects.filter(card=incident.pk).count()
    assert {incident.origin, *Entry.objects.filter(card=incident.pk).values_list("origin", flat=True)} == {"imported"}
    assert incident.requester.kind == "imported"
    assert incident.requester.email is None
    assert incident.requester.external_reference == "uci:Caller 2403"
    assert incident.resolution_code == "code 5"
    assert incident.resolved_at == datetime(2016, 3, 1, 9, 52, tzinfo=UTC)
    early = Entry.objects.filter(card=incident.pk, position__lt=5).values_list("changes", flat=True)
    assert not any("resolution_code" in changes for changes in early)  # the final code stands on every row; nobody knew it yet


def test_our_own_counters_stand_beside_the_imported_ones(by: Person) -> None:
    import_file(SAMPLE, map_named("uci_incidents"), by=by)
    incident = Incident.objects.get(external_reference="INC0000047")
    assert incident.reassignment_count >= 1
    assert incident.imported["reassignment_count"] == 1


def test_what_came_in_can_be_worked_on(by: Person) -> None:
    import_file(SAMPLE, map_named("uci_incidents"), by=by)
    incident = Incident.objects.filter(state="closed").order_by("pk").first()
    amend(incident, by=by, channel="page", title="Printer again")
    for overridden in Incident.objects.filter(is_priority_overridden=True)[:3]:
        amend(overridden, by=by, channel="page", symptom="Smoke")


def test_a_dry_run_reports_the_same_and_writes_nothing(by: Person) -> None:
    before = (Entry.objects.count(), Person.objects.count())
    report = import_file(SAMPLE, map_named("uci_incidents"), by=by, is_dry=True)
    assert (report.created, report.updates) == (400, 2627)
    assert (Entry.objects.count(), Person.objects.count()) == before
    assert not Incident.objects.exists()
    assert not Run.objects.exists()
    real = import_file(SAMPLE, map_named("uci_incidents"), by=by)
    assert (real.created, real.updates, real.made) == (report.created, report.updates, report.made)


def test_a_longer_file_continues_and_a_different_one_leaves_alone(by: Person, tmp_path: Path) -> None:
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    known = [line for line in lines if line.startswith("INC0000047,")]
    part = tmp_path / "part.csv"
    part.write_text("\n".join([head, *known[:5]]))
    assert import_file(part, map_named("uci_incidents"), by=by).created == 1
    part.write_text("\n".join([head, *known]))
    report = import_file(part, map_named("uci_incidents"), by=by)
    assert (report.appended, report.updates) == (1, len(known) - 5)
    incident = Incident.objects.get()
    assert incident.state == "closed"
    assert Entry.objects.filter(card=incident.pk).count() == len(known) + 1
    assert path_written(incident.pk) == path_told(read_for_ourselves(SAMPLE)["INC0000047"])
    assert verify().faults == []
    assert [f for p in projections() for f in p.compare(Incident.objects.select_related("card", "tenant", "organization").get())] == []
    part.write_text("\n".join([head, known[0].replace("Category 40", "Category 41"), *known[1:]]))
    report = import_file(part, map_named("uci_incidents"), by=by)
    assert (report.differs, report.changed) == (1, 0)


def test_damaged_cells_are_told_by_row_and_column_and_the_rest_goes_in(by: Person, tmp_path: Path) -> None:
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    rows = [line for line in lines if line.startswith("INC0000045,")]
    damaged = tmp_path / "damaged.csv"
    damaged.write_text(
        "\n".join(
            [
                head,
                rows[0].replace("2 - Medium,2 - Medium", "Impact??,2 - Medium"),
                rows[1].replace("29/2/2016 08:53", "31/2/2016 08:53"),
                *rows[2:],
                rows[0].replace("INC0000045", "?"),
                "INC9,short",
                rows[0].replace("INC0000045", "INC0000046").replace("29/2/2016", "never"),
            ]
        )
    )
    report = import_file(damaged, map_named("uci_incidents"), by=by)
    assert (report.created, report.left_out) == (1, 2)
    told = {(f["row"], f["column"]) for f in report.shown}
    assert {(2, "impact"), (3, "sys_updated_at"), (6, "number"), (8, "opened_at")} <= told
    incident = Incident.objects.get()
    assert incident.impact == 2  # the next row says it
    assert incident.state == "closed"


def test_a_time_that_the_zone_skips_moves_forward_and_is_told(by: Person, tmp_path: Path) -> None:
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    row = next(line for line in lines if line.startswith("INC0000045,")).replace("29/2/2016 01:23", "27/3/2016 02:30")
    (tmp_path / "gap.csv").write_text(f"{head}\n{row}")
    mapping = read_map(map_named("uci_incidents").text.replace('zone = "UTC"', 'zone = "Europe/Berlin"'))
    report = import_file(tmp_path / "gap.csv", mapping, by=by)
    assert report.moved_times == 1
    assert Incident.objects.get().changed_at == datetime(2016, 3, 27, 1, 30, tzinfo=UTC)  # 03:30 summer time


def test_importing_needs_the_word(by: Person) -> None:
    nobody = Person.objects.create(tenant=by.tenant, organization=by.organization, name="Noel")
    with pytest.raises(Refused):
        import_file(SAMPLE, map_named("uci_incidents"), by=nobody)
    assert not Incident.objects.exists()


# There and back


def lines_without_import_times(person: Person, kind: str = "incident") -> list[str]:
    return [re.sub(r'"recorded_at":"[^"]*",?', "", as_json_line(line)) for line in exported(type_named(kind), by=person, with_history=True)]


def export_to(path: Path, person: Person, **options: object) -> Path:
    with path.open("wb") as file:
        write_export(type_named("incident"), file, form="jsonl", with_history=True, by=person)
    return path


def test_what_was_exported_goes_into_an_empty_system_and_exports_again_byte_for_byte(by: Person, tmp_path: Path) -> None:
    import_file(SAMPLE, map_named("uci_incidents"), by=by)
    told = lines_without_import_times(by)
    file = export_to(tmp_path / "all.jsonl", by)
    empty = Tenant.objects.create(name="Empty", slug="empty")
    Organization.objects.create(tenant=empty, kind="provider", name="Northmere")
    other = system_person(empty)
    report = import_own(file, kind="incident", by=other)
    assert (report.created, report.updates, report.faults) == (400, 2627, 0)
    assert lines_without_import_times(other) == told
    assert import_own(file, kind="incident", by=other).unchanged == 400
    assert verify().faults == []


def test_live_records_with_all_that_hangs_on_them_come_back_too(db: None, tmp_path: Path) -> None:
    house = build_house()
    service = house.service()
    other = house.incident("The same")
    incident = house.incident("Ward tablets drop off Wi-Fi", service=service, classification=house.category, impact=2, urgency=2)
    incident = move(incident, "assign", by=house.ines, channel="page", fields={"team": house.network, "owner": house.dev}, note="Yours")
    parts.comment(incident, text="Looked at it", is_public=False, by=house.dev, channel="page")
    parts.comment(incident, text="=We are on it", is_public=True, by=house.dev, channel="page")
    parts.tag(incident, ["wifi", "ward"], by=house.dev, channel="page")
    parts.link(incident, "duplicates", other, by=house.ines, channel="page")
    parts.add_check(incident, text="Call the ward", by=house.dev, channel="page")
    parts.spend(incident, minutes=20, by=house.dev, channel="page")
    told = lines_without_import_times(house.ruth)
    file = export_to(tmp_path / "all.jsonl", house.ruth)
    empty = Tenant.objects.create(name="Empty", slug="empty")
    Organization.objects.create(tenant=empty, kind="provider", name="Northmere")
    # People's addresses are unique in a house: those of the first one make room.
    for person in Person.objects.filter(tenant=house.tenant).exclude(email=None):
        Person.objects.filter(pk=person.pk).update(email=f"old-{person.email}")
    report = import_own(file, kind="incident", by=system_person(empty))
    assert (report.created, report.faults) == (2, 0)
    assert lines_without_import_times(system_person(empty)) == told
    assert Comment.objects.filter(card__tenant=empty).count() == 2
    assert verify().faults == []


def test_outsiders_get_their_own_view_only(db: None) -> None:
    house = build_house()
    incident = house.incident(impact=2, urgency=2, priority=1, priority_reason="The board is in")
    house.incident("Not hers", organization=house.strand_housing, requester=house.strand)
    parts.comment(incident, text="Blame the vendor", is_public=False, by=house.ines, channel="page")
    parts.comment(incident, text="We are on it", is_public=True, by=house.ines, channel="page")
    with pytest.raises(Refused):
        list(exported(type_named("incident"), by=house.maeve))
    house.maeve.grants.update(words=[*house.maeve.grants.get().words, "export:run"])
    (line,) = list(exported(type_named("incident"), by=house.fresh(house.maeve), with_history=True))
    text = json.dumps(line)
    assert "We are on it" in text
    assert not any(secret in text for secret in ("Blame", "The board", "priority_reason", "Not hers"))


def test_tables_are_safe_to_open_and_say_the_same_again(db: None, tmp_path: Path) -> None:
    house = build_house()
    titles = ["=1+1", "@SUM(A1)", "+49 30", "-1", "'quoted", "plain"]
    for title in titles:
        house.incident(title)
    with (tmp_path / "t.csv").open("wb") as file:
        write_export(type_named("incident"), file, form="csv", with_history=False, by=house.ines)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["title"] for row in csv.DictReader(file)]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    book = BytesIO()
    write_export(type_named("incident"), book, form="xlsx", with_history=False, by=house.ines)
    sheet = load_workbook(book).active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == cells
    assert {row[1].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}
    back = read_map(
        'kind = "incident"\nsource = "table"\n[file]\nguarded = true\n[record]\nkey = ["reference"]\nat = "changed_at"\n'
        'opening = ["title"]\n[fields]\ntitle = { column = "title" }\n'
    )
    import_file(tmp_path / "t.csv", back, by=house.ruth)
    assert sorted(Incident.objects.filter(source="table").values_list("title", flat=True)) == sorted(titles)


# Killed: two houses in one system, one whose import is left in peace, one whose import is killed again and again.

HOUSES = """
from plimsoll.kernel.identity.models import Organization, Tenant
from plimsoll.kernel.identity.system import system_person
for slug in ("calm", "killed"):
    tenant = Tenant.objects.create(name="Northmere", slug=slug)
    Organization.objects.create(tenant=tenant, kind="provider", name="Northmere")
    system_person(tenant)
"""
IMPORT = """
import sys
from pathlib import Path
from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import map_named
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.identity.system import system_person
by = system_person(Tenant.objects.get(slug=sys.argv[2]))
print("ready", flush=True)
report = import_file(Path(sys.argv[1]), map_named("uci_incidents"), by=by)
print(report.changed, report.seconds)
"""


def killed_at_random(system: System, file: Path, moments: int) -> None:
    system.python(HOUSES)
    seconds = float(system.python(IMPORT, str(file), "calm").split()[-1])
    chance = random.Random(2016)
    for _ in range(moments):
        process = system.start(IMPORT, str(file), "killed")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, seconds / max(moments / 4, 1.5)))
        process.kill()
        process.communicate()
    system.python(IMPORT, str(file), "killed")
    assert system.python(IMPORT, str(file), "killed").split()[1] == "0"
    told = []
    for house in ("calm", "killed"):
        output = system.folder / f"{house}.jsonl"
        system.run("export", "incidents", "--history", "--organization", house, "--output", str(output))
        told.append([re.sub(r'"recorded_at":"[^"]*",?', "", line) for line in output.read_text(encoding="utf-8").splitlines()])
    assert told[0] == told[1]
    assert json.loads(system.run("verify", "--json").stdout)["is_sound"]


def test_an_import_killed_at_any_moment_goes_on_as_if_undisturbed(system: System) -> None:
    killed_at_random(system, SAMPLE, 3)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not FULL.exists(), reason="PLIMSOLL_TEST_DATA does not hold the log")
def test_the_first_two_thousand_incidents_survive_twenty_kills(system: System, tmp_path: Path) -> None:
    numbers: set[str] = set()
    with gzip.open(FULL, "rt", encoding="utf-8") as log, (tmp_path / "log.csv").open("w", encoding="utf-8") as part:
        part.write(next(log))
        for line in log:
            number = line.partition(",")[0]
            if number in numbers or len(numbers) < 2000:
                numbers.add(number)
                part.write(line)
    killed_at_random(system, tmp_path / "log.csv", 20)


# More than comes with the project


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not FULL.exists(), reason="PLIMSOLL_TEST_DATA does not hold the log")
def test_the_whole_log(by: Person) -> None:
    report = import_file(FULL, map_named("uci_incidents"), by=by)
    assert (report.created, report.updates, report.junk) == (24_918, 141_712, 5)
    agrees_with_the_file(FULL)
    assert import_file(FULL, map_named("uci_incidents"), by=by).changed == 0
    assert verify().faults == []


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "bpic2013_open_problems.xes.gz").exists(), reason="PLIMSOLL_TEST_DATA does not hold the log")
def test_the_problems_of_2013_come_in_by_their_map_alone(by: Person) -> None:
    report = import_file(DATA / "bpic2013_open_problems.xes.gz", map_named("bpi2013_problems"), by=by)
    assert (report.created, report.updates, report.faults) == (819, 2351, 0)
    assert set(Incident.objects.values_list("classification__path", flat=True)) == {"Problem"}
    assert Incident.objects.get(external_reference="1-147898401").opened_at == datetime(2006, 11, 7, 9, 0, 36, tzinfo=UTC)
    assert verify().faults == []


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "bpic2014_incident_sample_40rows.csv").exists(), reason="PLIMSOLL_TEST_DATA does not hold the sample")
def test_damaged_cells_of_2014_are_told_and_the_forty_incidents_go_in(by: Person) -> None:
    report = import_file(DATA / "bpic2014_incident_sample_40rows.csv", map_named("bpic2014_incidents"), by=by)
    assert report.created == 40
    assert (4, "Impact") in {(f["row"], f["column"]) for f in report.shown}
    assert {f["column"] for f in report.shown} == {"Impact", "Handle_Time_hrs"}
    assert Category.objects.filter(path="incident").exists()
    assert Imported.objects.count() == 40
