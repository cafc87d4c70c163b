"""Loading and removing the sample organisation: whole or not at all, and never beside a real one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.verify import verify
from plimsoll.resolution.incidents.models import Incident
from plimsoll.site.demonstration import loading
from plimsoll.site.demonstration.loading import NotHere, load
from tests.system import System

pytestmark = pytest.mark.once  # what it asks, the rooms' own tests ask on both


@pytest.mark.django_db
def test_it_refuses_a_database_with_a_real_organisation() -> None:
    Tenant.objects.create(name="Real Hospital", slug="real")
    with pytest.raises(NotHere, match="Real Hospital"):
        load()
    assert Card.objects.count() == 0


@pytest.mark.django_db
def test_a_load_that_was_killed_in_the_story_leaves_nothing_and_begins_again_sealed_and_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_given: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "_settle_notices", die)
        with pytest.raises(RuntimeError), transaction.atomic():
            load(with_sample=False)
    assert Tenant.objects.count() == 0 == Card.objects.count()
    assert load().is_new
    verdict = verify()
    assert verdict.faults == []
    assert verdict.sealed == verdict.entries > 4000
    for record in Incident.objects.filter(origin="demonstration").select_related("card", "tenant"):
        assert [fault for projection in projections() for fault in projection.compare(record)] == []


@pytest.mark.django_db
def test_in_a_real_organisation_nobody_signs_in_without_a_password(house: Any) -> None:
    assert Client().post("/demo/sign-in/", {"person": house.ines.pk}).status_code == 404
    Tenant.objects.filter(pk=house.other_tenant.pk).update(is_demonstration=True)
    assert Client().post("/demo/sign-in/", {"person": house.mallory.pk}).status_code == 404, "not beside a real organisation either"
    assert Person.objects.filter(pk=house.ines.pk).exists()


@pytest.mark.django_db
def test_a_real_organisation_is_not_marked(house: Any, client: Client) -> None:
    client.force_login(house.ines)
    assert "emonstration" not in client.get("/").content.decode()
    assert client.get("/demo/").status_code == 404


def test_it_is_removed_whole_but_not_under_a_running_server(system: System) -> None:
    system.python("from plimsoll.site.demonstration.loading import load; load(with_sample=False)")
    system.serve()
    assert "Stop it" in system.run("demo", "--remove", "--yes", check=False).stderr
    system.stop()
    assert "Nothing was removed" in system.run("demo", "--remove", check=False).stderr, "nobody there to ask"
    assert "is gone" in system.run("demo", "--remove", "--yes").stdout
    counted = "from plimsoll.kernel.trail.models import Entry; from plimsoll.kernel.identity.models import Person; "
    assert system.python(counted + "print(Entry.objects.count(), Person.objects.count())").split() == ["0", "0"]
    assert not any((system.folder / "files").glob("*/*")) and not (system.folder / "heads" / "trail.jsonl").exists()
    assert "no demonstration" in system.run("demo", "--remove", "--yes", check=False).stderr
    system.run("verify")
    system.python("from plimsoll.site.demonstration.loading import load; load(with_sample=False)")


def test_a_real_organisation_is_never_removed(system: System) -> None:
    made = "from plimsoll.kernel.identity.models import Tenant; "
    system.python(made + "Tenant.objects.create(name='Real Hospital', slug='real')")
    assert "Real Hospital" in system.run("demo", "--remove", "--yes", check=False).stderr
    assert system.python(made + "print(Tenant.objects.count())").strip() == "1"
