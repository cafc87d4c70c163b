"""Import files: what organisations wrote down about roles, boards, processes and promises comes in by data alone, as drafts."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plimsoll.agreements.levels.models import Agreement, Version
from plimsoll.agreements.levels.operations import put_in_force
from plimsoll.agreements.levels.rules import read_terms
from plimsoll.context.processes.models import Duty, Process
from plimsoll.context.scopes.models import Unit
from plimsoll.context.scopes.record import UNIT
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.exchange.configuring.bringing import Brought, bring, entries_of, given_back
from plimsoll.kernel.exchange.configuring.keeping import keepers
from plimsoll.kernel.exchange.configuring.recipes import read_recipe, recipe_named, shipped_recipes
from plimsoll.kernel.exchange.mapping import MapFaulty
from plimsoll.kernel.exchange.reading import Unreadable
from plimsoll.kernel.identity.models import Organization, Team, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.trail.models import Entry
from plimsoll.leadership.authorities.models import SmsChange
from plimsoll.leadership.authorities.tests.test_must_show_5 import act, governed, state
from plimsoll.resolution.incidents.queries import matrix_of
from plimsoll.site.cli.tests.test_cli import Plimsoll, plimsoll  # noqa: F401 (a fixture)
from plimsoll.site.desk.setup import set_up
from plimsoll.support.communication.models import Communication
from tests.cast import House
from tests.lives import lived, moment
from tests.system import ROOT
from tests.test_published_targets import LIVES

DATA = Path(os.environ.get("PLIMSOLL_TEST_DATA", ROOT.parent / "shared")) / "data"
EGI = DATA / "sms_docs" / "egi_ims_roles_and_slm_process.json"
PUBLISHED = DATA / "published_targets_and_rules.json"
pytestmark = pytest.mark.django_db
needs_data = [pytest.mark.data, pytest.mark.skipif(not (EGI.exists() and PUBLISHED.exists()), reason="PLIMSOLL_TEST_DATA does not hold the files")]


def brought(house: House, text: str, *, name: str = "file.toml", kind: str = "", is_dry: bool = False, by: Any = None) -> Brought:
    """What a file of ours comes to, in the name of the system as the command line has it."""
    return bring(entries_of(name, text.encode(), kind=kind), by=house.fresh(by or house.system), name=name, is_dry=is_dry)


def by_map(house: House, path: Path, name: str, *, is_dry: bool = False) -> Brought:
    entries = entries_of(path.name, path.read_bytes(), recipe=recipe_named(name))
    return bring(entries, by=house.fresh(house.system), name=path.name, is_dry=is_dry)


# The real material, whole; figures counted from the JSON by plain Python


class TestEgi:
    pytestmark = needs_data

    def test_its_roles_bodies_and_process_come_in_by_a_map(self, house: House) -> None:
        tables = json.loads(EGI.read_text(encoding="utf-8"))["tables"]
        in_slm = {row["role"]: row for row in tables["slm.roles"]}  # the last version of each
        tasks = {r["role"]: r["tasks"] for r in tables["ims.roles"]}
        tasks |= {f"slm-{key}": row["tasks"] or row["globalRoleTasks"] for key, row in in_slm.items()}

        tried = by_map(house, EGI, "egi_ims", is_dry=True)
        assert (tried.faults, Role.objects.filter(source="egi-ims").count(), Entry.objects.filter(channel="import").count()) == ([], 0, 0)
        first = by_map(house, EGI, "egi_ims")
        assert first.faults == []

        roles = {role.external_reference: role for role in Role.objects.filter(source="egi-ims")}
        assert roles.keys() == tasks.keys()
        assert len(roles) == 19
        lines = {key: len(re.findall(r"^- ", text, re.MULTILINE)) for key, text in tasks.items()}
        assert {key: len(re.findall(r"^- ", role.responsibilities, re.MULTILINE)) for key, role in roles.items()} == lines
        assert sum(lines.values()) == 73
        assert {role.state for role in roles.values()} == {"draft"}
        assert roles["process-owner"].purpose.startswith("Act as the primary contact point")
        assert roles["report-owner"].purpose == ""  # “TBD” is no purpose

        bodies = [re.match(r"\*\*(.+?)\*\*", row["body"])[1] for row in tables["ims.governance_groups"]]  # type: ignore[index]
        assert sorted(Unit.objects.values_list("title", flat=True)) == sorted(bodies)
        assert len(bodies) == 11
        council = Unit.objects.get(title="Council")
        assert "national based e-Infrastructure federations" in council.description
        assert "Works with the processes: BDS, CAPM, SPM (via the SSB)" in council.description
        meetings = dict(Communication.objects.values_list("external_reference", "frequency"))
        assert Counter(meetings.values()) == {"monthly": 4, "halfyearly": 2, "quarterly": 2, "event": 3}
        assert meetings["Meeting: User and Community Board"] == "quarterly"

        process = Process.objects.get()
        assert (process.owner_role, process.manager_role) == (roles["slm-process-owner"], roles["slm-process-manager"])
        assert "Define, agree (with customers), and monitor service level agreements" in process.purpose
        assert list(process.flows.values_list("direction", "outside")) == [  # type: ignore[attr-defined]
            ("input", "CAPM"), ("output", "Internal"), ("output", "ISRM, SRM, CRM, SACM, CAPM, IS"),
        ]  # fmt: skip

        entries = Entry.objects.count()
        again = by_map(house, EGI, "egi_ims")
        assert (again.count("unchanged"), len(again.outcomes), Entry.objects.count()) == (42, 42, entries)


class TestPublishedTargets:
    pytestmark = needs_data
    KEYS = ("sussex", "east-bay", "digit", "chippewa", "western")

    def in_force(self, house: House) -> dict[str, Agreement]:
        assert by_map(house, PUBLISHED, "published_targets").faults == []
        # WesternU's holidays are its own: entered in its hours they reach the draft by the next run.
        hours = Calendar.objects.get(name__startswith="WesternU")
        keep_calendar(by=house.fresh(house.ruth), channel="page", calendar=hours, holidays=["2026-03-31"])
        again = by_map(house, PUBLISHED, "published_targets")
        assert [(o.title, [c[0] for c in o.changes]) for o in again.outcomes if o.what != "unchanged"] == [
            ("WesternU: published response and resolution times", ["terms.hours"])
        ]
        found = {a.external_reference: a for a in Agreement.objects.filter(source="published-targets")}
        assert {a.state for a in found.values()} == {"draft"}
        assert not Version.objects.exclude(published_at=None).exists()
        flow, by = workflow_of(house.tenant, "incident"), house.fresh(house.ruth)
        for agreement in found.values():
            put_in_force(agreement.versions.get(), started_at=datetime(2026, 1, 1, tzinfo=UTC), by=by, channel="page", flow=flow)
            signed = {"signed_by_us": house.greta, "signed_by_them": "They", "signed_on": "2026-01-01"}
            move(agreement, "sign", by=by, channel="page", fields=signed)
        return found

    def test_five_issuers_come_in_by_a_map_and_their_clocks_are_due_as_worked_out_by_hand(self, house: House) -> None:
        entries = {e["org"]: e for e in json.loads(PUBLISHED.read_text(encoding="utf-8"))["entries"]}
        agreements = self.in_force(house)
        assert tuple(sorted(agreements)) == tuple(sorted(self.KEYS))
        assert {a.organization.name for a in agreements.values()} <= entries.keys()

        # As many targets and shares as the file has cells.
        def said(key: str) -> dict[str, Any]:
            return dict(entries[agreements[key].organization.name]["targets"])

        terms = {key: read_terms(a.versions.get().terms) for key, a in agreements.items()}
        two = sum(len(row) for row in said("sussex").values())
        assert (len(terms["sussex"].targets), len(terms["sussex"].shares)) == (two, 0) == (10, 0)
        east_bay = sum(n in row and not row[n].startswith("as agreed") for row in said("east-bay").values() for n in ("response", "resolution"))
        assert (len(terms["east-bay"].targets), len(terms["east-bay"].shares)) == (east_bay, east_bay) == (7, 7)
        assert {(s.measure, s.percent) for s in terms["east-bay"].shares if s.priority == 1} == {("respond", 90.0), ("resolve", 90.0)}
        digit = sum(len(row["standard"]) + len(row.get("standby", ())) for row in said("digit").values())
        assert (len(terms["digit"].targets), len(terms["digit"].shares), terms["digit"].is_standby) == (0, digit, True)
        chippewa = sum(1 + len(row["resolution"]) for row in said("chippewa").values())
        assert len(terms["chippewa"].targets) == chippewa == 12
        assert len(terms["western"].targets) == sum(len(row) for row in said("western").values()) == 10

        # The same table of lives that the terms entered by hand are held against.
        teams = {team.name: team for team in Team.objects.filter(tenant=house.tenant)}
        for make, priority, opened, given, respond, resolve in LIVES:
            key = make.__name__.replace("_", "-")
            zone = terms[key].hours["timezone"]
            steps: list[Any] = [(at, {"team": teams[team]}) for at, team in given]
            incident = lived(house, opened, *steps, priority=priority, zone=zone, organization=agreements[key].organization)
            due = {row.key: row.due_at for row in Clock.objects.filter(card_id=incident.pk)}
            wanted = {"respond": respond, "resolve": resolve}
            assert due == {k: moment(at, zone).astimezone(UTC) if at else None for k, at in wanted.items()}, (key, priority, opened)

        tenant = Tenant.objects.get(pk=house.tenant.pk)
        assert [matrix_of(tenant)[i, u] for i in (1, 2, 3) for u in (1, 2, 3)] == [1, 2, 3, 2, 3, 4, 3, 4, 5]


@pytest.mark.once
@pytest.mark.parametrize("name", ["egi_ims", "published_targets"])
def test_maps_that_ship_can_be_read_and_take_only_what_there_is(name: str) -> None:
    assert {take["kind"] for take in shipped_recipes()[name].takes} <= keepers().keys()


# Roles: a draft, whatever the file says


ROLES = """
source = "book"
[[roles]]
key = "risk"
title = "Risk manager"
words = ["risk:read", "risk:accept"]
limits = { risk_acceptance_level = 15 }
[[roles.holders]]
person = "{holder}"
[[sms-changes]]
title = "The risk manager accepts more"
reason = "Risks of that level are many."
effect = "Up to 15."
touched = [{ record = "Risk manager" }]
"""


def test_after_a_plan_a_role_ends_as_a_draft_that_an_sms_change_carries_out(house: House) -> None:
    roles, _plan = governed(house)
    role = roles["risk_manager"]
    file = ROLES.replace("{holder}", house.dev.email or house.dev.name)
    granted = list(Grant.objects.order_by("pk").values_list("words", flat=True))
    done = brought(house, file)
    assert done.faults == []
    kept = Role.objects.get(pk=role.pk)
    assert (kept.state, kept.edition, kept.limits, kept.words) == ("draft", 1, {"risk_acceptance_level": 15}, ["risk:read", "risk:accept"])
    assert "version 1 stays in force" in done.outcomes[0].note
    assert kept.versions.get().limits == {"risk_acceptance_level": 9}
    assert list(Grant.objects.order_by("pk").values_list("words", flat=True)) == granted  # nobody may more than before
    assert Assignment.objects.get(role=role, person=house.dev).state == "proposed"
    for person in (house.ruth, house.greta, house.dev):
        assert act(person, role, "put_in_force").status_code in (409, 422)
    change = SmsChange.objects.get()
    assert act(house.ruth, change, "submit").status_code == 302
    assert act(house.greta, change, "approve").status_code == 302
    assert (state(role), Role.objects.get(pk=role.pk).edition, state(change)) == ("in_force", 2, "carried_out")
    # Once more: the role says so already; only the change has ended, so the file would ask for another one.
    again = brought(house, file.split("[[sms-changes]]", maxsplit=1)[0])
    assert [o.what for o in again.outcomes] == ["unchanged"]
    assert state(role) == "in_force"


def test_what_somebody_may_not_do_by_a_page_a_file_does_not_do_for_them(house: House) -> None:
    text = '[[roles]]\ntitle = "King"\nwords = ["*:*"]\n'
    with pytest.raises(Refused):
        brought(house, text, by=house.aoife)
    started = datetime(2026, 1, 1, tzinfo=UTC)
    Grant.objects.create(tenant=house.tenant, person=house.nobody, words=["import:run"], role_name="Importer", started_at=started)
    refused = brought(house, text, by=house.nobody)
    assert [(f.row, f.column) for f in refused.faults] == [("roles 1", "")]
    assert not Role.objects.filter(title="King").exists()


# Refusals: the row, the column, and what to do; nothing is written


AGREED = '[[agreements]]\ntitle = "A"\norganization = "Brannock Hospitals"\n[agreements.terms]\nhours = "Office hours"\n'
REFUSED = [
    ('[[roles]]\ntitle = "A"\nword = ["a:b"]', "roles 1", "word", "Did you mean “words”?"),
    ('[[roles]]\ntitle = "A"\nwords = ["read incidents"]', "roles 1", "words", "Write kind:action"),
    ('[[roles]]\npurpose = "A"', "roles 1", "title", "Say what it is called."),
    ('[[roles]]\ntitle = "A"\n[[roles.holders]]\nperson = "who@example.org"', "roles 1", "holders.1.person", "Bring people in first"),
    ('[[roles]]\ntitle = "A"\nlimits = 5', "roles 1", "limits", "table of names and numbers"),
    ('[[roles]]\ntitle = "A"\n[[roles]]\ntitle = "a"', "roles 2", "title", "roles 1 sets up the same"),
    ('[[units]]\ntitle = "A"\nparent = "B"', "units 1", "parent", "There is no unit “B”"),
    ('[[units]]\ntitle = "A"\nin_scope = "perhaps"', "units 1", "in_scope", "neither yes nor no"),
    ('[[processes]]\ntitle = "A"\nstage = "later"', "processes 1", "stage", "none of these: design, transition"),
    ('[[processes]]\ntitle = "A"\n[[processes.duties]]\nactivity = "B"\nletter = "A"', "processes 1", "duties.1.activity", "Name it there first"),
    ('[[processes]]\ntitle = "A"\n[[processes.activities]]\nname = "B"\nwho = "C"', "processes 1", "activities.1.who", "There are: due, name"),
    ('[[calendars]]\nname = "A"\nweek = { mon = ["9 to 5"] }', "calendars 1", "week.mon", "Write 09:00-17:00"),
    ('[[calendars]]\nname = "A"\ntimezone = "Europe/Nowhere"', "calendars 1", "timezone", "zone"),
    ('[[organizations]]\nname = "A"\nkind = "friend"', "organizations 1", "kind", "unit, a customer or a supplier"),
    (AGREED + 'targets = [{ measure = "resolve", within = "2 days" }]', "agreements 1", "terms.targets.1.within", "days are not taken"),
    (AGREED + 'targets = [{ measure = "solve", within = "2 h" }]', "agreements 1", "terms.targets.1.measure", "Choose one of"),
    (AGREED + 'shares = [{ measure = "resolve", within = "2 h", percent = 900 }]', "agreements 1", "terms.shares.1.percent", "at most 100"),
    (AGREED + 'targets = [{ measure = "resolve", within = "2 h", is_second = true }]', "agreements 1", "terms.second_hours", "Choose which"),
    (AGREED.replace("Office", "Tea") + 'exceptions = "None"', "agreements 1", "terms.hours", "Set it up first, or by this file"),
    ('[[priority-matrix]]\nname = "A"\nimpact = 9\nurgency = 1\npriority = 1', "priority-matrix 1", "impact", "1 (high), 2 (medium) or 3 (low)"),
    ('[[calendars]]\nname = "A"\nholidays = 5', "calendars 1", "holidays", "list of texts"),
    ('[[organizations]]\nname = "A"\nkind = {}', "organizations 1", "kind", "unit, a customer or a supplier"),
    (AGREED + "teams = 5", "agreements 1", "terms.teams", "list of texts"),
    (AGREED.replace('"Office hours"', "5") + "services = []", "agreements 1", "terms.hours", "name of service hours"),
    ('[[sms-changes]]\ntitle = "A"\ntouched = [{ record = "ROL-999" }]', "sms-changes 1", "touched.1.record", "There is no record"),
]  # fmt: skip


def test_what_can_not_be_taken_is_told_by_row_and_column_and_nothing_is_written(house: House) -> None:
    before = Card.objects.count(), Entry.objects.count(), Organization.objects.count(), Calendar.objects.count()
    good = '[[units]]\ntitle = "Good one"\n'
    for text, row, column, sentence in REFUSED:
        done = brought(house, text.strip() + ("\n" + good if "[[units]]" not in text else ""))
        told = [(f.row, f.column) for f in done.faults if sentence in f.sentence]
        assert told == [(row, column)], (text, done.faults)
        assert (Card.objects.count(), Entry.objects.count(), Organization.objects.count(), Calendar.objects.count()) == before, text


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.toml", "[[roles", "not TOML"),
        ("a.json", "{", "not JSON"),
        ("a.json", "[1]", "holds no tables"),
        ("a.json", '{"units": [{"title": "\\u0000"}]}', "can't be stored"),
        ("a.json", '{"units": [{"title": "\\ud800"}]}', "can't be stored"),
        ("a.toml", 'source = "x"', "sets nothing up"),
        ("a.toml", '[[incidents]]\ntitle = "A"', "can't be set up by a file"),
        ("a.toml", 'roles = "A"', "list of tables"),
        ("roles.csv", "name;x\n", "sets nothing up"),
        ("roles.csv", "purpose\nA\n", "No column says what each row sets up"),
        ("roles.csv", "title,title\nA,B\n", "Two columns are headed"),
        ("roles.csv", "title,purpose\nA,B\n,C\n", "another row of the same key says"),
        ("things.csv", "title\nA\n", "Say what the rows of a CSV file are"),
    ],
)
@pytest.mark.once
def test_a_file_that_can_not_be_read_is_a_sentence(name: str, text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(sentence)):
        entries_of(name, text.encode(), kind=name.partition(".")[0])


FIELDS = '[[take]]\nkind = "roles"\neach = ["rows", "*"]\nfields = '


@pytest.mark.parametrize(
    ("recipe", "sentence"),
    [
        ('source = "a"', "takes nothing"),
        ("[[take]]\nkind = 1", "The map needs source"),
        ('source = "a"\n' + FIELDS + '{ title = { from = "a", frob = 1 } }', "“frob” is unknown"),
        ('source = "a"\n' + FIELDS + '{ title = { from = "a", match = "(" } }', "A pattern in take 1, roles.title is none"),
        ('source = "a"\n' + FIELDS + '{ title = { from = "a", values = { x = "y" } } }', "rows/1: the map gives “one” no meaning; known are: x"),
        ('source = "a"\n' + FIELDS.replace("rows", "none") + '{ title = "{a}" }', "nothing stands at none"),
    ],
)
@pytest.mark.once
def test_a_map_that_can_not_be_used_says_where(recipe: str, sentence: str) -> None:
    with pytest.raises(MapFaulty, match=re.escape(sentence)):
        entries_of("a.json", b'{"rows": [{"a": "one"}]}', recipe=read_recipe(recipe))


# What comes in goes out as it came


PARTS = """
key,title,purpose,activities.name,activities.result,duties.activity,duties.role,duties.letter,flows.direction,flows.name
change,Changes,Judged and carried out.,Judge,A decision,Judge,Service owner,A,output,Calendar
,,,Carry out,,Judge,Reader,C,,
,,,,,Carry out,Service owner,A,,
"""


def test_a_table_holds_parts_beside_their_record(house: House) -> None:
    brought(house, '[[roles]]\ntitle = "Service owner"\n[[roles]]\ntitle = "Reader"')
    done = brought(house, PARTS.strip(), name="processes.csv", kind="processes")
    assert (done.faults, len(done.outcomes)) == ([], 1)
    process = Process.objects.get()
    assert list(process.activities.values_list("name", "result")) == [("Judge", "A decision"), ("Carry out", "")]  # type: ignore[attr-defined]
    assert set(Duty.objects.values_list("activity__name", "role__title", "letter")) == {
        ("Judge", "Service owner", "A"), ("Judge", "Reader", "C"), ("Carry out", "Service owner", "A"),
    }  # fmt: skip
    assert brought(house, PARTS.strip(), name="processes.csv", kind="processes").outcomes[0].what == "unchanged"
    wrong = PARTS.strip().replace("Judge,Reader,C", "Judge,Reader,A")  # a second one who is accountable
    assert [(f.row, f.column) for f in brought(house, wrong, name="p.csv", kind="processes").faults] == [("row 3", "duties.2.letter")]


def told_without_titles(given: dict[str, Any]) -> dict[str, Any]:
    return {kind: sorted(rows, key=lambda r: json.dumps(r, sort_keys=True, default=str)) for kind, rows in given.items()}


def pages() -> list[tuple[str, str]]:
    """What the how-to page says to do, in its order: files to save, and commands."""
    text = (ROOT / "docs" / "howto" / "configure-from-files.md").read_text(encoding="utf-8")
    return [
        ("run", block) if language == "sh" else (name, block)
        for name, language, block in re.findall(r"(?:Save this as `([\w.]+)`[^\n]*:\n\n)?```(\w+)\n(.*?)```", text, re.DOTALL)
    ]


def test_the_how_to_works_word_for_word_in_a_fresh_house(
    plimsoll: Plimsoll,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    week = {"mon": [["09:00", "17:00"]]}
    set_up(name="Ann", email="ann@example.org", password="correct horse battery", organization="Own House", timezone="UTC", week=week)
    monkeypatch.chdir(tmp_path)
    told: dict[str, str] = {}
    for name, block in pages():
        if name != "run":
            assert name, block
            (tmp_path / name).write_text(block)
            continue
        for line in block.strip().splitlines():
            words = shlex.split(line)
            assert words[0] == "./plimsoll"
            code, out, err = plimsoll(*words[1:])
            assert code == 0, (line, out, err)
            told[line] = told.get(line, "") + out
    house_file = told["./plimsoll configure house.toml"]
    assert "6 rows: 6 new, 0 changed, 0 unchanged, 0 faulty" in house_file
    assert "6 rows: 0 new, 0 changed, 6 unchanged, 0 faulty" in house_file
    assert "A draft, until somebody puts it in force." in house_file
    again = told["./plimsoll configure setup.json --dry-run"]
    assert re.search(r"rows: 0 new, 0 changed, \d+ unchanged, 0 faulty", again), again
    tenant = Tenant.objects.get()
    board = Unit.objects.get(title="Change advisory board")
    assert board.works_as is not None
    manager = Role.objects.get(title="Change manager").assignments.get(is_deputy=False).person
    assert (board.head, board.works_as.name) == (manager, "Change board")
    assert Duty.objects.filter(process__title="Managing changes", letter="A").count() == 2
    version = Agreement.objects.get().versions.get()
    assert (version.published_at, read_terms(version.terms).shares[0].percent, len(read_terms(version.terms).targets)) == (None, 90.0, 4)
    assert SmsChange.objects.get().touched.count() == 2  # type: ignore[attr-defined]

    # And in another house: what was given back comes in whole, and is given back the same.
    other = Tenant.objects.create(name="Other", slug="other", timezone="UTC")
    Organization.objects.create(tenant=other, kind="provider", name="Other")
    given = json.loads((tmp_path / "setup.json").read_text())
    for rows in given.values():  # its people are not there
        for row in rows:
            for name in ("holders", "members", "head", "owner"):
                row.pop(name, None)
    done = bring(entries_of("setup.json", json.dumps(given).encode()), by=system_person(other), name="setup.json", is_dry=False)
    assert done.faults == []
    assert told_without_titles(json.loads(json.dumps(given_back(list(given), by=system_person(other))))) == told_without_titles(given)
    assert tenant.pk != other.pk


def test_a_dry_run_leaves_nothing_behind_and_tells_what_would_be(house: House, plimsoll: Plimsoll, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "units.csv"
    path.write_text("title,description\nOperations,Runs it.\n")
    before = Tenant.objects.get(pk=house.tenant.pk).settings_version, Entry.objects.count()
    code, out, _err = plimsoll("configure", str(path), "--dry-run", "--organization", house.tenant.slug)
    assert (code, "+ row 2            units: Operations" in out, "Nothing was written" in out) == (0, True, True)
    assert (Tenant.objects.get(pk=house.tenant.pk).settings_version, Entry.objects.count()) == before
    path.write_text("title,head\nOperations,nobody@example.org\n")
    code, out, _err = plimsoll("configure", str(path), "--organization", house.tenant.slug)
    assert (code, "row 2, head: There is no person “nobody@example.org” here." in out) == (1, True)
    code, out, _err = plimsoll("configure", str(path), "--organization", house.tenant.slug, "--json")
    assert (code, json.loads(out)["faulty"]) == (1, 1)
    for arguments, said in (([], "Say which file"), (["--export", "cats"], "“cats” can't be written so"), (["a.pdf"], "none of these")):
        assert said in plimsoll("configure", *arguments, "--organization", house.tenant.slug)[2]


CROSSED = """
source = "book"
[[units]]
key = "office"
title = "Office"
parent = "house"
[[units]]
key = "house"
title = "Whole house"
[[processes]]
key = "one"
title = "One"
stage = "Operation"
[[processes.interfaces]]
to = "two"
information = "Known errors"
[[processes]]
key = "two"
title = "Two"
[[processes.interfaces]]
to = "One"
information = "Decisions"
frequency = "Every week"
[[communications]]
title = "News"
role = "Speaker"
[[roles]]
title = "Speaker"
"""


def test_what_is_named_may_stand_further_down_and_a_changed_file_changes_only_that(house: House) -> None:
    assert brought(house, CROSSED).faults == []
    assert Unit.objects.get(title="Office").parent == Unit.objects.get(title="Whole house")
    one, two = Process.objects.get(title="One"), Process.objects.get(title="Two")
    assert one.stage == "operation"
    assert [(i.to, i.frequency) for i in two.gives.all()] == [(one, "weekly")]  # type: ignore[attr-defined]
    assert Communication.objects.get().role == Role.objects.get(title="Speaker")

    done = brought(house, CROSSED.replace("Every week", "yearly").replace("Whole house", "House").replace('title = "Two"', 'title = "Second"'))
    told = {o.title: o.changes for o in done.outcomes if o.what == "changed"}
    assert told == {
        "House": [("title", "Whole house", "House")],
        "Second": [("title", "Two", "Second"), ("interfaces.frequency", "weekly", "yearly")],
    }
    assert Entry.objects.filter(channel="import", action="amend").count() == 2 + 1  # the parent that stood further down


def test_who_is_in_a_board_joins_its_team_and_nobody_leaves_by_a_file(house: House) -> None:
    file = f'[[teams]]\nname = "service DESK"\nmembers = [{{ person = "{house.dev.email}", is_lead = true }}]'
    assert [o.changes for o in brought(house, file).outcomes] == [[("members", "–", "Dev Chauhan, leads")]]
    rows = house.desk.memberships.filter(ended_at=None).order_by("pk")  # type: ignore[attr-defined]
    assert [(m.person.name, m.is_lead) for m in rows] == [("Ines Okafor", False), ("Dev Chauhan", True)]
    assert brought(house, file).outcomes[0].what == "unchanged"


def test_a_record_of_another_tenant_is_neither_named_nor_changed(house: House) -> None:
    theirs = open_record(UNIT, by=house.mallory, channel="page", title="Theirs")
    done = brought(house, '[[units]]\ntitle = "Ours"\nparent = "Theirs"')
    assert [f.column for f in done.faults] == ["parent"]
    assert brought(house, '[[units]]\ntitle = "Theirs"\ndescription = "Mine now."').outcomes[0].what == "new"
    assert Unit.objects.get(pk=theirs.pk).description == ""
    given = given_back(["units", "teams", "calendars", "organizations"], by=house.fresh(house.system))
    assert [row["title"] for row in given["units"]] == ["Theirs"]
    assert "Elsewhere" not in {row["name"] for row in given["organizations"]}


def test_the_reference_names_everything_that_a_file_may_set_up() -> None:
    page = (ROOT / "docs" / "reference" / "configuration-maps.md").read_text(encoding="utf-8")
    assert [name for name, keeper in keepers().items() if any(f"`{word}`" not in page for word in (name, *keeper.lists) if "." not in word)] == []


def test_a_part_names_a_record_of_any_kind(house: House) -> None:
    wifi = house.service("Network and Wi-Fi")
    file = """
[[interestedparties]]
title = "Patients"
requirements = [{ kind = "Of a service", text = "Wi-Fi in every ward", decided_on = 2026-03-01, addressed_by = "network and wi-fi" }]
"""
    done = brought(house, file)
    assert done.faults == []
    (told,) = given_back(["interestedparties"], by=house.fresh(house.system))["interestedparties"]
    assert told["requirements"][0]["addressed_by"] == wifi.title
    assert brought(house, file).outcomes[0].what == "unchanged"
