"""The command line: every command has help, works on an empty house and on a full one, and tells faults as sentences."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.parts import attach
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.models import SearchRow
from plimsoll.kernel.trail.models import Entry
from plimsoll.site.cli import main
from plimsoll.site.cli.commands import COMMANDS, Command
from tests.cast import House

Told = tuple[int, str, str]
Plimsoll = Callable[..., Told]


@pytest.fixture
def plimsoll(db: None, capsys: pytest.CaptureFixture[str]) -> Plimsoll:
    """Run a command in this process: exit code, what it printed, what it printed to stderr."""

    def run(*arguments: str) -> Told:
        try:
            code = main.main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_has_help_and_the_name_it_is_listed_by(plimsoll: Plimsoll, command: Command) -> None:
    code, out, _ = plimsoll(command.name, "--help")
    assert code == 0
    assert out.startswith(f"usage: plimsoll {command.name}")


def test_the_overview_lists_every_command(plimsoll: Plimsoll) -> None:
    code, out, _ = plimsoll()
    assert code == 0
    assert all(command.purpose in out for command in COMMANDS)


def test_an_unknown_command_is_met_with_a_guess(plimsoll: Plimsoll) -> None:
    assert plimsoll("verfy") == (2, "", "There is no command “verfy”. Did you mean “verify”?\n")


def test_an_unknown_option_is_refused(plimsoll: Plimsoll) -> None:
    code, _, err = plimsoll("verify", "--quickly")
    assert code == 2
    assert "--quickly" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("migrate", "--check"),
        ("verify",),
        ("verify", "--json"),
        ("seal",),
        ("rebuild",),
        ("jobs", "list"),
        ("show-record", "incident"),
        ("diagram", "incident"),
        ("keys", "list"),
    ],
    ids=" ".join,
)
def test_commands_work_on_a_database_that_was_just_migrated(plimsoll: Plimsoll, arguments: tuple[str, ...]) -> None:
    code, out, _ = plimsoll(*arguments)
    assert code == 0, out


@pytest.mark.parametrize(
    "arguments", [("organizations",), ("roles",), ("erase", "1", "--reason", "x"), ("redact", "INC-1", "--reason", "x")], ids=" ".join
)
def test_commands_that_need_an_organization_say_how_to_begin(plimsoll: Plimsoll, arguments: tuple[str, ...]) -> None:
    code, _, err = plimsoll(*arguments)
    assert code == 1
    assert "./plimsoll run" in err


def test_with_several_organizations_one_must_be_named(plimsoll: Plimsoll, house: House) -> None:
    code, _, err = plimsoll("organizations")
    assert code == 1
    assert house.tenant.slug in err and house.other_tenant.slug in err
    code, out, _ = plimsoll("organizations", "--organization", house.tenant.slug, "--json")
    assert code == 0
    assert {row["name"] for row in json.loads(out)["organizations"]} == {"Northmere", "Brannock Hospitals", "Strand Housing", "Telco"}


def test_an_unknown_organization_is_met_with_those_there_are(plimsoll: Plimsoll, house: House) -> None:
    code, _, err = plimsoll("organizations", "--organization", "nowhere")
    assert code == 1
    assert f"There are: {house.other_tenant.slug}, {house.tenant.slug}." in err


def test_configuration_faults_are_told_before_anything_is_done(plimsoll: Plimsoll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLIMSOLL_ATTACHMENT_MB", "many")
    monkeypatch.setenv("PLIMSOLL_SMTP_TLS", "perhaps")
    code, out, err = plimsoll("seal")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "PLIMSOLL_SMTP_TLS is “perhaps”; it must be starttls, tls or none.",
        "PLIMSOLL_ATTACHMENT_MB is “many”; it must be a whole number from 1 to 1000.",
    ]


def test_verify_passes_on_records_that_were_written_by_the_writes(plimsoll: Plimsoll, house: House) -> None:
    house.incident()
    code, out, _ = plimsoll("verify", "--json")
    told = json.loads(out)
    assert code == 0, told
    assert told["is_sound"] and told["records"] == 1 and told["newly_sealed"] == told["entries"] > 0


def test_verify_names_a_card_that_differs_and_rebuild_mends_it(plimsoll: Plimsoll, house: House) -> None:
    incident = house.incident()
    Card.objects.filter(pk=incident.pk).update(title="Something else")
    SearchRow.objects.filter(pk=incident.pk).delete()
    code, out, _ = plimsoll("verify")
    assert code == 1
    assert f"FAULT: {incident.reference}: the card says title 'Something else'" in out
    assert plimsoll("rebuild", "--kind", "incident")[0] == 0
    assert plimsoll("verify")[0] == 0


def test_rebuild_refuses_what_it_does_not_know(plimsoll: Plimsoll) -> None:
    assert "There is no record type “ticket”." in plimsoll("rebuild", "--kind", "ticket")[2]
    assert "There is no projection “mood”." in plimsoll("rebuild", "--projection", "mood")[2]


def test_keys_are_rotated_in_the_trail_and_old_entries_stay_proved(plimsoll: Plimsoll, house: House, settings: Any, tmp_path: Path) -> None:
    settings.PLIMSOLL_TRAIL_KEYS = tmp_path
    house.incident()
    code, out, _ = plimsoll("keys", "rotate", "--json")
    assert code == 0
    made = json.loads(out)
    assert made == {"key": "0002", "before": "0001"}
    assert Entry.objects.filter(kind="trail key", action="rotate", tenant=house.tenant, key="0002", channel="command line").count() == 1
    assert plimsoll("verify")[0] == 0


def test_a_redacted_text_is_gone_and_the_trail_still_holds(plimsoll: Plimsoll, house: House) -> None:
    incident = house.incident(description="My daughter's name is Una.")
    at_home = ("--organization", house.tenant.slug)
    assert plimsoll("redact", "INC-999", "--field", "description", "--reason", "x", *at_home)[0] == 1
    code, out, err = plimsoll("redact", incident.reference, "--field", "description", "--reason", "Asked by the person named", *at_home)
    assert code == 0, err
    incident.refresh_from_db()
    assert "Una" not in incident.description
    assert plimsoll("verify")[0] == 0


def test_somebody_who_has_not_left_is_not_erased(plimsoll: Plimsoll, house: House) -> None:
    code, _, err = plimsoll("erase", str(house.aoife.email), "--reason", "Asked", "--organization", house.tenant.slug)
    assert code == 1
    assert "has not left yet" in err
    house.aoife.refresh_from_db()
    assert house.aoife.name == "Aoife Brennan"


def test_a_trial_run_of_people_says_the_same_and_writes_nothing(plimsoll: Plimsoll, house: House, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    rows = (
        "name,e-mail,organisation,team",
        "Tara Quill,tara@place.example,New Place,",
        "Ugo Lang,ugo@northmere.example,Northmere,New team",
        ",nobody,Northmere,",
    )
    table.write_text("\n".join(rows))
    asked = ("people", "import", str(table), "--organization", house.tenant.slug)
    before = [model.objects.count() for model in (Person, Organization, Team, Entry)]
    _code, tried, _err = plimsoll(*asked, "--dry-run", "--json")
    code, told, _err = plimsoll(*asked, "--dry-run")
    assert [model.objects.count() for model in (Person, Organization, Team, Entry)] == before
    assert told.splitlines()[-1].startswith("Would be: 2 added") and code == 1, "a row that is not taken ends with 1, as the run itself does"
    _code, ran, _err = plimsoll(*asked, "--json")
    one, other = json.loads(tried), json.loads(ran)
    assert one.pop("is_dry_run") is True and other.pop("is_dry_run") is False and one == other
    assert Person.objects.filter(name="Tara Quill").exists()


def test_people_come_from_a_table_and_a_second_run_changes_nothing(plimsoll: Plimsoll, house: House, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,e-mail,organisation\nUna Quirke,una@brannock.example,Brannock Hospitals\n", encoding="utf-8")
    asked = ("people", "import", str(table), "--json", "--organization", house.tenant.slug)
    code, out, err = plimsoll(*asked)
    assert code == 0, out + err
    assert Person.objects.get(email="una@brannock.example").organization == house.brannock
    assert json.loads(plimsoll(*asked)[1])["unchanged"] == 1


def test_a_file_that_is_not_there_is_a_sentence(plimsoll: Plimsoll, house: House) -> None:
    assert (
        plimsoll("people", "import", "/nowhere.csv", "--organization", house.tenant.slug)[2]
        == "/nowhere.csv can't be read: No such file or directory.\n"
    )


def test_the_system_person_is_made_once_and_told_to_the_trail(house: House) -> None:
    fresh = Tenant.objects.create(name="Fresh", slug="fresh")
    Organization.objects.create(tenant=fresh, kind="provider", name="Fresh")
    made = system_person(fresh)
    assert system_person(fresh).pk == made.pk
    assert (made.kind, made.name) == ("system", "Plimsoll")
    assert Entry.objects.filter(tenant=fresh, kind="person", subject=made.pk, actor=made).count() == 1


def test_a_diagram_holds_every_state_and_move(plimsoll: Plimsoll) -> None:
    _, out, _ = plimsoll("diagram", "article")
    assert out.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert "    in_review --> published : Publish\n" in out


def test_a_record_type_shows_where_its_parts_come_from(plimsoll: Plimsoll) -> None:
    parts = json.loads(plimsoll("show-record", "incidents", "--json")[1])
    assert parts["clause"] == "8.6.1"
    assert parts["classes"]["model"].startswith("plimsoll.resolution.incidents.models.Incident (models.py:")
    assert "incident:resolve" in parts["words"]


def test_a_wrong_declaration_is_named_with_a_hint(monkeypatch: pytest.MonkeyPatch, plimsoll: Plimsoll) -> None:
    monkeypatch.setattr(
        "plimsoll.kernel.records.declaration.RecordType.faults_of_declaration",
        lambda self: [("INCIDENT: columns names “prioritty”, which is not a field.", "Did you mean “priority”?")] if self.kind == "incident" else [],
    )
    code, out, _ = plimsoll("check")
    assert code == 1
    assert "plimsoll.E001 INCIDENT: columns names “prioritty”, which is not a field. Did you mean “priority”?" in out


def test_the_shell_runs_a_line_in_the_name_of_the_system(plimsoll: Plimsoll, house: House) -> None:
    code, out, _ = plimsoll("shell", "--organization", house.tenant.slug, "-c", "print(by.name, Incident.objects.count())")
    assert (code, out) == (0, "Plimsoll 0\n")


def test_an_export_says_which_attached_files_it_leaves_out(plimsoll: Plimsoll, house: House, tmp_path: Path) -> None:
    asked = ("export", "incidents", "--organization", house.tenant.slug, "--output")
    incident = house.incident()
    assert "attached" not in plimsoll(*asked, str(tmp_path / "none.jsonl"))[1], "nothing is left out, nothing is said"
    for name in ("one.txt", "two.txt"):
        attach(incident, name=name, content=b"x", is_public=True, by=house.ines, channel="page")
    named = plimsoll(*asked, str(tmp_path / "a.jsonl"))[1]
    assert named.endswith("2 attached files are named with size and digest, not contained. A backup carries them.\n")
    assert "2 attached files are left out. A backup carries them." in plimsoll(*asked, str(tmp_path / "a.csv"), "--format", "csv")[1]
    assert json.loads(plimsoll(*asked, str(tmp_path / "b.jsonl"), "--json")[1])["attachments_left_out"] == 2
