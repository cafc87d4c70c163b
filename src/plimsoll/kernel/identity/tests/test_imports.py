"""People from a table: columns by many names, faults by row and column, tried first, the same again changes nothing."""

import pytest

from plimsoll.kernel.identity.imports import import_people
from plimsoll.kernel.identity.models import Organization, Person, Team, TeamMembership
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.trail.models import Entry
from tests.cast import House, build_house

pytestmark = pytest.mark.django_db
TABLE = """\ufeffFull Name;E-Mail;Company;Team;Employee ID;Shoe size
Čedomir Žižić;cedo@example.org;Harbour Trust;;E1;43
Sam Dillon;sam@example.org;;Night shift; E2;
;nobody@example.org;;;E3;
Ann Other;not an address;Harbour Trust;;E4;

Mia Roe;mia@example.org;Harbour Trust;Nurses;E5;
""".encode()


@pytest.fixture
def house() -> House:
    return build_house()


def test_a_trial_says_what_would_happen_and_writes_nothing(house: House) -> None:
    before = (Person.objects.count(), Organization.objects.count(), Team.objects.count(), Entry.objects.count())
    report = import_people(TABLE, by=house.ruth, channel="import", is_dry_run=True)
    assert (report.rows, report.added) == (5, 2)
    assert report.organizations == ["Harbour Trust"]
    assert report.teams == ["Night shift"]
    assert report.ignored == ["Shoe size"]
    assert (Person.objects.count(), Organization.objects.count(), Team.objects.count(), Entry.objects.count()) == before


def test_bad_rows_are_named_and_the_rest_goes_in(house: House) -> None:
    report = import_people(TABLE, by=house.ruth, channel="import", is_dry_run=False)
    assert [(f.row, f.column) for f in report.faults] == [(4, "Full Name"), (5, "E-Mail"), (7, "Team")]
    made = Person.objects.get(email="cedo@example.org")
    assert (made.name, str(made.organization), made.external_reference) == ("Čedomir Žižić", "Harbour Trust", "E1")
    assert TeamMembership.objects.filter(person__email="sam@example.org", team__name="Night shift", ended_at=None).exists()
    assert not Person.objects.filter(name="Mia Roe").exists()


def test_the_same_table_again_changes_nothing(house: House) -> None:
    import_people(TABLE, by=house.ruth, channel="import", is_dry_run=False)
    entries = Entry.objects.count()
    report = import_people(TABLE, by=house.ruth, channel="import", is_dry_run=False)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert Entry.objects.count() == entries


def test_people_are_found_by_reference_before_address(house: House) -> None:
    import_people(TABLE, by=house.ruth, channel="import", is_dry_run=False)
    report = import_people(b"name,email,id\nCedo Z,new@example.org,E1\n", by=house.ruth, channel="import", is_dry_run=False)
    assert report.changed == 1
    assert Person.objects.get(external_reference="E1").email == "new@example.org"


def test_what_may_not_be_created_is_a_fault(house: House) -> None:
    report = import_people(TABLE, by=house.ruth, channel="import", is_dry_run=True, creates_organizations=False, creates_teams=False)
    assert {(f.row, f.column) for f in report.faults} >= {(2, "Company"), (3, "Team")}


@pytest.mark.parametrize(("table", "word"), [(b"", "empty"), (b"shoe,hat\n1,2\n", "names of people"), (b"name,hat\na,b\n", "who is who")])
def test_a_table_without_people_is_refused(house: House, table: bytes, word: str) -> None:
    with pytest.raises(Faulty, match=word):
        import_people(table, by=house.ruth, channel="import", is_dry_run=False)


def test_a_large_table_goes_in_by_batches(house: House) -> None:
    rows = "\n".join(f"Person {n},p{n}@many.example" for n in range(450))
    report = import_people(f"name,email\n{rows}\n".encode(), by=house.ruth, channel="import", is_dry_run=False)
    assert report.added == 450
