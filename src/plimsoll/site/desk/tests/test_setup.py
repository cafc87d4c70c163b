"""The first visit: everything leads there, the code is asked, and it happens once."""

import stat
from pathlib import Path

import pytest
from django.test import Client

from plimsoll.kernel.access.queries import may
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.setup import setup_code
from plimsoll.kernel.roles.duties import conflicts
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.verify import verify
from plimsoll.site.desk.setup_forms import SetupForm, read_intervals
from plimsoll.support.tools.models import Tool

pytestmark = pytest.mark.django_db
WORDS = "three quiet green boats"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.PLIMSOLL_DATA_DIR = tmp_path


def answers(**more: str) -> dict[str, str]:
    return {
        "code": setup_code() or "",
        "name": "Ada Admin",
        "email": "ada@northmere.example",
        "password": WORDS,
        "password_again": WORDS,
        "organization": "Northmere",
        "timezone": "Europe/London",
        "hours": "office",
        **more,
    }


def test_s_083_it_enters_itself_as_a_tool_where_that_was_left_ticked() -> None:
    page = Client().get("/setup/").content.decode()
    assert 'name="registers_product"' in page
    Client().post("/setup/", answers(registers_product="on"))
    made = Tool.objects.get()
    assert (made.title, made.state, made.owner and made.owner.name) == ("Plimsoll", "in_use", "Ada Admin")


def test_every_page_leads_to_the_first_visit() -> None:
    for path in ("/", "/incidents/", "/accounts/login/", "/people/"):
        assert Client().get(path).headers["Location"] == "/setup/", path
    assert Client().get("/setup/").status_code == 200
    assert Client().get("/livez").status_code == 200


def test_the_code_stays_the_same_and_is_only_for_the_one_who_runs_it(tmp_path: Path) -> None:
    assert setup_code() == setup_code()
    assert stat.S_IMODE((tmp_path / "setup-code").stat().st_mode) == 0o600


def test_a_first_visit_leaves_a_system_that_works(tmp_path: Path) -> None:
    browser = Client()
    answer = browser.post("/setup/", answers())
    assert answer.headers["Location"] == "/guide/", answer.content.decode()
    ada = Person.objects.select_related("tenant", "organization").get(email="ada@northmere.example")
    assert ada.check_password(WORDS)
    assert not Tool.objects.exists(), "the box was not ticked"
    assert ada.tenant is not None
    assert ada.tenant.set_up_at is not None
    assert ada.tenant.set_up_closed_at is None
    assert Calendar.objects.get(is_default=True).hours() is not None
    assert may(ada, "person:keep")
    assert may(ada, "service:open")
    assert [c.person for c in conflicts(ada.tenant)][0] == ada
    assert browser.get("/people/").status_code == 200
    assert verify().is_sound
    assert WORDS not in "".join(Entry.objects.values_list("changes", flat=True))
    assert setup_code() is None
    assert not (tmp_path / "setup-code").exists()
    assert browser.get("/setup/").headers["Location"] == "/"
    assert Client().post("/setup/", answers(email="eve@x.example")).headers["Location"] == "/"
    assert Tenant.objects.count() == 1


def test_a_wrong_code_opens_nothing_and_is_soon_stopped() -> None:
    browser = Client()
    for _ in range(10):
        assert "not the code" in browser.post("/setup/", answers(code="AAAA-BBBB-CCCC")).content.decode()
    assert "Wait 5 minutes" in browser.post("/setup/", answers()).content.decode()
    assert not Tenant.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password_again": "x"}, "password_again"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"timezone": "Mars"}, "timezone"),
        ({"hours": "own", "week_mon": "8 to 6"}, "week_mon"),
        ({"hours": "own", "week_mon": "18:00-08:00"}, "week_mon"),
        ({"hours": "own"}, "hours"),
        ({"email": "x"}, "email"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wrong: dict[str, str], field: str) -> None:
    answer = Client().post("/setup/", answers(**wrong))
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not Tenant.objects.exists()


def test_a_week_may_have_several_intervals_a_day() -> None:
    form = SetupForm(answers(hours="own", week_mon="8:00-12:00, 13:00–18:00", week_sun="20:00-24:00"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["week"] == {"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "sun": [["20:00", "24:00"]]}
    assert read_intervals("") == []
