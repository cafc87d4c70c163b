"""The pages of import: look first, then bring in as a job; only for those who may."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plimsoll.kernel.exchange.models import Run
from plimsoll.kernel.exchange.tasks import bring_in
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.tasks.models import Job
from plimsoll.resolution.incidents.models import Incident
from tests.cast import House

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[5] / "content" / "demo" / "uci_first400.csv.gz"


def as_(person: Person) -> Client:
    browser = Client()
    browser.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return browser


def sent(content: bytes = b"", name: str = "uci.csv.gz", **fields: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content or SAMPLE.read_bytes()), "map": "uci_incidents", "kind": "incident", **fields}


class StandIn:
    """What a job gives its function."""

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Nobody watches."""


def test_a_file_is_looked_at_then_brought_in_as_a_job(house: House) -> None:
    browser = as_(house.ruth)
    answer = browser.post("/import/", sent(), follow=True)
    page = answer.content.decode()
    assert "What would come of uci.csv.gz" in page
    assert "INC0000045" in page
    assert "Category 55 / Subcategory 170" in page
    assert not Incident.objects.exists()
    run = Run.objects.get()
    assert run.state == "ready"
    browser.post(f"/import/{run.pk}/")
    browser.post(f"/import/{run.pk}/")  # pressed twice
    assert Job.objects.filter(task="exchange.import").count() == 1
    bring_in.call(run=run.pk, job=StandIn())
    assert Incident.objects.count() == 400
    run.refresh_from_db()
    assert (run.state, run.report["created"]) == ("done", 400)
    assert "400" in browser.get(f"/import/{run.pk}/").content.decode()
    assert "uci.csv.gz" in browser.get("/import/").content.decode()


def test_a_file_that_is_not_what_the_map_says_is_answered_with_a_sentence(house: House) -> None:
    answer = as_(house.ruth).post("/import/", sent(b"a,b\n1,2\n", "t.csv"))
    assert answer.status_code == 400
    assert "has no column" in answer.content.decode()
    answer = as_(house.ruth).post("/import/", sent(text="kind = 1"))
    assert answer.status_code == 400
    assert "needs source" in answer.content.decode()
    assert not Run.objects.exists()


def test_others_may_not_and_do_not_see(house: House) -> None:
    as_(house.ruth).post("/import/", sent())
    run = Run.objects.get()
    assert as_(house.ines).get("/import/").status_code == 403
    assert as_(house.ines).post(f"/import/{run.pk}/").status_code == 403
    assert as_(house.mallory).get(f"/import/{run.pk}/").status_code == 404
    run.refresh_from_db()
    assert run.state == "ready"
