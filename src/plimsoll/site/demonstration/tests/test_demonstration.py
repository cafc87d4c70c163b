"""The sample organisation: it loads once and quickly, tells the truth about itself, and never stands beside a real one."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.verify import verify
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import Incident
from plimsoll.site.demonstration import loading
from plimsoll.site.demonstration.content import read, span, timeline
from plimsoll.site.demonstration.loading import PASSWORD, NotHere, load, people_to_be
from plimsoll.support.knowledge.models import Article


def test_the_story_is_told_in_order_and_ends_before_the_loading() -> None:
    moment = datetime(2026, 11, 22, 10, tzinfo=UTC)
    acts = timeline(moment)
    assert [a.at for a in acts] == sorted(a.at for a in acts)
    assert acts[-1].at <= moment
    assert timeline(moment) == acts, "the same moment gives the same story"
    assert len(read("incidents")["incidents"]) == 40
    with pytest.raises(ValueError, match="not a span"):
        span("tomorrow")


@pytest.mark.django_db
def test_it_loads_everything_through_the_ordinary_writes() -> None:
    started = time.monotonic()
    loaded = load()
    assert time.monotonic() - started < 30  # about 3 s on a quiet machine
    ours = Incident.objects.filter(origin="demonstration")
    states = Counter(ours.values_list("state", flat=True))
    assert ours.count() == 40
    assert set(states) == {
        "new",
        "assigned",
        "in_progress",
        "waiting_customer",
        "waiting_supplier",
        "waiting_change",
        "resolved",
        "closed",
        "cancelled",
        "merged",
    }
    assert Incident.objects.filter(origin="imported").count() == 400
    assert Service.objects.filter(origin="demonstration", state="live").count() == 4
    assert set(Article.objects.values_list("state", flat=True)) == {"draft", "in_review", "published", "expired", "retired"}
    assert Article.objects.get(title__startswith="A tablet").edition == 2
    assert ours.filter(reopen_count=1).exists()
    assert not Entry.objects.filter(card__origin="demonstration").exclude(origin="demonstration").exists()
    assert not Comment.objects.filter(card__origin="demonstration").exclude(origin="demonstration").exists()
    assert not Card.objects.filter(changed_at__gt=now()).exists()
    assert not Job.objects.filter(task="notifications.mail").exists()
    assert not Notice.objects.filter(mailed_at=None).exists()
    assert loaded.is_new and loaded.tenant.is_demonstration


@pytest.mark.django_db
def test_the_trail_of_the_demonstration_is_sealed_and_sound() -> None:
    load()
    verdict = verify()
    assert verdict.faults == []
    assert verdict.sealed == verdict.entries > 4000
    for record in Incident.objects.filter(origin="demonstration").select_related("card", "tenant"):
        assert [fault for projection in projections() for fault in projection.compare(record)] == []


@pytest.mark.django_db
def test_a_second_start_changes_nothing() -> None:
    load(with_sample=False)
    entries = Entry.objects.count()
    again = load()
    assert not again.is_new
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_it_refuses_a_database_with_a_real_organisation() -> None:
    Tenant.objects.create(name="Real Hospital", slug="real")
    with pytest.raises(NotHere, match="Real Hospital"):
        load()
    assert Card.objects.count() == 0


@pytest.mark.django_db
def test_a_load_that_was_killed_in_the_story_leaves_nothing_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_given: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "_settle_notices", die)
        with pytest.raises(RuntimeError), transaction.atomic():
            load(with_sample=False)
    assert Tenant.objects.count() == 0 == Card.objects.count()
    assert load(with_sample=False).is_new


@pytest.mark.django_db
def test_a_visitor_signs_in_as_somebody_of_the_cast_with_one_press(client: Client) -> None:
    loaded = load(with_sample=False)
    ines = next(p for p, _what in people_to_be(loaded.tenant) if p.name == "Ines Okafor")
    answer = client.post("/demo/sign-in/", {"person": ines.pk})
    assert answer.status_code == 302
    assert int(client.session["_auth_user_id"]) == ines.pk
    assert ines.check_password(PASSWORD)
    assert Client().post("/demo/sign-in/", {"person": "0"}).status_code == 404
    assert Client().get("/demo/sign-in/").status_code == 405


@pytest.mark.django_db
def test_in_a_real_organisation_nobody_signs_in_without_a_password(house: Any) -> None:
    assert Client().post("/demo/sign-in/", {"person": house.ines.pk}).status_code == 404
    Tenant.objects.filter(pk=house.other_tenant.pk).update(is_demonstration=True)
    assert Client().post("/demo/sign-in/", {"person": house.mallory.pk}).status_code == 404, "not beside a real organisation either"
    assert Person.objects.filter(pk=house.ines.pk).exists()
